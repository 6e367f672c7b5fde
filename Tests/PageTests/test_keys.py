"""A key of the reader's own: it goes to the upstream, and stays nowhere."""

import pytest
from playwright.sync_api import expect

from upstream import Upstream

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


def picker(tab):
    return tab.page.get_by_role("combobox", name="Model", exact=True)


def choose(tab, model):
    """From the list, when that has come."""
    picker(tab).click()
    tab.page.get_by_role("option", name=model, exact=True).click()


def whose(tab):
    return tab.page.locator("#key-for")


@pytest.fixture
def other(background):
    """A second upstream, with models of its own."""
    other = Upstream(background)
    other.models = ["lake-1"]
    yield other
    other.close()


@pytest.fixture
def between_two(open_tab, start_program, other):
    tab = open_tab(start_program(more_upstreams={"lakes": {"base_url": other.url, "model": "lake-1", "retry": {"attempts": 1}}}).url)
    tab.open_settings()
    return tab


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


def test_one_for_the_default_upstream_is_that_of_its_models_too(tab, upstream):
    expect(whose(tab)).to_contain_text("For the default upstream, in place")
    key_field(tab).fill(KEY)
    choose(tab, "river-1-mini")
    expect(whose(tab)).to_contain_text("For scripted,")
    expect(key_field(tab)).to_have_value(KEY)
    tab.ask("Who am I?")
    call = upstream.next_call()
    assert (call.key, call.body["model"]) == (KEY, "river-1-mini")
    call.answer("You have a key.")
    tab.until_status("ended")
    picker(tab).click()
    tab.page.get_by_role("option", name="Default model").click()
    expect(whose(tab)).to_contain_text("For the default upstream, scripted,")
    expect(key_field(tab)).to_have_value(KEY)
    tab.ask("And now?")
    assert upstream.next_call().key == KEY


def test_a_refused_one_is_told_of_where_the_models_are_looked_for(tab, upstream):
    upstream.accept_only("sk-another")
    key_field(tab).fill(KEY)
    picker(tab).click()
    expect(tab.page.locator("#models-notes")).to_contain_text("scripted: ")
    picker(tab).fill("river-9")
    picker(tab).press("Enter")
    # The default one is known by now, and the only one.
    tab.ask("Who am I?")
    call = upstream.next_call()
    assert (call.key, call.body["model"]) == (KEY, "river-9")


def test_one_for_the_default_upstream_does_not_go_to_another(between_two, upstream, other):
    tab = between_two
    key_field(tab).fill(KEY)
    choose(tab, "lake-1")
    expect(whose(tab)).to_contain_text("For lakes,")
    expect(key_field(tab)).to_have_value("")
    tab.ask("Who am I?")
    call = other.next_call()
    assert call.key is None
    call.answer("Nobody.")
    tab.until_status("ended")
    choose(tab, "river-1")
    expect(key_field(tab)).to_have_value(KEY)
    tab.ask("And here?")
    assert upstream.next_call().key == KEY


def test_with_a_model_that_no_list_has_the_reader_is_asked_where_the_key_may_go(between_two, upstream, other):
    tab = between_two
    key_field(tab).fill(KEY)
    picker(tab).fill("sea-1")
    picker(tab).press("Enter")
    tab.ask("Who am I?")
    expect(tab.page.locator("#slip")).to_contain_text("Your key is for the default upstream, and “sea-1” may go to another.")
    expect(tab.message).to_have_value("Who am I?")
    assert not upstream.has_more_calls() and not other.has_more_calls()
    tab.page.keyboard.press("Escape")
    key_field(tab).fill("")
    tab.send_button.click()
    call = upstream.next_call()
    assert (call.key, call.body["model"]) == (None, "sea-1")


def test_an_upstream_that_is_alone_in_the_list_does_not_get_one_for_the_default(between_two, upstream, other):
    upstream.models = []
    tab = between_two
    key_field(tab).fill(KEY)
    picker(tab).click()
    expect(tab.page.get_by_role("option", name="lake-1", exact=True)).to_be_visible()
    picker(tab).fill("sea-1")
    picker(tab).press("Enter")
    tab.ask("Who am I?")
    expect(tab.page.locator("#slip")).to_contain_text("may go to another")
    key_field(tab).fill("")
    tab.send_button.click()
    call = upstream.next_call()
    assert (call.key, call.body["model"]) == (None, "sea-1")
    assert not other.has_more_calls()
