"""A key of the reader's own: it goes to the upstream, and stays nowhere."""

import pytest
from playwright.sync_api import expect

KEY = "sk-a-key-that-is-nobodys-0123456789"
STORED = """async () => JSON.stringify([
  Object.entries(localStorage), Object.entries(sessionStorage), document.cookie, location.href, history.state,
  await indexedDB.databases(), await caches.keys(), document.documentElement.outerHTML,
])"""


@pytest.fixture
def tab(open_tab, program):
    tab = open_tab(program.url)
    tab.open_settings()
    return tab


def key_field(tab):
    return tab.page.get_by_label("API key", exact=True)


def test_it_is_sent_with_the_question_and_is_gone_after_a_reload(tab, program, upstream):
    key_field(tab).fill(KEY)
    tab.ask("Who am I?")
    call = upstream.next_call()
    assert call.key == KEY
    call.answer("You have a key.")
    tab.until_status("ended")
    assert KEY not in tab.page.evaluate(STORED)
    tab.reload()
    assert KEY not in tab.page.evaluate(STORED)
    tab.open_settings()
    expect(key_field(tab)).to_have_value("")
    tab.ask("And now?")
    call = upstream.next_call()
    assert call.key is None
    call.answer("You have none.")
    tab.until_status("ended")
    assert KEY not in program.log


def test_it_can_be_checked(tab, upstream):
    upstream.accept_only(KEY)
    panel = tab.page.get_by_role("dialog", name="Settings")
    key_field(tab).fill("sk-another")
    panel.get_by_role("button", name="Check").click()
    expect(panel).to_contain_text("refused")
    key_field(tab).fill(KEY)
    panel.get_by_role("button", name="Check").click()
    expect(panel).to_contain_text("takes this key")
    expect(panel).not_to_contain_text("refused")


def test_a_refused_key_is_said_and_the_way_to_it_offered(tab, upstream):
    key_field(tab).fill(KEY)
    tab.ask("Who am I?")
    upstream.next_call().refuse(401, "Incorrect API key provided.", "invalid_api_key")
    tab.until_status("failed")
    expect(tab.turns.last).to_contain_text("The API key was refused")
    assert KEY not in tab.page.locator("body").inner_text()
