"""Stop means stop, from any tab, and up to the upstream's socket."""

from playwright.sync_api import expect

from words import text, words


def answering(tab, upstream):
    """A question whose answer is under way."""
    tab.ask("Count, please.")
    call = upstream.next_call()
    call.say(*words(1, 20))
    tab.until_says("w0020")
    return call


def test_stop_in_one_tab_stops_the_answer_in_the_other(open_tab, program, upstream):
    left = open_tab(program.url)
    right = open_tab(left.address)
    call = answering(left, upstream)
    right.until_says("w0020")
    right.stop_button.click()
    call.until_closed()
    for tab in (left, right):
        tab.until_status("aborted")
        tab.until_text(text(1, 20))
        expect(tab.stop_button).to_be_hidden()
    expect(left.turns.last).to_contain_text("another tab")
    expect(right.turns.last).not_to_contain_text("another tab")


def test_escape_stops(open_tab, program, upstream):
    tab = open_tab(program.url)
    call = answering(tab, upstream)
    tab.page.keyboard.press("Escape")
    call.until_closed()
    tab.until_status("aborted")
    assert tab.page.evaluate("document.activeElement !== document.body"), "the focus is lost"


def test_after_a_stop_the_next_question_is_answered(open_tab, program, upstream):
    tab = open_tab(program.url)
    call = answering(tab, upstream)
    tab.stop_button.click()
    call.until_closed()
    tab.until_status("aborted")  # A question is sent after the turns that had ended.
    tab.ask("And now?")
    call = upstream.next_call()
    # What came of the stopped answer is part of the conversation.
    assert [message["role"] for message in call.body["messages"]] == ["user", "assistant", "user"]
    call.answer("Now this.")
    tab.until_status("ended")
    tab.until_text("Now this.")


def test_closing_a_tab_stops_nothing(open_tab, program, upstream):
    left = open_tab(program.url)
    right = open_tab(left.address)
    call = answering(left, upstream)
    left.page.close()
    expect(right.tabs).to_contain_text("1")
    call.answer(*words(21, 40))
    right.until_status("ended")
    right.until_text(text(1, 40))
