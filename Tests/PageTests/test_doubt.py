"""What would take later turns with it is asked for twice."""

import pytest
from playwright.sync_api import expect

HINT = "Press once more to try again: what came after it goes."


@pytest.fixture
def tab(open_tab, program, upstream):
    """A chat of two questions."""
    tab = open_tab(program.url)
    for number, (question, answer) in enumerate({"One?": "One.", "Two?": "Two."}.items()):
        tab.ask(question)
        upstream.next_call().answer(answer)
        tab.until_says(answer)
        tab.until_status("ended")
        expect(tab.turns).to_have_count(number + 1)
    return tab


def again(tab, number=0):
    return tab.turns.nth(number).get_by_role("button", name="Try again")


def hint(tab, number=0):
    return tab.turns.nth(number).get_by_role("alert")


def until_it_is_no_double_click(tab):
    tab.page.evaluate("new Promise((resolve) => setTimeout(resolve, 450))")


def test_a_second_press_is_certain(tab, upstream):
    expect(hint(tab)).to_be_hidden()
    again(tab).click()
    expect(hint(tab)).to_have_text(HINT)
    until_it_is_no_double_click(tab)
    again(tab).click()
    call = upstream.next_call()
    assert [message["content"] for message in call.body["messages"]] == ["One?"]
    call.answer("Uno.")
    tab.until_says("Uno.")
    expect(tab.turns).to_have_count(1)
    tab.ask_next(upstream, "And then?")


def test_a_double_click_is_one_press(tab, upstream):
    again(tab).dblclick()
    expect(hint(tab)).to_have_text(HINT)
    tab.ask_next(upstream, "Three?")
    expect(tab.turns).to_have_count(3)


def test_the_last_turn_is_asked_again_at_once(tab, upstream):
    again(tab, 1).click()
    call = upstream.next_call()
    expect(tab.turns.locator("[role=alert]:visible")).to_have_count(0)
    assert call.question == "Two?"
    call.answer("Due.")
    tab.until_says("Due.")
    expect(tab.turns).to_have_count(2)


def test_a_press_is_forgotten_after_a_while_and_with_its_chat(tab, upstream):
    first = tab.address
    again(tab).click()
    expect(hint(tab)).to_be_visible()
    expect(hint(tab)).to_be_hidden()
    again(tab).click()
    expect(hint(tab)).to_be_visible()
    tab.new_chat()
    tab.page.go_back()
    expect(tab.page).to_have_url(first)
    expect(tab.turns).to_have_count(2)
    expect(hint(tab)).to_be_hidden()
    expect(tab.turns.nth(1)).to_contain_text("Two.")
    tab.ask_next(upstream, "Three?")
