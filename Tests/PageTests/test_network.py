"""Networks and servers that go away in mid-answer, and what a tab makes of it."""

import re

from playwright.sync_api import expect

from words import text, words


def answering(tab, upstream):
    tab.ask("Count, please.")
    call = upstream.next_call()
    call.say(*words(1, 20))
    tab.until_says("w0020")
    return call


def test_a_cut_connection_comes_back_and_misses_nothing(open_tab, link, upstream, witness):
    witness.expect_lost_network()
    tab = open_tab(link.url)
    call = answering(tab, upstream)
    for first in range(21, 81, 20):
        link.cut(stays_down=True)
        tab.until_lost()
        call.say(*words(first, first + 19))
        link.mend()
        tab.until_open()
        tab.until_says(f"w{first + 19:04}")
        assert tab.text() == text(1, first + 19)
    call.finish()
    tab.until_status("ended")
    assert tab.text() == text(1, 80)


def test_what_is_asked_without_a_connection_is_asked_once_when_it_is_back(open_tab, link, upstream, witness):
    witness.expect_lost_network()
    tab = open_tab(link.url)
    link.cut(stays_down=True)
    tab.until_lost()
    tab.ask("Are you there?")
    expect(tab.log).to_contain_text("Are you there?")
    link.mend()
    upstream.next_call().answer("I am.")
    tab.until_status("ended")
    assert tab.text() == "I am."
    expect(tab.turns).to_have_count(1)
    assert not upstream.has_more_calls()


def test_a_server_that_is_killed_and_started_again(open_tab, program, upstream, witness):
    witness.expect_lost_network()
    tab = open_tab(program.url)
    answering(tab, upstream)
    program.kill()
    tab.until_lost()
    assert len(tab.state.inner_text().split()) > 1, "the state is not said in words"
    assert tab.text() == text(1, 20), "what had come went away with the server"
    program.start()
    tab.until_open()
    tab.until_status("interrupted")
    assert tab.text() == text(1, 20), "what had come went away when the server was back"
    expect(tab.turns.last).to_contain_text(re.compile("interrupted", re.IGNORECASE))
    tab.ask("Once more, please.")
    upstream.next_call().answer("Here it is.")
    tab.until_status("ended")
    assert tab.text() == "Here it is."


def test_offline_and_back(open_tab, link, upstream, context, witness):
    witness.expect_lost_network()
    tab = open_tab(link.url)
    call = answering(tab, upstream)
    # The browser learns that it is offline; the WebSocket has to be cut besides.
    context.set_offline(True)
    link.cut(stays_down=True)
    tab.until_lost()
    call.say(*words(21, 40))
    link.mend()
    context.set_offline(False)
    tab.until_open()
    call.answer(*words(41, 60))
    tab.until_status("ended")
    assert tab.text() == text(1, 60)


def test_a_half_open_socket_is_found_and_replaced(open_tab, start_program, start_link, upstream):
    link = start_link(start_program("--ping-interval", "1s").port)
    tab = open_tab(link.url)
    call = answering(tab, upstream)
    link.fall_silent()
    call.say(*words(21, 40))
    # Nothing tells the page but that nobody answers.
    tab.until_lost()
    assert tab.text() == text(1, 20)
    link.mend()
    tab.until_open()
    call.answer(*words(41, 60))
    tab.until_status("ended")
    assert tab.text() == text(1, 60)
