"""The system prompt: a message at the head of the conversation, which the server keeps with it."""

import pytest
from playwright.sync_api import expect

from chat_page import ChatPage
from door import Door


@pytest.fixture
def tab(open_tab, program):
    tab = open_tab(program.url)
    tab.open_settings()
    return tab


def field(tab):
    return tab.page.get_by_label("System prompt", exact=True)


def note(tab):
    return tab.page.locator("#system-note")


def slip(tab):
    """What the composer says of a question that does not go at once."""
    return tab.page.locator("#slip")


def sent(call):
    """What a model was sent, a line a message."""
    return [f"{message['role']}: {message['content']}" for message in call.body["messages"]]


def answered(tab, upstream, question, answer):
    tab.ask(question)
    call = upstream.next_call()
    call.answer(answer)
    tab.until_says(answer)
    tab.until_status("ended")
    return sent(call)


def test_a_second_question_waits_for_the_answer_that_the_prompt_came_with(tab, upstream):
    field(tab).fill("Pirate.")
    tab.ask("One?")
    call = upstream.next_call()
    call.say("Aye, ")
    tab.until_says("Aye,")
    expect(note(tab)).to_have_text("This chat is under it.")
    tab.ask("Two?")
    expect(slip(tab)).to_contain_text("waits for the answer")
    expect(slip(tab)).to_have_class("slip waits")
    expect(tab.message).to_have_value("Two?")
    call.answer("one.")
    second = upstream.next_call()
    assert sent(second) == ["system: Pirate.", "user: One?", "assistant: Aye, one.", "user: Two?"]
    expect(tab.message).to_have_value("")
    expect(slip(tab)).to_be_hidden()
    second.answer("Aye, two.")
    tab.until_says("Aye, two.")
    tab.until_status("ended")
    expect(tab.turns).to_have_count(2)
    tab.reload()
    expect(tab.turns).to_have_count(2)
    assert answered(tab, upstream, "Three?", "Aye, three.")[3:] == ["user: Two?", "assistant: Aye, two.", "user: Three?"]


def test_what_waits_for_an_answer_stays_where_that_is_stopped_or_the_chat_is_left(tab, upstream):
    field(tab).fill("Pirate.")
    tab.ask("One?")
    upstream.next_call().say("Aye, ")
    tab.until_says("Aye,")
    tab.ask("Two?")
    expect(slip(tab)).to_contain_text("waits for the answer")
    tab.stop_button.click()
    tab.until_status("aborted")
    expect(tab.message).to_have_value("Two?")
    expect(slip(tab)).to_have_text("This was not sent yet.")
    tab.send_button.click()
    call = upstream.next_call()
    assert sent(call) == ["system: Pirate.", "user: One?", "assistant: Aye, ", "user: Two?"]
    call.answer("Aye.")
    tab.until_status("ended")


def test_what_waits_for_an_answer_stays_with_its_chat(tab, upstream):
    field(tab).fill("Pirate.")
    tab.ask("One?")
    call = upstream.next_call()
    call.say("Aye, ")
    tab.until_says("Aye,")
    tab.ask("Two?")
    expect(slip(tab)).to_contain_text("waits for the answer")
    first = tab.address
    tab.new_chat()
    expect(tab.message).to_have_value("")
    expect(slip(tab)).to_be_hidden()
    call.answer("one.")
    assert answered(tab, upstream, "And here?", "Here.") == ["system: Pirate.", "user: And here?"]
    tab.page.go_back()
    expect(tab.page).to_have_url(first)
    tab.until_says("Aye, one.")
    expect(tab.message).to_have_value("Two?")
    expect(tab.turns).to_have_count(1)
    tab.send_button.click()
    call = upstream.next_call()
    assert sent(call)[3:] == ["user: Two?"]
    call.answer("Aye, two.")
    tab.until_says("Aye, two.")
    assert not upstream.has_more_calls()


def test_changed_in_mid_conversation_it_stands_before_all_that_was_said(tab, upstream):
    assert answered(tab, upstream, "One?", "One.") == ["user: One?"]
    expect(note(tab)).to_have_text("This chat has none.")
    field(tab).fill("Pirate.")
    expect(note(tab)).to_contain_text("sent anew")
    assert answered(tab, upstream, "Two?", "Aye, two.") == ["system: Pirate.", "user: One?", "assistant: One.", "user: Two?"]
    expect(note(tab)).to_have_text("This chat is under it.")
    expect(tab.turns).to_have_count(1)
    expect(tab.turns.last).to_contain_text("One?")
    # Who goes by headings finds each of its messages.
    expect(tab.turns.last.get_by_role("heading", level=2)).to_have_text(["You", "Answer", "You", "Answer"])
    # It is the server's now: another tab has it, too, and can take it away.
    tab.reload()
    tab.open_settings()
    expect(field(tab)).to_have_value("Pirate.")
    field(tab).fill("")
    assert answered(tab, upstream, "Three?", "Three.") == [
        "user: One?", "assistant: One.", "user: Two?", "assistant: Aye, two.", "user: Three?"]  # fmt: skip


def test_what_is_written_and_not_sent_stays_with_its_chat(tab, upstream):
    answered(tab, upstream, "One?", "One.")
    first = tab.address
    tab.new_chat()
    answered(tab, upstream, "Here?", "Here.")
    field(tab).fill("Pirate.")
    tab.page.go_back()
    expect(tab.page).to_have_url(first)
    tab.until_says("One.")
    expect(field(tab)).to_have_value("")
    tab.page.go_forward()
    tab.until_says("Here.")
    expect(field(tab)).to_have_value("Pirate.")
    assert answered(tab, upstream, "And now?", "Aye.")[0] == "system: Pirate."


def test_changed_while_an_answer_runs_it_loses_nothing(tab, upstream):
    tab.ask("One?")
    call = upstream.next_call()
    call.say("One ")
    tab.until_says("One")
    field(tab).fill("Pirate.")
    tab.ask("Two?")
    expect(slip(tab)).to_contain_text("waits for the answer")
    call.answer("and all.")
    second = upstream.next_call()
    assert sent(second) == ["system: Pirate.", "user: One?", "assistant: One and all.", "user: Two?"]
    second.answer("Aye.")
    tab.until_says("Aye.")


def test_a_question_under_way_is_edited_in_its_place(tab, upstream):
    field(tab).fill("Pirate.")
    tab.ask("One?")
    call = upstream.next_call()
    call.say("Aye, ")
    tab.until_says("Aye,")
    tab.message.press("ArrowUp")
    expect(tab.message).to_have_value("One?")
    tab.ask("Uno?")
    second = upstream.next_call()
    assert sent(second) == ["system: Pirate.", "user: Uno?"]
    call.until_closed()
    second.answer("Aye, uno.")
    tab.until_says("Aye, uno.")
    expect(tab.turns).to_have_count(1)


def test_written_before_a_new_chat_is_joined_it_goes_when_that_is(open_tab, link, upstream, witness):
    witness.expect_lost_network()
    tab = open_tab(link.url)
    tab.open_settings()
    tab.open_chats()
    link.cut(stays_down=True)
    tab.until_lost()
    tab.page.get_by_role("button", name="New chat", exact=True).click()
    field(tab).fill("Pirate.")
    tab.ask("One?")
    expect(slip(tab)).to_contain_text("The chat is not here yet")
    expect(tab.message).to_have_value("One?")
    link.mend()
    call = upstream.next_call()
    assert sent(call) == ["system: Pirate.", "user: One?"]
    call.answer("Aye.")
    tab.until_says("Aye.")
    expect(tab.turns).to_have_count(1)


def test_written_before_a_chat_with_messages_is_joined_it_waits_for_its_writer(open_tab, link, upstream, witness):
    witness.expect_lost_network()
    tab = open_tab(link.url)
    answered(tab, upstream, "One?", "One.")
    first = tab.address
    tab.open_settings()
    tab.new_chat()
    link.cut(stays_down=True)
    tab.until_lost()
    tab.page.go_back()
    expect(tab.page).to_have_url(first)
    field(tab).fill("Pirate.")
    tab.ask("Two?")
    expect(slip(tab)).to_contain_text("The chat is not here yet")
    link.mend()
    tab.until_says("One.")
    expect(slip(tab)).to_contain_text("has messages")
    expect(tab.message).to_have_value("Two?")
    tab.send_button.click()
    call = upstream.next_call()
    assert sent(call) == ["system: Pirate.", "user: One?", "assistant: One.", "user: Two?"]
    call.answer("Aye.")
    tab.until_says("Aye.")
    assert not upstream.has_more_calls()


def test_carried_into_a_chat_that_has_its_own_it_holds_nothing_up(open_tab, link, upstream, witness, context):
    witness.expect_lost_network()
    own = open_tab(link.url)
    own.open_settings()
    field(own).fill("Bishop.")
    assert answered(own, upstream, "One?", "Amen.") == ["system: Bishop.", "user: One?"]
    tab = open_tab(link.url, context)
    tab.open_settings()
    field(tab).fill("Pirate.")
    link.cut(stays_down=True)
    tab.until_lost()
    # Another one's chat, new to this browser.
    tab.page.evaluate("hash => { location.hash = hash; }", own.address.split("#")[1])
    expect(field(tab)).to_have_value("Pirate.")
    tab.ask("Two?")
    expect(slip(tab)).to_contain_text("The chat is not here yet")
    link.mend()
    call = upstream.next_call()
    assert sent(call) == ["system: Bishop.", "user: One?", "assistant: Amen.", "user: Two?"]
    call.answer("Amen, two.")
    tab.until_says("Amen, two.")
    expect(tab.turns).to_have_count(2)
    expect(slip(tab)).to_be_hidden()


def test_what_was_carried_along_is_no_more_than_that_after_a_reload(open_tab, program, upstream, context):
    own = open_tab(program.url)
    own.open_settings()
    field(own).fill("Judge.")
    assert answered(own, upstream, "One?", "Guilty.") == ["system: Judge.", "user: One?"]
    page = context.new_page()
    door, tab = Door(page), ChatPage(page)
    page.goto(program.url)
    tab.until_open()
    tab.open_settings()
    field(tab).fill("Pirate.")
    door.shut()
    tab.until_lost()
    # Another one's chat, new to this browser.
    page.evaluate("hash => { location.hash = hash; }", own.address.split("#")[1])
    expect(field(tab)).to_have_value("Pirate.")
    page.reload()
    tab.until_lost()
    tab.open_settings()
    expect(field(tab)).to_have_value("Pirate.")
    door.open()
    page.locator("#try-now").evaluate("button => button.click()")
    tab.until_says("Guilty.")
    expect(field(tab)).to_have_value("Judge.")
    expect(note(tab)).to_have_text("This chat is under it.")
    tab.ask("Two?")
    expect(tab.turns).to_have_count(2)
    tab.until_status("running")  # The door is kept by whoever waits for the page.
    call = upstream.next_call()
    assert sent(call) == ["system: Judge.", "user: One?", "assistant: Guilty.", "user: Two?"]
    call.answer("Not guilty.")
    tab.until_says("Not guilty.")
    expect(tab.turns).to_have_count(2)


def test_a_field_that_has_the_focus_shows_what_another_tab_has_put_the_chat_under(tab, open_tab, program, upstream):
    answered(tab, upstream, "One?", "One.")
    other = open_tab(tab.address)
    other.open_settings()
    other.until_says("One.")
    field(other).focus()
    field(tab).fill("Pirate.")
    answered(tab, upstream, "Two?", "Aye.")
    other.until_says("Aye.")
    expect(note(other)).to_have_text("This chat is under it.")
    expect(field(other)).to_have_value("Pirate.")
    expect(field(other)).to_be_focused()


def test_a_field_that_keeps_the_focus_is_the_other_chats_when_that_is_shown(tab, upstream):
    """As on a phone, where going back takes the focus from nothing."""
    answered(tab, upstream, "One?", "One.")
    first = tab.address
    tab.new_chat()
    answered(tab, upstream, "Here?", "Here.")
    field(tab).fill("Pirate. ")
    expect(field(tab)).to_have_value("Pirate. ")
    field(tab).evaluate("(node) => node.addEventListener('blur', () => (window.hasLeft = true))")
    tab.page.evaluate("HTMLElement.prototype.focus = () => undefined")
    tab.page.go_back()
    expect(tab.page).to_have_url(first)
    tab.until_says("One.")
    assert not tab.page.evaluate("window.hasLeft === true"), "the focus did not stay"
    expect(field(tab)).to_have_value("")
    tab.page.keyboard.type("B")
    expect(field(tab)).to_have_value("B")
    tab.page.go_forward()
    tab.until_says("Here.")
    expect(field(tab)).to_have_value("Pirate.")
