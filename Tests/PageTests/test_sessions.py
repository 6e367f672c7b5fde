"""A session's address is the way to it; a browser remembers which ones it has seen, and nothing of what was said."""

import re

import pytest
from playwright.sync_api import expect

from test_answers import png

SECRET = "Xylophone-Quagmire"


def answered(tab, upstream, question, answer):
    tab.ask(question)
    upstream.next_call().answer(answer)
    tab.until_says(answer)  # An earlier answer has ended, too.
    tab.until_status("ended")


def test_the_address_names_the_session_and_is_hard_to_guess(open_tab, program):
    tab, other = open_tab(program.url), open_tab(program.url)
    id = re.fullmatch(r".*/#([A-Za-z0-9._:-]+)", tab.address)[1]
    assert len(id) >= 22, "less than 128 bits"
    assert tab.address != other.address
    assert program.log.count(id) == 0, "the server's log names it"


def test_the_older_form_of_an_address_leads_there_too(open_tab, program, upstream):
    tab = open_tab(program.url)
    answered(tab, upstream, "Where are you?", "Here.")
    same = open_tab(tab.address.replace("#", "#s="))
    same.until_says("Here.")
    assert same.address == tab.address


def test_new_chat_begins_another_session_and_back_leads_to_the_first(open_tab, program, upstream):
    tab = open_tab(program.url)
    answered(tab, upstream, "Where are you?", "In the first.")
    first = tab.address
    tab.new_chat()
    expect(tab.turns).to_have_count(0)
    assert tab.address != first
    answered(tab, upstream, "And now?", "In the second.")
    second = tab.address
    tab.page.go_back()
    tab.until_says("In the first.")
    expect(tab.turns).to_have_count(1)
    tab.page.go_forward()
    tab.until_says("In the second.")
    assert tab.address == second


def test_an_answer_goes_on_while_another_chat_is_shown(open_tab, program, upstream):
    tab = open_tab(program.url)
    tab.ask("Take your time.")
    call = upstream.next_call()
    call.say("One ")
    tab.until_says("One")
    tab.new_chat()
    answered(tab, upstream, "Quick?", "Quick.")
    call.answer("two.")
    tab.page.go_back()
    tab.until_says("One two.")
    tab.until_status("ended")


def test_recent_chats_are_listed_opened_and_forgotten(open_tab, program, upstream):
    tab = open_tab(program.url)
    answered(tab, upstream, "About rivers?", "Rivers.")
    rivers = tab.address
    tab.new_chat()
    answered(tab, upstream, "About lakes?", "Lakes.")
    tab.open_chats()
    links = tab.page.get_by_role("navigation", name="Recent chats").get_by_role("link")
    expect(links).to_have_count(2)
    links.filter(has_text="About rivers?").click()
    tab.until_says("Rivers.")
    assert tab.address == rivers
    tab.open_chats()
    tab.page.get_by_role("button", name="Forget “About lakes?”").click()
    expect(links).to_have_count(1)
    tab.reload()
    tab.open_chats()
    expect(links).to_have_count(1)


def test_forgetting_all_forgets_all(open_tab, program, upstream):
    tab = open_tab(program.url)
    answered(tab, upstream, "About rivers?", "Rivers.")
    tab.open_chats()
    forget = tab.page.get_by_role("dialog", name="Chats").locator("#forget-all")
    forget.click()
    expect(forget).to_have_text("Press again to forget all of them")
    tab.page.evaluate("new Promise((resolve) => setTimeout(resolve, 500))")  # A double click is one press, by its time.
    forget.click()
    expect(forget).to_be_hidden()
    expect(tab.page.get_by_role("navigation", name="Recent chats").get_by_role("link", name="About rivers?")).to_have_count(0)
    assert "About rivers?" not in tab.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")


def everything_kept(tab):
    return tab.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")


def system_field(tab):
    return tab.page.get_by_label("System prompt", exact=True)


def write_drafts(tab, upstream):
    """A chat with something written and not sent: a question, a picture, a system prompt."""
    answered(tab, upstream, "About rivers?", "Rivers.")
    tab.message.fill(SECRET)
    picture = {"name": "dot.png", "mimeType": "image/png", "buffer": png(40, 30)}
    tab.page.locator('input[type="file"]').set_input_files(picture)
    expect(pictures(tab)).to_have_count(1)
    system_field(tab).fill(SECRET)
    assert SECRET in everything_kept(tab)


def pictures(tab):
    return tab.page.get_by_role("list", name="Pictures to send").get_by_role("img")


def expect_nothing_written(tab, address):
    """Nothing is left, in the browser nor in the page, where the chat is opened again."""
    assert SECRET not in everything_kept(tab)
    tab.page.evaluate("hash => { location.hash = hash; }", address.split("#")[1])
    tab.until_says("Rivers.")
    expect(tab.message).to_have_value("")
    expect(pictures(tab)).to_have_count(0)
    expect(system_field(tab)).to_have_value("")


@pytest.mark.parametrize("is_shown", [True, False])
def test_forgetting_a_chat_forgets_what_was_written_for_it(is_shown, open_tab, program, upstream):
    tab = open_tab(program.url)
    tab.open_settings()
    write_drafts(tab, upstream)
    address = tab.address
    if not is_shown:
        tab.new_chat()
        system_field(tab).fill("")
    tab.open_chats()
    tab.page.get_by_role("button", name="Forget “About rivers?”").click()
    expect(tab.page).not_to_have_url(address)
    expect(tab.turns).to_have_count(0)
    expect(tab.message).to_have_value("")
    expect(system_field(tab)).to_have_value("")
    expect_nothing_written(tab, address)


def test_forgetting_all_forgets_what_was_written(open_tab, program, upstream):
    tab = open_tab(program.url)
    tab.open_settings()
    write_drafts(tab, upstream)
    address = tab.address
    tab.new_chat()
    tab.message.fill(SECRET)
    tab.open_chats()
    forget = tab.page.get_by_role("dialog", name="Chats").locator("#forget-all")
    forget.click()
    tab.page.evaluate("new Promise((resolve) => setTimeout(resolve, 500))")  # A double click is one press, by its time.
    forget.click()
    expect(forget).to_be_hidden()
    expect(tab.message).to_have_value("")
    expect(system_field(tab)).to_have_value("")
    expect_nothing_written(tab, address)


def test_nothing_of_what_was_said_is_kept_in_the_browser(open_tab, program, upstream):
    tab = open_tab(program.url)
    answered(tab, upstream, f"What is a {SECRET}?", f"A {SECRET} is a {SECRET}.")
    tab.reload()
    tab.until_says(SECRET)
    assert SECRET not in tab.page.evaluate("JSON.stringify({...localStorage})")
    # The tab's own memory holds a title at most.
    kept = tab.page.evaluate("JSON.stringify({...sessionStorage})")
    assert kept.count(SECRET) <= 1 and "is a" not in kept.replace(f"What is a {SECRET}?", "")
    assert tab.page.evaluate("indexedDB.databases()") == []
