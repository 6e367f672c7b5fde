"""A bridge within the browser, in place of the program: it says what no program could be brought to say at will."""

import json
import re


class Bridge:
    """Answers the WebSockets of a page that is opened after it was made. It keeps no conversation: a session is always new."""

    def __init__(self, page):
        self.commands = []
        self._socket = None
        self._seq = 0
        self._error = None
        page.route_web_socket(re.compile(r"/v1/ws$"), self._opened)

    def refuse_chats(self, code, message, **fields):
        """From now on a chat is answered with this error, and nothing starts."""
        self._error = ({"code": code, "message": message, **fields}, False)

    def fail_chats(self, code, message, **fields):
        """From now on a chat is accepted, and then fails with this error."""
        self._error = ({"code": code, "message": message, **fields}, True)

    def close(self, code, *frames):
        """Closes the WebSocket; before that it says `frames`."""
        self._send(*frames)
        self._socket.close(code=code, reason="")

    def _opened(self, socket):
        self._socket = socket
        socket.on_message(self._received)
        self._send({
            "type": "welcome", "version": 1, "features": ["resume", "merge", "input", "replaces", "models", "client_keys"],
            "connection": "c1", "server": "bridge/0", "auth": "none", "heartbeat_ms": 25000, "limits": {},
        })  # fmt: skip

    def _received(self, message):
        for line in message.split("\n"):
            command = json.loads(line)
            self.commands.append(command)
            answer = getattr(self, f"_{command['type'].replace('.', '_')}")
            answer(command, {"id": command["id"]} if "id" in command else {})

    def _send(self, *frames):
        for frame in frames:
            self._socket.send(json.dumps(frame))

    # The commands.

    def _hello(self, _, echo):
        self._send({"type": "ok", "command": "hello", **echo})

    def _ping(self, command, echo):
        self._send({"type": "pong", "t": command.get("t"), **echo})

    def _models(self, _, echo):
        self._send({"type": "models", "models": [{"id": "river-1", "upstream": "scripted"}], **echo})

    def _join(self, command, echo):
        self._seq = 0
        snapshot = {"messages": [], "requests": []}
        joined = {"type": "joined", "epoch": "e1", "seq": 0, "recovered": False, "tabs": 1, "snapshot": snapshot}
        self._send({**joined, "session": command["session"], **echo})

    def _leave(self, command, echo):
        self._send({"type": "left", "session": command["session"], **echo})

    def _chat(self, command, echo):
        error, is_accepted = self._error
        where = {"session": command["session"], "request": command["request"]}
        if not is_accepted:
            return self._send({"type": "error", "command": "chat", **where, **error, **echo})
        request = {"type": "request", "input": command["input"], "upstream": "scripted", "at": 1767225600000}
        failure = {"type": "error", "stage": "stream", "timing": {"queued_ms": 0, "total_ms": 0}, **error}
        self._send({"type": "accepted", **where, **echo})
        for n, frame in enumerate((request, failure)):
            self._seq += 1
            self._send({**frame, **where, "seq": self._seq, "n": n})
