"""An answer on its way into tabs: all see the same, and none misses a word."""

import pytest
from playwright.sync_api import expect

from words import text, words


@pytest.mark.parametrize("is_one_window", [True, False])
def test_two_tabs_stay_equal_through_a_whole_answer(is_one_window, open_tab, new_context, browser_with_windows, program, upstream):
    context = new_context(browser_with_windows)
    left = open_tab(program.url, context)
    right = open_tab(left.address, context if is_one_window else new_context(browser_with_windows))
    left.ask("Count, please.")
    call = upstream.next_call()
    expect(right.turns).to_have_count(1)
    expect(right.turns.first).to_contain_text("Count, please.")
    for first in range(1, 200, 20):
        call.say(*words(first, first + 19))
        for tab in (left, right):
            tab.until_says(f"w{first + 19:04}")
            assert tab.text() == text(1, first + 19)
            tab.until_status("running")
    call.finish()
    for tab in (left, right):
        tab.until_status("ended")
        tab.until_text(text(1, 200))
    # The other way round, in the same session.
    right.ask("Once more.")
    upstream.next_call().answer(*words(201, 210))
    for tab in (left, right):
        tab.until_text(text(201, 210), 1)


def test_a_reload_in_mid_answer_loses_and_doubles_nothing(open_tab, program, upstream):
    tab = open_tab(program.url)
    onlooker = open_tab(tab.address)
    tab.ask("Count, please.")
    call = upstream.next_call()
    call.say(*words(1, 50))
    tab.until_says("w0050")
    flow = call.flow(words(51, 600), per_s=300)
    for _ in range(3):
        tab.reload()
        tab.until_says("w0050")
        assert text(1, 600).startswith(tab.text())
    flow.result()
    call.finish()
    for each in (tab, onlooker):
        each.until_status("ended")
        each.until_text(text(1, 600))
    assert not upstream.has_more_calls(), "a reload asked again"


def test_a_tab_that_joins_late_sees_what_was_said_and_what_follows(open_tab, program, upstream):
    tab = open_tab(program.url)
    tab.ask("Count, please.")
    call = upstream.next_call()
    call.say(*words(1, 30))
    tab.until_says("w0030")
    late = open_tab(tab.address)
    late.until_says("w0030")
    call.answer(*words(31, 40))
    late.until_status("ended")
    late.until_text(text(1, 40))
    expect(late.turns.first).to_contain_text("Count, please.")


def test_tabs_count_each_other(open_tab, program):
    tab = open_tab(program.url)
    expect(tab.tabs).to_contain_text("1")
    others = [open_tab(tab.address) for _ in range(2)]
    for each in (tab, *others):
        expect(each.tabs).to_contain_text("3")
    others[0].page.close()
    expect(tab.tabs).to_contain_text("2")


def test_answers_to_two_questions_at_once_stay_apart(open_tab, program, upstream):
    left = open_tab(program.url)
    right = open_tab(left.address)
    left.ask("First.")
    one = upstream.next_call()
    right.ask("Second.")
    two = upstream.next_call()
    for number in range(1, 11):
        one.say(f"a{number} ")
        two.say(f"b{number} ")
    two.finish()
    one.finish()
    for tab in (left, right):
        tab.until_status("ended", 0)
        tab.until_status("ended", 1)
        tab.until_text(" ".join(f"a{number}" for number in range(1, 11)), 0)
        tab.until_text(" ".join(f"b{number}" for number in range(1, 11)), 1)
