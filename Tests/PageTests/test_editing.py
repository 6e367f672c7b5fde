"""A question that was asked is edited in its place, and nothing that was written is lost on the way."""

import time

import pytest
from playwright.sync_api import expect

from background import PATIENCE_S
from chat_page import ChatPage
from door import Door
from test_live_region import LISTEN
from test_unsent import let_in, next_call

ASK = """async ([session, content]) => {
  const { connect } = await import(new URL("client/index.js", document.baseURI));
  window.elsewhere = connect();
  window.elsewhere.session(session).chat(content);
}"""

# Not at once, which would be one press, nor so late that the first is forgotten.
# The second time so much later that it is no double press; `repeat`: as if the key had been held down.
ESCAPE_TWICE = """async (repeat) => {
  const press = (more) => document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", { key: "Escape", bubbles: true, ...more }));
  press();
  await new Promise((resolve) => setTimeout(resolve, 450));
  press({ repeat });
}"""


@pytest.fixture
def tab(open_tab, program, upstream):
    """A chat of one question."""
    tab = open_tab(program.url)
    answered(tab, upstream, "One?", "One.")
    return tab


def answered(tab, upstream, question, answer):
    tab.ask(question)
    answer_next(tab, upstream, answer)


def answer_next(tab, upstream, answer):
    call = upstream.next_call()
    call.answer(answer)
    tab.until_says(answer)
    tab.until_status("ended")
    return [message["content"] for message in call.body["messages"]]


def edit(tab, text=None):
    edit_button(tab).click()
    expect(tab.page.locator("#editing")).to_be_visible()
    if text is not None:
        tab.message.fill(text)


def edit_button(tab):
    return tab.turns.last.get_by_role("button", name="Edit question")


def slip(tab):
    return tab.page.locator("#slip")


def draft(tab):
    """What the browser would have after a reload."""
    return tab.page.evaluate("JSON.stringify({...sessionStorage, 'tributary.titles': null})")


def test_a_question_of_which_something_would_be_lost_cannot_be_edited(tab, upstream):
    expect(edit_button(tab)).to_be_visible()
    picture = {"type": "image_url", "image_url": {"url": "https://example.org/dot.png"}}
    parts = [{"type": "text", "text": "What is this?"}, picture]
    tab.page.evaluate(ASK, [tab.address.split("#")[1], parts])
    answer_next(tab, upstream, "A dot.")
    expect(tab.turns).to_have_count(2)
    expect(edit_button(tab)).to_be_hidden()
    tab.message.press("ArrowUp")
    expect(tab.message).to_have_value("One?")  # The newest one that can be.


def test_asked_again_by_its_own_tab_a_question_that_is_edited_is_a_new_one(tab, upstream):
    edit(tab, "Uno?")
    tab.turns.last.get_by_role("button", name="Try again").click()
    answer_next(tab, upstream, "One, again.")
    expect(slip(tab)).to_contain_text("What you wrote is a new question now.")
    expect(slip(tab)).not_to_contain_text("tab")
    expect(tab.message).to_have_value("Uno?")


def test_an_edited_question_waits_with_its_chat(tab, upstream):
    first = tab.address
    tab.message.fill("Half a question")
    edit(tab, "Uno?")
    tab.new_chat()
    expect(tab.message).to_have_value("")
    tab.page.go_back()
    expect(tab.page).to_have_url(first)
    expect(tab.message).to_have_value("Uno?\n\nHalf a question")
    tab.reload()
    expect(tab.message).to_have_value("Uno?\n\nHalf a question")


def test_an_edited_question_is_there_after_a_reload(tab):
    edit(tab, "Uno?")
    tab.reload()
    expect(tab.message).to_have_value("Uno?")


def test_an_edit_that_changed_nothing_or_was_given_up_leaves_nothing(tab):
    first = tab.address
    edit(tab)
    tab.new_chat()
    tab.page.go_back()
    expect(tab.page).to_have_url(first)
    expect(tab.turns).to_have_count(1)
    expect(tab.message).to_have_value("")
    edit(tab, "Uno?")
    assert "Uno?" in draft(tab)
    tab.page.get_by_role("button", name="Keep it as it was").click()
    expect(tab.message).to_have_value("")
    assert "Uno?" not in draft(tab)
    edit(tab, "Uno?")
    tab.message.fill("One?")
    assert "One?" not in draft(tab)
    tab.page.keyboard.press("Escape")
    expect(tab.message).to_have_value("")


def test_escape_drops_what_was_written_anew_only_when_that_is_meant(tab):
    edit(tab, "Uno?")
    tab.page.keyboard.press("Escape")
    expect(slip(tab)).to_have_text("Press Esc once more to drop what you changed.")
    tab.message.press_sequentially("!")
    expect(slip(tab)).to_be_hidden()
    tab.page.keyboard.press("Escape")
    expect(slip(tab)).to_be_visible()
    expect(tab.message).to_have_value("Uno?!")
    tab.page.evaluate(ESCAPE_TWICE, False)
    expect(tab.message).to_have_value("")
    expect(slip(tab)).to_be_hidden()
    assert "Uno?" not in draft(tab)


def test_escape_that_is_held_down_is_one_press(tab):
    edit(tab, "Uno?")
    tab.page.evaluate(ESCAPE_TWICE, True)
    expect(slip(tab)).to_have_text("Press Esc once more to drop what you changed.")
    expect(tab.message).to_have_value("Uno?")


def test_what_was_written_anew_stays_when_another_question_is_edited(tab, upstream):
    answered(tab, upstream, "Two?", "Two.")
    expect(tab.turns).to_have_count(2)
    tab.message.fill("Half a question")
    edit(tab, "Due?")
    edit_button(tab).click()  # The same: it goes on.
    expect(tab.message).to_be_focused()
    expect(tab.message).to_have_value("Due?")
    tab.turns.first.get_by_role("button", name="Edit question").click()
    expect(tab.message).to_have_value("One?")
    assert "Due?" in draft(tab)
    tab.page.keyboard.press("Escape")
    expect(tab.message).to_have_value("Due?\n\nHalf a question")


def test_an_answer_whose_question_is_edited_is_stopped_and_not_read_out(open_tab, program, upstream, context):
    context.add_init_script(LISTEN)
    tab = open_tab(program.url, context)
    tab.ask("One?")
    call = upstream.next_call()
    call.say("Old words.")
    tab.until_says("Old words.")
    tab.message.press("ArrowUp")
    expect(tab.message).to_have_value("One?")
    tab.ask("Uno?")
    call.until_closed()
    answer_next(tab, upstream, "New words.")
    expect(tab.turns).to_have_count(1)
    expect(tab.stop_button).to_be_hidden()
    tab.until("heard.some((text) => text.includes('New words.'))")
    assert tab.page.evaluate("heard.filter((text) => text.includes('Old') || text.includes('stopped'))") == []


def test_an_answer_goes_on_where_the_question_that_was_edited_is_refused(open_tab, start_program, upstream):
    tab = open_tab(start_program("--max-session-requests", "1").url)
    tab.ask("One?")
    call = upstream.next_call()
    call.say("One ")
    tab.until_says("One")
    tab.message.press("ArrowUp")
    tab.ask("Uno?")
    tab.until_status("failed")
    call.answer("and all.")
    tab.until_status("ended", 0)
    tab.until_says("One and all.", 0)


@pytest.mark.parametrize("limit", [1, 2])
def test_another_tabs_answer_is_stopped_only_by_an_edit_that_is_accepted(limit, open_tab, start_program, upstream):
    left = open_tab(start_program("--max-session-requests", str(limit)).url)
    answered(left, upstream, "One?", "One.")
    right = open_tab(left.address)
    right.ask("Two?")
    call = upstream.next_call()
    call.say("Two ")
    left.until_says("Two")
    left.turns.first.get_by_role("button", name="Edit question").click()
    left.ask("Uno?")
    if limit == 1:
        left.until_status("failed")
        call.answer("and all.")
        right.until_status("ended")
        right.until_says("Two and all.")
    else:
        call.until_closed()
        answer_next(left, upstream, "Uno.")
        expect(right.turns).to_have_count(1)
        expect(right.stop_button).to_be_hidden()


@pytest.fixture
def behind_door(context, start_program):
    """A tab of a program that was started with `arguments`, and the door to it."""

    def behind_door(*arguments):
        tab = ChatPage(context.new_page())
        door = Door(tab.page)
        tab.page.goto(start_program(*arguments).url)
        tab.until_open()
        expect(tab.tabs).to_contain_text("1")  # It has joined.
        return tab, door

    return behind_door


def until_stopped(tab, door, call):
    """The door is kept by whoever waits for the page."""
    deadline = time.monotonic() + PATIENCE_S
    while not door.said("abort"):
        assert time.monotonic() < deadline, "nothing is stopped"
        tab.page.wait_for_timeout(20)
    tab.page.evaluate("0")  # What was said has gone through.
    call.until_closed()


def test_an_edit_that_was_edited_before_it_was_sent_stops_nothing(behind_door, upstream):
    tab, door = behind_door("--max-session-requests", "1")
    tab.ask("One?")
    call = next_call(tab, upstream)
    call.say("One ")
    tab.until_says("One")
    door.shut()
    tab.until_lost()
    for text in ("Nuo?", "Uno?"):
        tab.message.press("ArrowUp")
        tab.ask(text)
        expect(tab.turns.last).to_contain_text(text)
        expect(tab.turns).to_have_count(2)
    let_in(tab, door)
    tab.until_status("failed")
    call.answer("and all.")
    tab.until_status("ended", 0)


def test_an_answer_is_stopped_though_its_chat_is_left_before_the_edit_is_sent(behind_door, upstream):
    tab, door = behind_door()
    tab.ask("One?")
    call = next_call(tab, upstream)
    call.say("One ")
    tab.until_says("One")
    door.shut()
    tab.until_lost()
    tab.message.press("ArrowUp")
    tab.ask("Uno?")
    tab.until_status("waiting")
    tab.new_chat()
    let_in(tab, door)
    assert next_call(tab, upstream).question == "Uno?"
    until_stopped(tab, door, call)


def test_a_question_that_is_edited_twice_before_it_is_answered_is_stopped(behind_door, upstream):
    tab, door = behind_door()
    door.deafen()
    tab.ask("Oen?")
    first = next_call(tab, upstream)
    tab.until_status("waiting")
    door.shut()
    tab.until_lost()
    for text in ("Noe?", "One?"):
        tab.message.press("ArrowUp")
        tab.ask(text)
        expect(tab.turns.last).to_contain_text(text)
    let_in(tab, door)
    second = next_call(tab, upstream)
    assert second.question == "One?"
    until_stopped(tab, door, first)
    second.answer("One.")
    tab.until_says("One.")
    expect(tab.turns).to_have_count(1)


def test_a_question_whose_edit_comes_before_its_answer_is_replaced(behind_door, upstream):
    tab, door = behind_door()
    door.deafen()
    tab.ask("Tpyo?")
    first = next_call(tab, upstream)
    tab.until_status("waiting")
    tab.message.press("ArrowUp")
    tab.ask("Typo?")
    second = next_call(tab, upstream)
    assert [message["content"] for message in second.body["messages"]] == ["Typo?"]
    door.shut()
    tab.until_lost()
    let_in(tab, door)
    second.answer("A typo.")
    tab.until_says("A typo.")
    until_stopped(tab, door, first)
    expect(tab.turns).to_have_count(1)
    expect(tab.message).to_have_value("")
