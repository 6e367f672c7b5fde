"""Networks and servers that go away in mid-answer, and what a tab makes of it."""

import re

from playwright.sync_api import expect

from words import text, words

HEARTBEAT_S = 25
"""As `--ping-interval` has it by default, and `welcome` says."""


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
    tab.until_text(text(1, 80))


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
    tab.until_text("I am.")
    expect(tab.turns).to_have_count(1)
    tab.ask_next(upstream, "And now?")


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
    tab.until_text(text(1, 20))
    expect(tab.turns.last).to_contain_text(re.compile("interrupted", re.IGNORECASE))
    tab.ask("Once more, please.")
    upstream.next_call().answer("Here it is.")
    tab.until_status("ended")
    tab.until_text("Here it is.")


def test_offline_and_back(open_tab, link, upstream, context, witness):
    witness.expect_lost_network()
    tab = open_tab(link.url, context)
    call = answering(tab, upstream)
    banner = tab.page.locator("#offline")
    expect(banner).to_be_hidden()
    # The browser learns that it is offline; the WebSocket has to be cut besides.
    context.set_offline(True)
    link.cut(stays_down=True)
    tab.until_lost()
    expect(banner).to_be_visible()
    expect(banner).to_contain_text("offline")
    call.say(*words(21, 40))
    link.mend()
    context.set_offline(False)
    tab.until_open()
    expect(banner).to_be_hidden()
    call.answer(*words(41, 60))
    tab.until_status("ended")
    tab.until_text(text(1, 60))


def test_a_half_open_socket_is_found_and_replaced(open_tab, start_program, start_link, upstream):
    link = start_link(start_program("--ping-interval", "1s").port)
    tab = open_tab(link.url)
    call = answering(tab, upstream)
    link.fall_silent()
    call.say(*words(21, 40))
    # Nothing tells the page but that nobody answers.
    tab.until_lost()
    tab.until_text(text(1, 20))
    link.mend()
    tab.until_open()
    call.answer(*words(41, 60))
    tab.until_status("ended")
    tab.until_text(text(1, 60))


def test_a_silence_that_ends_by_itself_costs_nothing(open_tab, start_program, start_link, upstream):
    link = start_link(start_program("--ping-interval", "5s").port)
    tab = open_tab(link.url)
    call = answering(tab, upstream)
    more_sockets = []
    tab.page.on("websocket", lambda socket: more_sockets.append(socket))
    link.pause()
    call.say(*words(21, 40))
    # It has heard nothing for a heartbeat, and asks whether somebody is there.
    link.until_asked()
    assert tab.text() == text(1, 20)
    tab.ask("And then?")
    link.resume()
    then = upstream.next_call()
    assert then.question == "And then?"
    call.answer(*words(41, 60))
    tab.until_status("ended", 0)
    expect(tab.answer(0)).to_have_text(text(1, 60))
    then.answer("Then this.")
    tab.until_says("Then this.")
    tab.ask_next(upstream, "And now?")
    expect(tab.turns).to_have_count(3)
    assert not more_sockets, "it connected anew although nothing was lost"


def test_a_half_open_socket_is_found_within_two_heartbeats(open_tab, link, context):
    """By the page's own clock: the heartbeat is the program's default."""
    context.clock.install()
    tab = open_tab(link.url, context)
    expect(tab.tabs).to_contain_text("1")  # It has joined: something large that is still awaited is given longer.
    link.fall_silent()
    for second in range(1, 2 * HEARTBEAT_S + 1):
        context.clock.run_for(1000)
        if tab.state.get_attribute("data-state") != "open":
            break
    assert tab.state.get_attribute("data-state") != "open", "not found within two heartbeats"
    assert second > 1, "nothing was the matter yet"


def test_a_page_that_waits_says_for_how_long_and_can_be_told_not_to(open_tab, link, context, witness):
    witness.expect_lost_network()
    context.clock.install()
    tab = open_tab(link.url, context)
    link.cut(stays_down=True)
    try_now = tab.page.get_by_role("button", name="Try now")
    # A few attempts fail, and the waits become longer.
    tab.until(WAITS_LONG)
    stand_still(tab)
    expect(try_now).to_be_visible()
    first = seconds_said(tab)
    context.clock.run_for(1000)
    assert seconds_said(tab) < first
    # Its own clock stands still: it comes back because it is told to.
    link.mend()
    try_now.click()
    tab.until_open()
    expect(try_now).to_be_hidden()


def test_the_focus_goes_on_when_it_comes_back_by_itself(open_tab, link, context, witness):
    witness.expect_lost_network()
    context.clock.install()
    tab = open_tab(link.url, context)
    link.cut(stays_down=True)
    try_now = tab.page.get_by_role("button", name="Try now")
    tab.until(WAITS_LONG)
    stand_still(tab)
    expect(try_now).to_be_visible()
    try_now.focus()
    expect(try_now).to_be_focused()
    link.mend()
    context.clock.resume()
    tab.until_open()
    expect(try_now).to_be_hidden()
    expect(tab.message).to_be_focused()


WAITS_LONG = "() => Number(/(\\d+) ?s/.exec(document.querySelector('#trouble').innerText)?.[1] ?? 0) >= 5"


def stand_still(tab):
    """Stops the page's clock a second from now, in the middle of a long wait. (It cannot be set back, and takes seconds.)"""
    now_ms = tab.page.evaluate("Date.now()")
    tab.page.context.clock.pause_at(now_ms / 1000 + 1)
    assert tab.page.evaluate("Date.now()") == now_ms + 1000


def seconds_said(tab):
    return int(re.search(r"(\d+) ?s", tab.page.locator("#trouble").inner_text())[1])


def test_a_server_that_is_stopped_lets_the_answer_end_and_the_tab_comes_to_the_next(open_tab, start_program, upstream, witness):
    witness.expect_lost_network()
    program = start_program("--drain-timeout", "20s")
    tab = open_tab(program.url)
    call = answering(tab, upstream)
    program.ask_to_stop()
    call.answer(*words(21, 40))
    tab.until_status("ended")
    tab.until_text(text(1, 40))
    tab.until_lost()
    program.start()
    tab.until_open()
    # The new program knows nothing of the session; the page still shows what it knows.
    tab.ask("And now?")
    upstream.next_call().answer("Now this.")
    tab.until_says("Now this.")
