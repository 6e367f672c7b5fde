"""What every question is asked with: sent whenever it is asked, and remembered as the reader last chose it."""

import pytest
from playwright.sync_api import expect

from door import Door
from test_unsent import next_call


def field(tab, name):
    return tab.page.get_by_label(name, exact=True)


@pytest.fixture
def connecting(new_context, open_tab, program):
    """A tab with a budget, loaded anew, that is not connected before its door is opened."""
    context = new_context()
    tab = open_tab(program.url, context)
    tab.open_settings()
    field(tab, "Send at most").fill("1000")
    tab.door = Door(tab.page)
    tab.page.reload()
    tab.until_open()
    tab.door.hold()
    tab.page.reload()
    expect(tab.state).to_have_attribute("data-state", "connecting")
    # The first frame has been drawn.
    tab.page.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))")
    tab.open_settings()
    return tab


def test_a_budget_goes_with_what_is_asked_before_there_is_a_connection(connecting, upstream):
    tab = connecting
    expect(field(tab, "Send at most")).to_have_value("1000")
    tab.ask("Are you there?")
    expect(tab.turns).to_have_count(1)
    tab.door.open()
    next_call(tab, upstream).answer("I am.")
    tab.until_status("ended")
    [chat] = tab.door.said("chat")
    assert chat["context"] == {"max_tokens": 1000}


def test_a_budget_that_nobody_can_send_is_noticed_before_there_is_a_connection(connecting, upstream):
    tab = connecting
    field(tab, "Send at most").fill("many")
    tab.ask("Are you there?")
    expect(tab.page.locator("#slip")).to_contain_text("A setting cannot be sent")
    expect(field(tab, "Send at most")).to_be_focused()
    expect(tab.message).to_have_value("Are you there?")
    expect(tab.turns).to_have_count(0)


def test_what_one_tab_remembers_stays_when_another_changes_something_else(open_tab, program, context):
    one, other = open_tab(program.url, context), open_tab(program.url, context)
    for tab in (one, other):
        tab.open_settings()
    field(one, "Temperature").fill("0.2")
    field(one, "Send at most").fill("1000")
    field(one, "Stop the answer, unless one comes back soon").check()
    field(other, "Dark").check()
    field(other, "Seed").fill("7")
    for tab in (one, other):
        tab.reload()
        tab.open_settings()
        expect(field(tab, "Temperature")).to_have_value("0.2")
        expect(field(tab, "Send at most")).to_have_value("1000")
        expect(field(tab, "Stop the answer, unless one comes back soon")).to_be_checked()
        expect(field(tab, "Dark")).to_be_checked()
        expect(field(tab, "Seed")).to_have_value("7")
    other.page.get_by_role("button", name="Provider’s own for all").click()
    field(one, "System").check()
    one.reload()
    expect(field(one, "Temperature")).to_have_value("")
    expect(field(one, "Seed")).to_have_value("")
    expect(field(one, "Send at most")).to_have_value("1000")
    expect(field(one, "System")).to_be_checked()
