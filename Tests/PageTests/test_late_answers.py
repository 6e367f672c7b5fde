"""Answers about keys and models that come when something else is asked, or written."""

import pytest
from playwright.sync_api import expect

from questions import Questions


@pytest.fixture
def questions(context):
    return Questions(context)


@pytest.fixture
def tab(open_tab, program, context, questions):
    tab = open_tab(program.url, context)
    tab.open_settings()
    return tab


def picker(tab):
    return tab.page.get_by_role("combobox", name="Model", exact=True)


def option(tab, name):
    return tab.page.get_by_role("option", name=name, exact=True)


def key_field(tab):
    return tab.page.get_by_label("API key", exact=True)


def whose(tab):
    return tab.page.locator("#key-for")


def note(tab):
    return tab.page.locator("#key-note")


def check(tab, key):
    key_field(tab).fill(key)
    tab.page.get_by_role("button", name="Check", exact=True).click()


def choose(tab, model):
    picker(tab).fill(model)
    picker(tab).press("Enter")


def test_what_is_said_of_a_key_is_not_said_of_another(tab, questions):
    check(tab, "sk-A")
    expect(note(tab)).to_have_text("Asking …")
    first = questions.next(tab, "key.check")
    check(tab, "sk-WRONG")
    second = questions.next(tab, "key.check")
    first.judge("scripted", valid=True)
    expect(whose(tab)).to_contain_text("scripted")  # It has come: the default upstream's name is known by it.
    expect(note(tab)).to_have_text("Asking …")
    assert not questions.has_more(), "the list is asked for with a key that nobody has checked"
    second.judge("scripted", valid=False)
    expect(note(tab)).to_have_text("scripted refuses this key.")


def test_a_key_that_was_renamed_meanwhile_is_still_the_one_that_was_checked(tab, questions):
    check(tab, "sk-A")
    questions.next(tab, "key.check").judge("scripted", valid=True)
    expect(note(tab)).to_have_text("scripted takes this key.")
    assert questions.next(tab).asks.get("key") is None
    assert questions.next(tab).asks["key"] == "sk-A"


@pytest.mark.parametrize("is_named_last", [True, False])
def test_of_two_keys_for_one_upstream_the_newer_counts(tab, questions, is_named_last):
    """Written for it by its name, and for the default one, whose name nobody knew."""
    questions.list_always("scripted/river-1")
    picker(tab).click()
    expect(option(tab, "river-1")).to_be_visible()
    for is_named in (not is_named_last, is_named_last):
        choose(tab, "river-1" if is_named else "")
        key_field(tab).fill("sk-named" if is_named else "sk-default")
    choose(tab, "")
    tab.page.get_by_role("button", name="Check", exact=True).click()
    questions.next(tab, "key.check").judge("scripted", valid=True)
    expect(whose(tab)).to_contain_text("For the default upstream, scripted,")
    expect(key_field(tab)).to_have_value("sk-named" if is_named_last else "sk-default")


def test_an_older_list_does_not_come_after_a_newer_one(tab, questions):
    picker(tab).click()
    older = questions.next(tab)
    picker(tab).press("Escape")
    key_field(tab).fill("sk-1")
    picker(tab).click()
    newer = [questions.next(tab), questions.next(tab)]
    for question in newer:
        question.list("scripted/new-1")
    expect(option(tab, "new-1")).to_be_visible()
    older.list("scripted/old-1")
    # One more question, whose answer comes after that on the same way.
    check(tab, "sk-1")
    questions.next(tab, "key.check").judge("scripted", valid=False)
    expect(note(tab)).to_contain_text("refuses")
    picker(tab).click()
    expect(option(tab, "new-1")).to_be_visible()
    expect(option(tab, "old-1")).to_have_count(0)


def test_an_older_failure_does_not_come_after_a_newer_list(tab, questions):
    picker(tab).click()
    older = questions.next(tab)
    picker(tab).press("Escape")
    key_field(tab).fill("sk-1")
    key_field(tab).fill("")
    picker(tab).click()
    questions.next(tab).list("scripted/new-1")
    expect(option(tab, "new-1")).to_be_visible()
    older.fail("Too late.")
    check(tab, "sk-1")
    questions.next(tab, "key.check").judge("scripted", valid=False)
    expect(note(tab)).to_contain_text("refuses")
    picker(tab).click()
    expect(tab.page.locator("#models-notes")).not_to_contain_text("Too late.")


def test_who_types_a_key_is_left_alone_by_a_list_that_comes(tab, questions):
    choose(tab, "lake-1")
    listing = questions.next(tab)
    key_field(tab).press_sequentially("sk-la")
    listing.list("scripted/river-1", "lakes/lake-1")
    expect(picker(tab)).to_have_attribute("title", "lake-1 of lakes")
    expect(whose(tab)).to_contain_text("For the default upstream")
    key_field(tab).press_sequentially("kes")
    expect(key_field(tab)).to_have_value("sk-lakes")
    # Its button belongs to the field.
    tab.page.get_by_role("button", name="Check", exact=True).click()
    asked = questions.next(tab, "key.check").asks
    assert (asked.get("upstream"), asked["key"]) == (None, "sk-lakes")
    tab.message.focus()
    expect(whose(tab)).to_contain_text("For lakes,")
    expect(key_field(tab)).to_have_value("")
