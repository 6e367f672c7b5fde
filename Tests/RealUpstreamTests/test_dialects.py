"""The same conversation with a real model, whichever dialect its server is spoken to in."""

import time

import pytest

from conftest import DIALECTS
from test_program import Tab

SAMPLING = {"temperature": 0, "max_tokens": 40}
each_dialect = pytest.mark.parametrize("dialect", DIALECTS)


def text(frames):
    return "".join(frame.get("text", "") for frame in frames if frame["type"] == "delta")


@each_dialect
def test_a_conversation_of_two_turns(program, dialect):
    with Tab(program) as tab:
        first = tab.chat(input="My name is Ada. Say hello to me.", upstream=dialect, params=SAMPLING)
        second = tab.chat(input="What is my name?", upstream=dialect, params=SAMPLING)
        for frames in first, second:
            kinds = [frame["type"] for frame in frames if "n" in frame]
            assert kinds[:2] == ["request", "start"] and kinds[-1] == "end", frames[-1]
            assert text(frames)
            assert frames[-1]["usage"]["source"] == "upstream"
            assert 0 < frames[-1]["usage"]["output"] <= 40
        # What was said before goes along.
        assert second[-1]["usage"]["input"] > first[-1]["usage"]["input"] + 10


def test_the_answer_is_the_same_in_every_dialect(program):
    answers = set()
    for dialect in DIALECTS:
        with Tab(program) as tab:
            answers.add(text(tab.chat(input="Name the colours of a rainbow.", upstream=dialect, params=SAMPLING)))
    assert len(answers) == 1, answers


@each_dialect
def test_cut_by_the_limit_it_ends_for_its_length(program, dialect):
    with Tab(program) as tab:
        end = tab.chat(input="Tell me a long story.", upstream=dialect, params={"max_tokens": 5})[-1]
        # In Responses this server says "completed", whatever ended the answer.
        reason = "stop" if dialect == "responses" else "length"
        assert (end["type"], end["reason"], end["usage"]["output"]) == ("end", reason, 5)


@each_dialect
def test_aborted_it_says_what_was_generated_and_the_model_stops(program, model, dialect):
    with Tab(program) as tab:
        tab.send({"type": "chat", "session": tab.session, "request": "r", "input": "Tell me a long story.", "upstream": dialect,
                  "params": {"max_tokens": 2000, "temperature": 0}})  # fmt: skip
        deltas = 0
        while deltas < 10:
            deltas += tab.receive()["type"] == "delta"
        assert tab.ask({"type": "abort", "session": tab.session, "request": "r"})["requests"] == ["r"]
        while (frame := tab.receive())["type"] not in ("aborted", "end", "error"):
            deltas += frame["type"] == "delta"
        assert frame["type"] == "aborted"
        usage = frame["usage"]
        # It is no model of OpenAI's: its tokens are counted by a factor.
        assert usage["source"] == "calibrated" and usage["input"] > 0
        assert 0.4 * deltas < usage["output"] < 2.5 * deltas
    deadline = time.monotonic() + 20
    while model.requests_processing:
        assert time.monotonic() < deadline, "the model goes on although nobody listens"
        time.sleep(0.05)


@each_dialect
def test_reloaded_in_mid_answer_it_goes_on_without_a_gap(program, dialect):
    with Tab(program) as tab:
        tab.send({"type": "chat", "session": tab.session, "request": "r", "input": "Count from one to thirty.", "upstream": dialect,
                  "params": {"max_tokens": 60, "temperature": 0}})  # fmt: skip
        seen = []
        while sum(frame["type"] == "delta" for frame in seen) < 5:
            seen.append(tab.receive())
    position = {"epoch": tab.epoch, "seq": max(frame["seq"] for frame in seen if "seq" in frame and "n" in frame)}
    heard = text(seen)
    with Tab(program, tab.session) as witness, Tab(program, tab.session) as back:
        running = witness.snapshot["requests"] + [turn for turn in witness.snapshot["messages"] if turn["role"] == "assistant"]
        assert [turn["request"] for turn in running] == ["r"]
        joined = back.ask({"type": "join", "session": tab.session, "after": position})
        assert joined["recovered"]
        frames = []
        while not frames or frames[-1]["type"] != "end":
            frame = back.receive()
            if "n" in frame and frame["seq"] > position["seq"]:
                frames.append(frame)
        heard += text(frames)
    with Tab(program, tab.session) as late:
        assert late.snapshot["messages"][-1]["content"] == heard


@each_dialect
def test_a_conversation_that_is_too_long_is_said_to_be(program, dialect):
    with Tab(program) as tab:
        error = tab.chat(input="very " * 6000 + "long", upstream=dialect)[-1]
        assert (error["type"], error.get("code"), error.get("retryable")) == ("error", "context_length", False)


def test_the_models_of_all_upstreams_are_listed(program):
    with Tab(program) as tab:
        models = tab.ask({"type": "models"})["models"]
        assert {(model["id"], model["upstream"]) for model in models} >= {("smollm2", dialect) for dialect in DIALECTS}


@each_dialect
def test_a_key_is_checked(program, model, dialect):
    with Tab(program) as tab:
        assert tab.ask({"type": "key.check", "upstream": dialect, "key": model.key})["valid"] is True
        # llama.cpp lists its models to everybody; what it refuses is a chat.
        error = tab.chat(upstream=dialect, key="sk-wrong")[-1]
        assert (error["code"], error["status"]) == ("invalid_key", 401)
