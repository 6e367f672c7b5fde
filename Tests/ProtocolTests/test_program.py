"""The real program speaks as the schemas say, and refuses what they refuse."""

import copy
import json
import secrets

import pytest
from websockets.sync.client import connect

from schema_set import SchemaSet

ALL = SchemaSet()


class Tab:
    """A connection that judges every frame it gets."""

    def __init__(self, program, session=None):
        self.session = session or secrets.token_urlsafe(16)
        self._connection = connect(program.url, subprotocols=["tributary.v1"], max_size=None, proxy=None)
        self.pending = []

    def __enter__(self):
        self.socket = self._connection.__enter__()
        self.welcome = self.receive()
        assert self.welcome["type"] == "welcome"
        joined = self.ask({"type": "join", "session": self.session})
        self.epoch, self.snapshot = joined["epoch"], joined["snapshot"]
        return self

    def __exit__(self, *exception):
        self._connection.__exit__(*exception)

    def receive(self):
        while not self.pending:
            self.pending = [json.loads(line) for line in self.socket.recv(timeout=20).split("\n")]
        frame = self.pending.pop(0)
        assert not ALL.errors("server", frame), frame
        return frame

    def send(self, command):
        self.socket.send(json.dumps(command))

    def ask(self, command):
        """The direct answer to a command."""
        number = secrets.token_hex(4)
        self.send({**command, "id": number})
        while (frame := self.receive()).get("id") != number:
            pass
        return frame

    def chat(self, **fields):
        """Asks, and returns all frames of the request."""
        request = secrets.token_hex(4)
        self.send({"type": "chat", "session": self.session, "request": request, "input": "Why is the sky blue?", **fields})
        frames = []
        while not frames or "n" not in frames[-1] or frames[-1]["type"] not in ("end", "aborted", "error"):
            frames.append(self.receive())
        return frames


@pytest.mark.parametrize("fields, terminal", [
    ({"model": "demo-fast"}, "end"),
    ({"model": "demo-fast", "params": {"n": 3, "max_tokens": 20}}, "end"),
    ({"model": "demo-reasoning", "params": {"max_tokens": 20}}, "end"),
    ({"model": "demo-tools", "params": {"tools": [{"type": "function", "function": {"name": "weather"}}]}}, "end"),
    ({"model": "demo-401"}, "missing_key"), ({"model": "demo-401", "key": "sk-mine"}, "invalid_key"),
    ({"model": "demo-429"}, "upstream_rate_limited"), ({"model": "demo-500"}, "upstream_error"),
    ({"model": "demo-cut"}, "upstream_closed"), ({"model": "demo-garbage"}, "upstream_protocol"),
    ({"model": "demo-nowhere"}, "model_not_found"),
])  # fmt: skip
def test_all_that_a_demo_model_says(program, fields, terminal):
    with Tab(program) as tab:
        frames = tab.chat(**fields)
        assert frames[-1].get("code", frames[-1]["type"]) == terminal
    with Tab(program, tab.session) as late:  # the snapshot was judged when it came
        assert late.epoch == tab.epoch


def test_what_a_client_puts_into_messages_harms_no_other_tab(program):
    """Whatever is passed on as it is: the frames and the snapshot that other tabs get obey the schemas."""
    odd = [
        {"role": "assistant", "content": None, "refusal": None, "tool_calls": None, "reasoning": 5},
        {"role": "assistant", "content": [{"type": 1}, {}], "tool_calls": [{}, 7], "status": "ended", "usage": -1, "at": "now", "request": 1, "error": [], "params": 5,
         "upstream": 7, "named": {}, "requested_model": 1, "provider": [], "dropped": "x", "context": {}},
        {"role": "", "name": {"a": [None]}, "text": 1, "n": "x"}, {"role": "user", "content": [{"a": "b"}]},
    ]  # fmt: skip
    with Tab(program) as tab, Tab(program, tab.session) as witness:
        request = tab.ask({"type": "chat", "session": tab.session, "request": "r", "messages": odd, "params": {"a": {"type": "delta"}}})
        assert request["type"] == "accepted"
        while witness.receive()["type"] not in ("error", "end"):
            pass
        with Tab(program, tab.session) as late:
            assert len(late.snapshot["messages"]) == 5 and late.snapshot["messages"][1]["request"] == "r"


def test_commands_that_are_right_are_not_refused(program):
    """Every example of a command's schema, as the program sees it."""
    with Tab(program) as tab:
        for name in ALL.names("client"):
            for example in ALL.documents[name]["examples"]:
                example = {**example, **({"session": tab.session} if "session" in example else {})}
                answer = tab.ask(example)
                refused = answer["type"] == "error" and answer["code"] in ("bad_request", "unknown_type")
                assert not refused, f"{example}\n{answer}"


ODD_VALUES = (
    True, 7, 1.5, "", "a b", "ä", "x" * 129, [], {}, [1], [{}], [{"role": 5}], [{"role": ""}], ["x"],
    [{"role": "", "content": None}], [{"role": "", "content": []}], [{"role": "", "content": [{"text": 5}]}], [{"role": "", "content": [{}, None]}],
    [{"role": "", "content": 5}], [{"role": "", "content": {"type": "text"}}], {"seq": -1, "epoch": "e"}, {"seq": 1},
    {"epoch": 1, "seq": 1}, {"stream": True},
)  # fmt: skip


# What is right by form and wrong here.
BY_CIRCUMSTANCE = ("no upstream of that name", "how much this model can read is not known")


def wrong_commands():
    """Every example of a command with each of its members left out, and with odd values."""
    # The program ignores `hello.token`, which is reserved; what it echoes may be any text or number.
    free = {"token", "client"}
    for name in ALL.names("client"):
        for example in ALL.documents[name]["examples"]:
            for member in example:
                if member in ("type", "id") or member in free:
                    continue
                left_out = copy.deepcopy(example)
                del left_out[member]
                yield left_out
                for value in ODD_VALUES:
                    yield {**example, member: value}


def in_the_life_of(tab, command):
    """The same command, where its names exist: only its form is to decide."""
    known = {"session": "Zk3vYw8m1QhT5b0rXUoLdA", "epoch": "2h8xk1p0c9wqz", "replaces": "r2"}
    here = {"session": tab.session, "epoch": tab.epoch, "replaces": tab.first}
    command = {key: here[key] if value == known.get(key) else value for key, value in command.items()}
    if command.get("request") in ("r1", "r2", "r3"):
        command["request"] = secrets.token_hex(4)
    return command


def test_the_program_and_the_schemas_agree_on_what_is_wrong(program):
    """Refused by the schema = answered `bad_request`."""
    differences, checked, refused = [], 0, 0
    with Tab(program) as tab:
        for command in wrong_commands():
            # A turn that may be replaced, as the example wants it.
            tab.first = tab.chat(model="demo-fast", params={"max_tokens": 1})[0]["request"] if "replaces" in command else None
            command = in_the_life_of(tab, command)
            answer = tab.ask(command)
            is_refused = answer.get("code") == "bad_request" and not any(words in answer["message"] for words in BY_CIRCUMSTANCE)
            checked += 1
            refused += is_refused
            if is_refused != (ALL.errors("client", command) != []):
                differences.append(f"{command}\n  {answer}\n  {ALL.errors('client', command)}")
            if answer["type"] == "accepted":
                tab.ask({"type": "abort", "session": tab.session})
    assert not differences, "\n".join(differences[:20])
    assert checked > 300 and refused > 200
