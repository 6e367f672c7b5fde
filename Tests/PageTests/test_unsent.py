"""What was asked and could not be sent yet: it no look at another chat loses it, no reload and no stop."""

import time

import pytest
from playwright.sync_api import expect

from background import PATIENCE_S
from bridge import Bridge
from chat_page import ChatPage
from door import Door
from test_answers import png


@pytest.fixture
def tab(context, program):
    return ChatPage(context.new_page())


@pytest.fixture
def door(tab, program):
    """A chat is open, and the way to the program can be shut."""
    door = Door(tab.page)
    tab.page.goto(program.url)
    tab.until_open()
    expect(tab.tabs).to_contain_text("1")  # It has joined.
    return door


def ask_outside(tab, door, question):
    """Asks where there is no way to the program."""
    door.shut()
    tab.until_lost()
    tab.ask(question)
    tab.until_status("waiting")
    expect(tab.message).to_have_value("")


def back(tab, address):
    tab.page.go_back()
    expect(tab.page).to_have_url(address)


def slip(tab):
    return tab.page.locator("#slip")


def kept(tab):
    """What this browser keeps."""
    return tab.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")


def pictures(tab):
    return tab.page.get_by_role("list", name="Pictures to send").get_by_role("img")


def next_call(tab, upstream):
    """The door is kept by whoever waits for the page."""
    deadline = time.monotonic() + PATIENCE_S
    while not upstream.has_more_calls():
        assert time.monotonic() < deadline, "nothing is asked"
        tab.page.wait_for_timeout(20)
    return upstream.next_call()


def asked(tab, upstream, question, answer):
    call = next_call(tab, upstream)
    assert call.question == question
    call.answer(answer)


def let_in(tab, door):
    door.open()
    tab.page.locator("#try-now").evaluate("button => button.click()")
    tab.until_open()


def test_a_question_waits_in_its_chat_while_another_is_shown(tab, door, upstream):
    first = tab.address
    ask_outside(tab, door, "One?")
    tab.page.get_by_role("button", name="New chat", exact=True).click()
    expect(tab.turns).to_have_count(0)
    back(tab, first)
    expect(tab.turns).to_have_count(1)
    expect(tab.turns.last).to_contain_text("One?")
    tab.until_status("waiting")
    let_in(tab, door)
    asked(tab, upstream, "One?", "One.")
    tab.until_says("One.")
    tab.until_status("ended")
    expect(tab.turns).to_have_count(1)
    expect(tab.message).to_have_value("")


def test_a_question_is_asked_while_another_chat_is_shown(tab, door, upstream):
    first = tab.address
    ask_outside(tab, door, "One?")
    tab.page.get_by_role("button", name="New chat", exact=True).click()
    expect(tab.turns).to_have_count(0)
    tab.page.wait_for_timeout(1500)  # Longer than a chat is kept that waits for nothing.
    let_in(tab, door)
    asked(tab, upstream, "One?", "One.")
    tab.ask("And here?")
    asked(tab, upstream, "And here?", "Here.")
    tab.until_says("Here.")
    back(tab, first)
    tab.until_says("One.")
    expect(tab.turns).to_have_count(1)
    expect(tab.message).to_have_value("")


def test_a_question_that_was_not_sent_is_a_draft_after_a_reload(tab, door, upstream):
    ask_outside(tab, door, "One?")
    tab.message.fill("Two?")
    assert "One?" in kept(tab)
    tab.page.reload()
    tab.until_lost()
    let_in(tab, door)
    expect(tab.message).to_have_value("One?\n\nTwo?")
    expect(slip(tab)).to_have_text("This was not sent yet.")
    expect(tab.turns).to_have_count(0)
    tab.reload()
    expect(tab.message).to_have_value("One?\n\nTwo?")
    tab.message.fill("One, and two?")
    tab.send_button.click()
    asked(tab, upstream, "One, and two?", "Both.")
    tab.until_says("Both.")
    tab.until_status("ended")
    tab.reload()
    tab.until_says("Both.")
    expect(tab.message).to_have_value("")
    assert "and two?" not in kept(tab).replace("One, and two?", "", 1)  # The chat's title.


def test_a_question_that_was_sent_after_all_is_no_draft(tab, door, upstream):
    door.deafen()
    tab.ask("One?")
    tab.until_status("waiting")
    asked(tab, upstream, "One?", "One.")
    assert "One?" in kept(tab)
    door.open()
    tab.reload()
    tab.until_says("One.")
    expect(tab.turns).to_have_count(1)
    expect(tab.message).to_have_value("")
    assert kept(tab).count("One?") == 1  # The chat's title.
    tab.ask("Two?")
    asked(tab, upstream, "Two?", "Two.")
    tab.until_says("Two.")
    expect(tab.turns).to_have_count(2)


@pytest.mark.parametrize("way", ["Stop", "Escape"])
def test_a_question_that_is_stopped_before_it_was_sent_is_a_draft_again(way, tab, door, upstream):
    tab.page.locator('input[type="file"]').set_input_files(
        {"name": "dot.png", "mimeType": "image/png", "buffer": png(40, 30)})  # fmt: skip
    expect(pictures(tab)).to_have_count(1)
    ask_outside(tab, door, "What is this?")
    expect(pictures(tab)).to_have_count(0)
    if way == "Stop":
        tab.stop_button.click()
    else:
        tab.page.keyboard.press("Escape")
    expect(tab.turns).to_have_count(0)
    expect(tab.message).to_have_value("What is this?")
    expect(pictures(tab)).to_have_count(1)
    expect(slip(tab)).to_have_text("This was not sent yet.")
    let_in(tab, door)
    tab.send_button.click()
    call = next_call(tab, upstream)
    assert [part["type"] for part in call.question] == ["text", "image_url"]
    call.answer("A dot.")
    tab.until_says("A dot.")
    expect(tab.turns).to_have_count(1)


def test_a_stopped_question_is_a_draft_beside_what_is_being_written(tab, door):
    ask_outside(tab, door, "One?")
    tab.message.fill("Two?")
    tab.page.keyboard.press("Escape")
    expect(tab.message).to_have_value("One?\n\nTwo?")


def test_a_refused_question_is_a_draft_after_a_reload_unless_it_was_dismissed(tab, program):
    bridge = Bridge(tab.page)
    bridge.refuse_chats("too_many_requests", "Too many of them.", retryable=True)
    tab.page.goto(program.url)
    tab.until_open()
    for number, question in enumerate(("One?", "Two?"), 1):
        tab.ask(question)
        expect(tab.turns).to_have_count(number)  # The one before has failed, too.
        tab.until_status("failed")
    tab.turns.last.get_by_role("button", name="Dismiss").click()
    expect(tab.turns).to_have_count(1)
    tab.reload()
    expect(tab.message).to_have_value("One?")
    expect(slip(tab)).to_have_text("This was not sent yet.")


def test_what_waits_for_an_answer_goes_in_a_hidden_tab_too(open_tab, program, upstream):
    tab = open_tab(program.url)
    tab.open_settings()
    tab.page.get_by_label("System prompt", exact=True).fill("Pirate.")
    tab.ask("One?")
    call = upstream.next_call()
    call.say("Aye, ")
    tab.until_says("Aye,")
    tab.ask("Two?")
    expect(slip(tab)).to_contain_text("waits for the answer")
    # A hidden tab has no animation frames.
    tab.page.evaluate("window.requestAnimationFrame = () => 0")
    call.answer("one.")
    second = upstream.next_call()
    assert [message["content"] for message in second.body["messages"]] == ["Pirate.", "One?", "Aye, one.", "Two?"]
    second.answer("Aye, two.")


def until_asked_no_more(tab, upstream):
    """What was to be asked would have been by now: the next question is the next call."""
    tab.until_status("ended")
    tab.ask_next(upstream, "And then?")


def test_a_question_that_waits_and_is_edited_is_asked_once(tab, door, upstream):
    ask_outside(tab, door, "One, with a tpyo?")
    tab.message.press("ArrowUp")
    expect(tab.message).to_have_value("One, with a tpyo?")
    tab.ask("One?")
    expect(tab.turns).to_have_count(1)
    expect(tab.turns).to_contain_text("One?")
    expect(tab.message).to_have_value("")
    let_in(tab, door)
    asked(tab, upstream, "One?", "One.")
    tab.until_says("One.")
    until_asked_no_more(tab, upstream)
    expect(tab.turns).to_have_count(2)
    expect(tab.message).to_have_value("")


def test_what_waits_after_a_question_that_is_edited_is_a_draft_again(tab, door, upstream):
    tab.ask("One?")
    asked(tab, upstream, "One?", "One.")
    tab.until_says("One.")
    tab.until_status("ended")
    ask_outside(tab, door, "Two?")
    tab.turns.first.get_by_role("button", name="Edit question").click()
    tab.ask("Uno?")
    expect(tab.message).to_have_value("Two?")
    let_in(tab, door)
    asked(tab, upstream, "Uno?", "Uno.")
    tab.until_says("Uno.")
    expect(tab.turns).to_have_count(1)
    expect(tab.message).to_have_value("Two?")


@pytest.mark.parametrize("way", ["Stop", "reload"])
def test_questions_come_back_in_the_order_of_asking(way, tab, door):
    for number, question in enumerate(("One?", "Two?", "Three?"), 1):
        ask_outside(tab, door, question)
        expect(tab.turns).to_have_count(number)
    tab.message.fill("Four?")
    if way == "Stop":
        tab.stop_button.click()
    else:
        tab.page.reload()
        tab.until_lost()
        let_in(tab, door)
    expect(tab.message).to_have_value("One?\n\nTwo?\n\nThree?\n\nFour?")


def test_every_picture_comes_back(tab, door):
    dot = {"name": "dot.png", "mimeType": "image/png", "buffer": png(40, 30)}
    for number in range(1, 7):
        tab.page.locator('input[type="file"]').set_input_files(dot)
        expect(pictures(tab)).to_have_count(1)
        if number == 1:
            door.shut()
            tab.until_lost()
        tab.send_button.click()
        expect(tab.turns).to_have_count(number)
    tab.stop_button.click()
    expect(pictures(tab)).to_have_count(6)


def test_a_question_that_was_sent_while_another_chat_was_shown_is_kept_no_more(tab, door, upstream):
    first = tab.address
    ask_outside(tab, door, "One?")
    tab.new_chat()
    let_in(tab, door)
    asked(tab, upstream, "One?", "One.")
    tab.until("() => !Object.keys(sessionStorage).some((key) => key.startsWith('tributary.unsent '))")
    back(tab, first)
    tab.until_says("One.")
    expect(tab.message).to_have_value("")


def test_a_copy_of_the_tab_does_not_offer_to_send_what_the_tab_sends(tab, door, context, program, upstream):
    ask_outside(tab, door, "One?")
    stored = tab.page.evaluate("JSON.stringify({...sessionStorage})")
    copy = ChatPage(context.new_page())
    copy.page.add_init_script(f"Object.entries({stored}).forEach(([key, value]) => (sessionStorage[key] = value))")
    copy.page.goto(tab.address)
    copy.until_open()
    expect(copy.message).to_have_value("One?")
    expect(slip(copy)).to_have_text("This was not sent yet.")
    let_in(tab, door)
    asked(tab, upstream, "One?", "One.")
    copy.until_says("One.")
    expect(copy.message).to_have_value("")
    expect(slip(copy)).to_be_hidden()


def test_what_was_written_since_in_a_copy_of_the_tab_stays(tab, door, context, upstream):
    ask_outside(tab, door, "One?")
    stored = tab.page.evaluate("JSON.stringify({...sessionStorage})")
    copy = ChatPage(context.new_page())
    copy.page.add_init_script(f"Object.entries({stored}).forEach(([key, value]) => (sessionStorage[key] = value))")
    copy.page.goto(tab.address)
    copy.until_open()
    expect(copy.message).to_have_value("One?")
    copy.message.press("End")
    copy.message.press_sequentially(" And why?")
    let_in(tab, door)
    asked(tab, upstream, "One?", "One.")
    copy.until_says("One.")
    expect(copy.message).to_have_value("One? And why?")


def forget_all(tab):
    forget = tab.page.locator("#forget-all")
    forget.click()
    tab.page.evaluate("new Promise((resolve) => setTimeout(resolve, 500))")  # A double click is one press, by its time.
    forget.click()


@pytest.mark.parametrize("which", ["this chat", "another chat", "all"])
def test_a_question_that_waits_in_a_forgotten_chat_is_not_asked(which, tab, door, upstream):
    ask_outside(tab, door, "One?")
    forgotten = tab.address
    tab.open_chats()
    if which == "another chat":
        tab.new_chat()
    if which == "all":
        forget_all(tab)
    else:
        tab.page.get_by_role("button", name="Forget “One?”").click()
    expect(tab.page).not_to_have_url(forgotten)
    expect(tab.turns).to_have_count(0)
    expect(tab.message).to_have_value("")
    assert "One?" not in kept(tab)
    let_in(tab, door)
    tab.ask_next(upstream, "And here?")


@pytest.mark.parametrize("which", ["this chat", "all"])
def test_a_forgotten_chat_in_which_a_question_waits_stays_forgotten(which, tab, door, upstream):
    tab.open_settings()
    prompt = tab.page.get_by_label("System prompt", exact=True)
    prompt.fill("Pirate.")
    tab.ask("Early?")
    call = next_call(tab, upstream)
    call.answer("Aye.")
    tab.until_status("ended")
    ask_outside(tab, door, "Late?")
    forgotten = tab.address
    tab.open_chats()
    if which == "all":
        forget_all(tab)
    else:
        tab.page.get_by_role("button", name="Forget “Early?”").click()
    expect(tab.page).not_to_have_url(forgotten)
    expect(tab.turns).to_have_count(0)
    expect(prompt).to_have_value("")
    assert forgotten.partition("#")[2] not in kept(tab)
    expect(tab.page.get_by_role("navigation", name="Recent chats").get_by_role("link")).to_have_count(0)


def test_a_question_whose_answer_was_lost_is_a_draft_elsewhere_or_after_a_reload(open_tab, start_program, upstream, witness):
    witness.expect_lost_network()
    program = start_program()
    tab = open_tab(program.url)
    first = tab.address
    tab.ask("One?")
    upstream.next_call().say("One ")
    tab.until_says("One")
    program.kill()
    tab.until_lost()
    program.start()
    tab.until_status("interrupted")
    tab.new_chat()
    expect(tab.message).to_have_value("")
    tab.reload()  # Nothing knows the chat any more but what is stored.
    back(tab, first)
    expect(tab.message).to_have_value("One?")
    expect(tab.turns).to_have_count(0)


@pytest.mark.parametrize("way", ["Stop", "edit"])
def test_a_question_that_nobody_waits_for_is_no_draft_where_its_answer_is_lost(
    way, open_tab, start_program, start_link, upstream, witness):  # fmt: skip
    witness.expect_lost_network()
    program = start_program()
    link = start_link(program.port)
    tab = open_tab(link.url)
    tab.ask("Wrng?")
    upstream.next_call().say("One ")
    tab.until_says("One")
    link.cut(stays_down=True)
    tab.until_lost()
    if way == "Stop":
        tab.stop_button.click()
    else:
        tab.message.press("ArrowUp")
        tab.ask("Wrong?")
    program.kill()
    program.start()
    link.mend()
    tab.until_open()
    if way == "Stop":
        tab.until_status("interrupted")
    else:
        tab.until("() => !document.querySelector('.turn[data-status=waiting]')")
    tab.reload()
    expect(tab.tabs).to_contain_text("1")  # It has joined, and knows what the server does not have.
    assert "Wrng?" not in tab.message.input_value()
    assert "Wrng?" not in tab.page.evaluate("JSON.stringify({...sessionStorage, 'tributary.titles': ''})")


def test_a_question_that_was_asked_again_is_no_draft(open_tab, start_program, upstream, witness):
    witness.expect_lost_network()
    program = start_program()
    tab = open_tab(program.url)
    tab.ask("One?")
    upstream.next_call().say("One ")
    tab.until_says("One")
    program.kill()
    tab.until_lost()
    program.start()
    tab.until_status("interrupted")
    tab.ask_next(upstream, "One?")
    tab.until_status("ended")
    tab.reload()
    tab.until_says("This was next.")
    expect(tab.message).to_have_value("")


@pytest.mark.parametrize("is_shown", [False, True])
def test_a_forgotten_chats_question_is_not_kept_where_its_answer_is_lost(is_shown, open_tab, start_program, upstream, witness):
    witness.expect_lost_network()
    program = start_program()
    tab = open_tab(program.url)
    first = tab.address
    tab.ask("One?")
    upstream.next_call().say("One ")
    tab.until_says("One")
    tab.new_chat()
    if is_shown:
        back(tab, first)
        tab.until_says("One")
    tab.open_chats()
    tab.page.get_by_role("button", name="Forget “One?”").click()
    expect(tab.turns).to_have_count(0)
    expect(tab.page).not_to_have_url(first)
    program.kill()
    tab.until_lost()
    program.start()
    tab.until_open()
    tab.ask_next(upstream, "And here?")
    assert "One?" not in kept(tab)


def test_a_new_chat_begins_where_nothing_was_asked_yet(tab, door):
    address = tab.address
    tab.message.fill("Half a question")
    tab.page.get_by_role("button", name="New chat", exact=True).click()
    expect(tab.message).to_be_focused()
    tab.page.keyboard.press("Control+Shift+O")
    expect(tab.message).to_have_value("Half a question")
    assert tab.address == address


def test_a_new_chat_begins_beside_one_that_is_not_here_yet(open_tab, program, upstream, tab, door):
    shared = open_tab(program.url)
    shared.ask_next(upstream, "One?")
    door.shut()
    tab.until_lost()
    tab.page.evaluate("hash => { location.hash = hash; }", shared.address.split("#")[1])
    expect(tab.page).to_have_url(shared.address)
    tab.page.get_by_role("button", name="New chat", exact=True).click()
    expect(tab.page).not_to_have_url(shared.address)
    new = tab.address
    tab.message.fill("Half a question")
    tab.page.get_by_role("button", name="New chat", exact=True).click()
    expect(tab.message).to_be_focused()
    expect(tab.message).to_have_value("Half a question")
    assert tab.address == new


def test_the_system_prompt_of_a_question_that_was_not_sent_is_there_after_a_reload(tab, door, upstream):
    tab.open_settings()
    field = tab.page.get_by_label("System prompt", exact=True)
    field.fill("Pirate.")
    door.shut()
    tab.until_lost()
    tab.ask("One?")
    expect(slip(tab)).to_have_text("The chat is not here yet. This waits for it.")
    tab.page.reload()
    tab.until_lost()
    let_in(tab, door)
    expect(tab.message).to_have_value("One?")
    tab.open_settings()
    expect(field).to_have_value("Pirate.")
    tab.send_button.click()
    call = next_call(tab, upstream)
    assert [message["content"] for message in call.body["messages"]] == ["Pirate.", "One?"]
    call.answer("Aye.")
    tab.until_says("Aye.")
    tab.until_status("ended")
    assert "Pirate." not in kept(tab)
