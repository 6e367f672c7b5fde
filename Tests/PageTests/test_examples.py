"""The examples: what they are read for, they do."""

import re
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from example_page import ExamplePage
from places import PUBLIC
from program import Program
from words import text, words

ALL = ["plain", "react", "vue"]
LIBRARIES = {"react": "react", "vue": "vue"}


@pytest.fixture
def open_example(program, new_context):
    """Opens an example, in the session of `beside` where that is given, and waits until it is connected."""

    def open_example(name, beside=None, **options):
        page = new_context(**options).new_page()
        session = "#" + beside.page.url.partition("#")[2] if beside else ""
        page.goto(f"{program.url}examples/{name}.html{session}")
        example = ExamplePage(page)
        example.until_open()
        return example

    return open_example


@pytest.mark.parametrize("name", ALL)
def test_an_answer_is_shown_as_it_comes_in_every_tab(name, open_example, upstream):
    left = open_example(name)
    right = open_example(name, beside=left)
    left.ask("Count, please.")
    call = upstream.next_call()
    assert call.question == "Count, please."
    for example in (left, right):
        expect(example.prompts).to_have_text(["Count, please."])
        expect(example.status).to_contain_text("2 tabs")
    for last in (10, 20, 30):
        call.say(*words(last - 9, last))
        for example in (left, right):
            example.until_text(text(1, last))
            example.until_status("running")
    call.finish()
    for example in (left, right):
        example.until_status("ended")
        example.until_text(text(1, 30))
        expect(example.stop_button).to_be_hidden()
    right.ask("And now?")
    upstream.next_call().answer("This.")
    left.until_text("This.")


@pytest.mark.parametrize("name", ALL)
def test_an_answer_can_be_stopped_from_any_tab(name, open_example, upstream):
    left = open_example(name)
    right = open_example(name, beside=left)
    left.ask("Count, please.")
    call = upstream.next_call()
    call.say(*words(1, 10))
    right.until_text(text(1, 10))
    right.stop_button.click()
    call.until_closed()
    for example in (left, right):
        example.until_status("aborted")
        expect(example.stop_button).to_be_hidden()
        expect(example.trouble).to_be_hidden()


@pytest.mark.parametrize("name", ALL)
def test_an_error_is_told_in_words_and_the_question_can_be_asked_again(name, open_example, upstream):
    example = open_example(name)
    example.ask("Count, please.")
    upstream.next_call().refuse(500, "The river has run dry.")
    expect(example.trouble).to_contain_text("run dry")
    example.retry_button.click()
    call = upstream.next_call()
    assert [message["content"] for message in call.body["messages"]] == ["Count, please."]
    expect(example.trouble).to_be_hidden()
    call.answer(*words(1, 5))
    example.until_text(text(1, 5))
    expect(example.prompts).to_have_count(1)


@pytest.mark.parametrize("name", ALL)
def test_it_comes_back_by_itself_and_loses_nothing(name, program, start_link, new_context, upstream, witness):
    witness.expect_lost_network()
    link = start_link(program.port)
    page = new_context().new_page()
    page.goto(f"{link.url}examples/{name}.html")
    example = ExamplePage(page)
    example.until_open()
    example.ask("Count, please.")
    call = upstream.next_call()
    call.say(*words(1, 10))
    example.until_text(text(1, 10))
    link.cut(stays_down=True)
    expect(example.status).to_contain_text("Connecting again")
    call.say(*words(11, 20))
    link.mend()
    example.until_text(text(1, 20))
    call.finish()
    example.until_status("ended")


@pytest.mark.parametrize("name", ["react", "vue"])
def test_a_component_asks_when_it_is_mounted_and_stops_when_it_is_not(name, open_example, upstream):
    example = open_example(name)
    poem = example.page.get_by_role("region", name="Poem")
    example.page.get_by_role("button", name="Ask for a poem").click()
    call = upstream.next_call()
    assert "poem about rivers" in call.question
    call.say("The river ")
    expect(poem).to_contain_text("The river")
    assert not upstream.has_more_calls(), "asked twice"
    expect(example.prompts).to_have_count(0)
    example.page.get_by_role("button", name="Put the poem away").click()
    call.until_closed()
    expect(poem).to_have_count(0)
    example.page.get_by_role("button", name="Ask for a poem").click()
    upstream.next_call().answer("Another river.")
    expect(poem).to_contain_text("Another river.")


@pytest.mark.parametrize("name", ["react", "vue"])
def test_another_session_is_another_conversation_and_the_first_stays(name, open_example, upstream):
    example = open_example(name)
    before = example.page.url
    example.ask("Count, please.")
    call = upstream.next_call()
    call.say(*words(1, 10))
    example.until_text(text(1, 10))
    example.page.get_by_role("button", name="New session").click()
    expect(example.answers).to_have_count(0)
    expect(example.page).not_to_have_url(before)
    example.ask("Anew, please.")
    upstream.next_call().answer("Anew.")
    example.until_text("Anew.")
    call.answer(*words(11, 20))  # Nobody has stopped it.
    example.page.evaluate("address => location.assign(address)", before)
    example.until_text(text(1, 20))
    example.until_status("ended")


@pytest.mark.parametrize("name", LIBRARIES)
def test_a_missing_library_is_said_in_words(name, tmp_path, context, witness):
    witness.expect("Failed to load resource.*404")
    witness.expect("MIME type")
    public = shutil.copytree(PUBLIC, tmp_path / "public", ignore=shutil.ignore_patterns("vendor"))
    program = Program(tmp_path, {"none": {"base_url": "http://127.0.0.1:1/v1"}}, public=public)
    try:
        page = context.new_page()
        page.goto(f"{program.url}examples/{name}.html")
        expect(page.locator("#root")).to_contain_text(re.compile("is not here: scripts/vendor --examples"))
        page.close()
    finally:
        program.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ALL)
def test_no_violation_of_accessibility(name, scheme, open_example, upstream):
    example = open_example(name, color_scheme=scheme, viewport={"width": 360, "height": 740})
    axe = Axe()

    def audit(state):
        results = axe.run(example.page)
        assert results.violations_count == 0, f"{state}: {results.generate_report()}"

    audit("empty")
    example.ask("Count, please.")
    call = upstream.next_call()
    call.say(*words(1, 5))
    example.until_text(text(1, 5))
    audit("running")
    example.stop_button.click()
    example.until_status("aborted")
    example.ask("Once more.")
    upstream.next_call().refuse(500, "The river has run dry.")
    expect(example.trouble).to_be_visible()
    audit("failed")
    assert example.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_list_of_examples_leads_to_them(context, program):
    page = context.new_page()
    page.goto(f"{program.url}examples/")
    assert Axe().run(page).violations_count == 0
    hrefs = page.get_by_role("link").evaluate_all("links => links.map((link) => link.href)")
    assert len(hrefs) == 7
    for href in hrefs:
        assert page.request.get(href).status == 200
