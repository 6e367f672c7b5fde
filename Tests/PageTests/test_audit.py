"""axe-core finds nothing wrong in any state of the page, contrast included; and the page is served under a strict policy."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

RICH = (
    "# A heading\n\nSome **bold** and _emphatic_ words, `code`, a [link](https://example.com/) and a list:\n\n- one\n- two\n\n> A quote.\n\n"
    "```python\ndef area(width, height):\n    # a comment\n    return width * height  # \"text\", 42\n```\n\n"
    "| river | length |\n|---|---:|\n| Rhine | 1230 km |\n| Danube | 2850 km |\n\n1. first\n2. second\n\n---\n\nThe end."
)  # fmt: skip
DEEP = "### A heading\n\nWords.\n\n##### Two below it\n\n> #### In a quote\n\nBefore a higher one:\n\n## A higher one\n\nThe end."
"""Headings as models write them: the first is none of the first level, and levels are left out."""
AXE = Axe()

LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "color_scheme": "light"},
}


@pytest.fixture(params=LOOKS)
def audited(request, open_tab, new_context, program):
    tab = open_tab(program.url, new_context(reduced_motion="reduce", **LOOKS[request.param]))
    return tab


def audit(tab, state):
    # Colours that are on their way from one to another are neither.
    tab.until("document.getAnimations().every((each) => each.playState !== 'running')")
    results = AXE.run(tab.page, options={"resultTypes": ["violations", "incomplete"]})
    assert results.violations_count == 0, f"{state}: {results.generate_report()}"


def test_no_violation_from_the_empty_page_to_a_rich_answer(audited, upstream):
    audit(audited, "empty")
    audited.ask("What is a river?")
    audit(audited, "waiting")
    call = upstream.next_call()
    call.think("Something that flows.")
    audited.turns.last.get_by_text(re.compile("think", re.IGNORECASE)).first.wait_for()
    audit(audited, "thinking")
    call.say("# A heading\n\nSome **bold")
    audited.until_says("Some")
    audit(audited, "streaming")
    call.say(RICH.removeprefix("# A heading\n\nSome **bold"))
    call.call_tool(0, "weather", '{"city":"Ulm"}')
    call.finish()
    audited.until_status("ended")
    audited.turns.last.locator("summary").first.click()
    audit(audited, "answered")
    audited.ask("And a lake?")
    call = upstream.next_call()
    call.say("### A heading\n\nWords")
    audited.until_says("Words")
    audit(audited, "streaming below a heading")
    call.answer(DEEP.removeprefix("### A heading\n\nWords"))
    audited.until_says("The end.")
    audited.until_status("ended")
    audit(audited, "answered with deep headings")


def test_no_violation_where_something_went_wrong(audited, program, upstream, witness):
    witness.expect_lost_network()
    audited.ask("What is a river?")
    upstream.next_call().refuse(429, "Slow down.", headers={"Retry-After": "40"})
    audited.until_status("failed")
    audit(audited, "failed")
    audited.ask("And a lake?")
    call = upstream.next_call()
    call.say("A lake ")
    audited.until_says("A lake")
    audited.stop_button.click()
    audited.until_status("aborted")
    audit(audited, "stopped")
    program.kill()
    audited.until_lost()
    audited.ask("And the sea?")
    audit(audited, "reconnecting")
    audited.page.context.set_offline(True)
    expect(audited.page.locator("#offline")).to_be_visible()
    audit(audited, "offline")


def test_no_violation_in_panels_and_lists(audited, upstream):
    audited.ask("What is a river?")
    upstream.next_call().answer("Water.")
    audited.until_status("ended")
    for panel in ("Settings", "Chats"):
        audited._open(panel)
        audit(audited, panel)
        audited.page.get_by_role("dialog", name=panel).get_by_role("button", name="Close").first.click()
    audited.page.get_by_role("combobox", name="Model", exact=True).click()
    expect(audited.page.get_by_role("option").first).to_be_visible()
    audit(audited, "choosing a model")
    audited.page.keyboard.press("Escape")
    audited.turns.last.get_by_role("button", name="Edit question").click()
    audit(audited, "editing")


def test_the_page_is_served_under_a_strict_policy(context, program):
    policy = context.new_page().goto(program.url).headers["content-security-policy"]
    directives = {name: values for name, *values in (directive.split() for directive in policy.split(";"))}
    assert directives["default-src"] == ["'self'"]
    assert directives["object-src"] == directives["base-uri"] == directives["frame-ancestors"] == ["'none'"]
    assert "unsafe" not in policy
