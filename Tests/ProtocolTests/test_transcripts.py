"""The transcripts obey the schemas, and the rules that a client may check."""

import pytest

from schema_set import DRAFTS
from transcripts import Transcript, all_transcripts

TRANSCRIPTS = all_transcripts()
# Their commands are wrong on purpose.
WRONG_COMMANDS = {"bad-commands"}


@pytest.fixture(params=TRANSCRIPTS, ids=lambda transcript: transcript.name)
def transcript(request) -> Transcript:
    return request.param


@pytest.mark.parametrize("draft", DRAFTS)
def test_every_frame_obeys_its_schema(transcript, schemas, draft):
    for number, _, direction, messages in transcript.messages():
        if direction == "client" and transcript.name in WRONG_COMMANDS:
            continue
        for message in messages:
            assert not schemas.errors(direction, message, draft), f"line {number}: {message}"


def test_the_schemas_refuse_what_the_server_refuses(schemas):
    """Each command of `bad-commands` that was answered `bad_request` or `unknown_type` breaks its schema, the others do not."""
    transcript = next(t for t in TRANSCRIPTS if t.name == "bad-commands")
    # Right by form, wrong by circumstance; or let pass by the server, where it need not be.
    by_circumstance = {"There is no upstream of that name; there are: default."}
    checked = 0
    lines = transcript.lines
    for sent, answered in zip(lines, lines[1:]):
        if "send" not in sent or "receive" not in answered:
            continue
        [command], [answer] = sent["send"], answered["receive"][:1]
        refused = answer["type"] == "error" and answer["code"] in ("bad_request", "unknown_type")
        if answer.get("message") in by_circumstance or "context" in command or None in command.values():
            continue
        broken = schemas.errors("client", command) != []
        assert broken == refused, command
        checked += 1
    assert checked > 18


def test_the_sum_of_a_message_is_the_advance_of_seq(transcript):
    """Σ (n − from + 1) over a session's frames of a message = the advance of seq; `n` is dense in each request; `seq` rises."""
    positions, next_n = {}, {}
    for number, tab, direction, frames in transcript.messages():
        if direction == "client":
            for command in frames:
                if command.get("type") == "join" and "after" in command:
                    positions[tab, command["session"]] = command["after"]["seq"]
            continue
        covered, before = 0, dict(positions)
        for frame in frames:
            key = (tab, frame.get("session"))
            if frame["type"] == "joined" and not frame["recovered"]:
                positions[key] = before[key] = frame["seq"]
                next_n.update({(tab, r["request"]): r["n"] + 1 for r in frame["snapshot"]["requests"]})
            elif frame["type"] == "joined":
                # What follows begins where the client said; where each request was then, only it knows.
                next_n = {k: v for k, v in next_n.items() if k[0] != tab}
            elif "n" in frame:
                first, request = frame.get("from", frame["n"]), (tab, frame["request"])
                assert first == next_n.get(request, first), f"line {number}: n"
                assert frame["seq"] > positions[key], f"line {number}: seq"
                next_n[request] = frame["n"] + 1
                positions[key] = frame["seq"]
                covered += frame["n"] - first + 1
        assert covered == sum(positions[key] - before.get(key, 0) for key in positions), f"line {number}"


def test_one_terminal_and_nothing_after_it(transcript):
    """`request` first, `start` before deltas, one terminal, in what a tab sees of a request from its beginning."""
    seen = {}
    for number, tab, direction, frames in transcript.messages():
        if direction == "client":
            if any(command.get("type") == "join" for command in frames):
                seen = {key: kinds for key, kinds in seen.items() if key[0] != tab}
            continue
        for frame in frames:
            if "n" not in frame:
                continue
            kinds = seen.setdefault((tab, frame["request"]), [])
            assert not set(kinds) & {"end", "aborted", "error"}, f"line {number}: after the terminal"
            assert (frame["n"] == 0) == (frame["type"] == "request"), f"line {number}"
            if kinds and kinds[0] == "request" and frame["type"] == "delta":
                assert "start" in kinds, f"line {number}: delta before start"
            kinds.append(frame["type"])


def test_the_header_says_what_it_is(transcript):
    assert transcript.header["stage"] in ("core", "program") and transcript.header["transcript"]
    assert all("transcript" not in line for line in transcript.lines[1:])


def test_no_transcript_is_lost():
    assert len(TRANSCRIPTS) >= 41
