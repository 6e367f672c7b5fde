"""Whatever goes wrong is said in words, with what can be done about it; and the next question works."""

import re
import socket

import pytest
from playwright.sync_api import expect

from bridge import Bridge
from chat_page import ChatPage
from places import ROOT

CODES = re.findall(r"^\| `([a-z_]+)` \| (?:no|yes)", (ROOT / "docs" / "protocol.md").read_text(), re.MULTILINE)
"""Every code of the protocol."""


def refusal(status, message, code=None, headers=None):
    return lambda call: call.refuse(status, message, code, headers)


def half_an_answer(call):
    call.say("Half an ")
    call.break_off()


FAILURES = {
    "missing_key": (refusal(401, "You did not provide an API key."), "API key"),
    "model_not_found": (refusal(404, "There is no model river-1.", "model_not_found"), "model"),
    "context_length": (refusal(400, "Too many tokens.", "context_length_exceeded"), "too long"),
    "upstream_rate_limited": (refusal(429, "Slow down.", headers={"Retry-After": "40"}), "slow down"),
    "upstream_error": (refusal(500, "The cat sat on the cable."), "The cat sat on the cable."),
    "upstream_closed": (half_an_answer, "broke off"),
    "upstream_protocol": (lambda call: call.send_garbage(), "unreadable"),
}


def test_every_failure_of_an_upstream_is_said_and_the_next_question_works(open_tab, program, upstream):
    tab = open_tab(program.url)
    for number, (code, (fail, words)) in enumerate(FAILURES.items()):
        tab.ask(f"Question {number}")
        fail(upstream.next_call())
        expect(tab.turns).to_have_count(number + 1)
        tab.until_status("failed")
        turn = tab.turns.last
        expect(turn).to_contain_text(words)
        expect(turn).not_to_contain_text(code)
    expect(tab.turns.nth(list(FAILURES).index("upstream_closed"))).to_contain_text("Half an")
    tab.ask("And now?")
    upstream.next_call().answer("Now all is well.")
    tab.until_status("ended")
    tab.until_text("Now all is well.")


def test_an_upstream_that_cannot_be_reached(open_tab, start_program):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # Taken, and nobody listens.
        tab = open_tab(start_program(settings={"base_url": f"http://127.0.0.1:{unused.getsockname()[1]}/v1"}).url)
        tab.ask("Are you there?")
        tab.until_status("failed")
    expect(tab.turns.last).to_contain_text("cannot be reached")
    expect(tab.turns.last.get_by_role("button", name="Try again").first).to_be_visible()


def test_an_upstream_that_falls_silent(open_tab, start_program, upstream):
    tab = open_tab(start_program(settings={"timeouts": {"idle": "300ms"}}).url)
    tab.ask("Are you there?")
    upstream.next_call().say("I am th")
    tab.until_status("failed")
    expect(tab.turns.last).to_contain_text("I am th")
    expect(tab.turns.last).to_contain_text("in time")


def test_trying_again_after_a_failure_replaces_it(open_tab, program, upstream):
    tab = open_tab(program.url)
    tab.ask("Are you there?")
    upstream.next_call().refuse(503, "Busy.")
    tab.until_status("failed")
    tab.turns.last.get_by_role("button", name="Try again").first.click()
    call = upstream.next_call()
    assert call.question == "Are you there?"
    call.answer("I am.")
    tab.until_says("I am.")
    expect(tab.turns).to_have_count(1)


@pytest.mark.parametrize("way", ["refused", "failed"])
def test_every_code_of_the_protocol_has_words_of_its_own(way, context, program):
    tab = ChatPage(context.new_page())
    bridge = Bridge(tab.page)
    tab.page.goto(program.url)
    tab.until_open()
    said = {}
    # What the library does about these by itself is a matter of its own tests: it joins again, waits, or asks again.
    codes = [code for code in CODES if way == "failed" or code not in ("draining", "not_joined")]
    for number, code in enumerate(codes, 1):
        say = bridge.refuse_chats if way == "refused" else bridge.fail_chats
        # The same answer to all but for the code, so that nothing else makes a difference.
        say(code, "Thus spoke the server.", retryable=True)
        tab.ask("A question")
        expect(tab.turns).to_have_count(number)
        turn = tab.turns.last
        expect(turn).to_contain_text("Thus spoke the server.")
        expect(turn).to_have_attribute("data-status", re.compile("^(failed|interrupted)$"))
        words = turn.inner_text().replace("Thus spoke the server.", "").replace("A question", "")
        assert "_" not in code or code not in words
        assert len(words.split()) >= 3, f"{code}: {words}"
        said.setdefault(words, []).append(code)
        expect(turn.get_by_role("button", name="Try again").first).to_be_visible()
    assert len(CODES) == 21
    alike = [codes for codes in said.values() if len(codes) > 1]
    assert not alike, f"the same words for {alike}"


@pytest.mark.parametrize("close_code, frames", [
    (4403, [{"type": "error", "code": "forbidden", "message": "Pages of this origin may not connect.", "retryable": False}]),
    (4401, [{"type": "error", "code": "unauthorized", "message": "The token has expired.", "retryable": False}]),
    (1009, []),
])  # fmt: skip
def test_a_close_for_good_is_said_and_not_tried_again(close_code, frames, context, program):
    tab = ChatPage(context.new_page())
    bridge = Bridge(tab.page)
    tab.page.goto(program.url)
    tab.until_open()
    bridge.close(close_code, *frames)
    expect(tab.state).to_have_attribute("data-state", "closed")
    said = tab.page.get_by_role("banner").inner_text() + tab.state.inner_text()
    assert len(said.split()) > 4, said
    assert str(close_code) not in said
    for frame in frames:
        expect(tab.page.locator("body")).to_contain_text(frame["message"])
