"""The field in which a model is chosen: by its name, by a part of it, or from the list."""

import pytest
from playwright.sync_api import expect

from questions import Questions
from upstream import Upstream


@pytest.fixture
def questions(context):
    return Questions(context)


@pytest.fixture
def tab(open_tab, program, context, questions):
    tab = open_tab(program.url, context)
    tab.open_settings()
    return tab


@pytest.fixture
def other(background):
    """A second upstream."""
    other = Upstream(background)
    yield other
    other.close()


def picker(tab):
    return tab.page.get_by_role("combobox", name="Model", exact=True)


def option(tab, name):
    return tab.page.get_by_role("option", name=name, exact=True)


def until_listed(tab, questions, *models):
    """Opens the list, which the server answers."""
    picker(tab).click()
    questions.next(tab).list(*models)
    expect(option(tab, models[-1].split("/", 1)[1])).to_be_visible()


def enter(tab, name):
    picker(tab).fill(name)
    picker(tab).press("Enter")


def test_the_very_name_is_the_model_of_that_name(tab, questions, upstream):
    until_listed(tab, questions, "scripted/gpt-4o-mini", "scripted/gpt-4o")
    enter(tab, "gpt-4o")
    expect(picker(tab)).to_have_value("gpt-4o")
    tab.ask("Who are you?")
    assert upstream.next_call().model == "gpt-4o"


def test_the_beginning_of_a_name_is_enough(tab, questions):
    until_listed(tab, questions, "scripted/o-gpt-4o", "scripted/gpt-4o-mini")
    enter(tab, "GPT-4")
    expect(picker(tab)).to_have_value("gpt-4o-mini")


def test_a_name_that_no_list_has_is_taken_as_it_is_also_where_it_is_part_of_one(tab, questions):
    until_listed(tab, questions, "scripted/gpt-4o-mini")
    enter(tab, "4o-mini")
    expect(picker(tab)).to_have_value("4o-mini")
    picker(tab).fill("gpt-4o")
    # The one that begins so is what Enter takes, and this is beside it.
    picker(tab).press("ArrowUp")
    picker(tab).press("Enter")
    expect(picker(tab)).to_have_value("gpt-4o")


def test_what_is_typed_before_the_list_comes_means_the_same_when_it_has_come(tab, questions):
    picker(tab).click()
    asked = questions.next(tab)
    picker(tab).fill("river-1-m")
    asked.list("scripted/river-1", "scripted/river-1-mini")
    expect(option(tab, "river-1-mini")).to_have_attribute("aria-selected", "true")
    picker(tab).press("Enter")
    expect(picker(tab)).to_have_value("river-1-mini")


def test_what_somebody_has_gone_to_stays_when_the_list_is_renewed(tab, questions):
    until_listed(tab, questions, "scripted/river-1", "scripted/river-2")
    picker(tab).press("Escape")
    tab.page.get_by_label("API key", exact=True).fill("sk-1")
    picker(tab).fill("river")
    picker(tab).press("ArrowDown")
    expect(option(tab, "river-2")).to_have_attribute("aria-selected", "true")
    questions.next(tab).list("scripted/river-1", "scripted/river-2")
    questions.next(tab).list("scripted/river-0", "scripted/river-1", "scripted/river-2")
    expect(option(tab, "river-0")).to_be_visible()
    expect(option(tab, "river-2")).to_have_attribute("aria-selected", "true")
    picker(tab).press("Enter")
    expect(picker(tab)).to_have_value("river-2")


def test_typing_opens_the_list_and_loses_no_key(tab, questions):
    until_listed(tab, questions, "scripted/gpt-4o-mini")
    enter(tab, "")
    picker(tab).press_sequentially("gpt-9")
    expect(picker(tab)).to_have_value("gpt-9")


def test_of_an_upstream_without_a_list_its_own_choice_can_be_had_and_a_key_be_given(tab, questions):
    picker(tab).click()
    questions.next(tab).list("scripted/river-1", failed=["lakes"])
    option(tab, "lakes its own choice").click()
    expect(picker(tab)).to_have_value("lakes’s own choice")
    expect(tab.page.locator("#key-for")).to_contain_text("For lakes,")
    enter(tab, "lake-2")
    expect(picker(tab)).to_have_attribute("title", "lake-2 of lakes")
    tab.page.get_by_label("API key", exact=True).fill("sk-lakes")
    picker(tab).click()
    questions.next(tab).list("scripted/river-1", failed=["lakes"])
    own = questions.next(tab)
    assert (own.asks["upstream"], own.asks["key"]) == ("lakes", "sk-lakes")
    own.list("lakes/lake-1", "lakes/lake-2")
    expect(option(tab, "lake-2 , chosen")).to_be_visible()
    expect(option(tab, "lakes its own choice")).to_have_count(0)


def test_the_own_choice_of_an_upstream_is_asked_for_and_remembered(open_tab, start_program, other, context):
    """`lakes` shows its list to nobody."""
    other.accept_only("sk-lakes")
    lakes = {"base_url": other.url, "keys": "either", "retry": {"attempts": 1}}
    tab = open_tab(start_program(more_upstreams={"lakes": lakes}).url, context)
    picker(tab).click()
    option(tab, "lakes its own choice").click()
    tab.reload()
    expect(picker(tab)).to_have_value("lakes’s own choice")
    tab.ask("Who are you?")
    other.next_call().answer("A lake.")
    tab.until_says("A lake.")
    enter(tab, "")
    expect(picker(tab)).to_have_value("")
