"""What a tab asks about models and keys, or what else is said, which a test answers in the server's place: when and as it says."""

import json
import re
import time

from background import PATIENCE_S

ASKED = ("models", "key.check")


class Questions:
    """Those of all tabs of a context that are opened from now on. Everything else passes."""

    def __init__(self, context, *asked):
        self._asked = asked or ASKED
        self._sockets = []
        self._waiting = []
        self._models = None
        context.route_web_socket(re.compile("/v1/ws"), self._serve)

    def next(self, tab, type="models"):
        """The next one of that type, in the order in which they are asked."""
        deadline = time.monotonic() + PATIENCE_S
        while not (found := [question for question in self._waiting if question.asks["type"] == type]):
            assert time.monotonic() < deadline, f"nothing asks: {type}"
            tab.page.wait_for_timeout(20)
        self._waiting.remove(found[0])
        return found[0]

    def list_always(self, *models):
        """From now on lists that are asked for without a key come at once."""
        self._models = models

    def say(self, text):
        """Sends this to the newest socket, as the server."""
        self._sockets[-1].send(text)

    def has_more(self):
        return bool(self._waiting)

    def _serve(self, socket):
        server = socket.connect_to_server()
        self._sockets.append(socket)

        def pass_on(message):
            for line in message.split("\n"):
                asks = json.loads(line)
                if asks["type"] == "models" and "key" not in asks and self._models:
                    Question(socket, asks).list(*self._models)
                elif asks["type"] in self._asked:
                    self._waiting.append(Question(socket, asks))
                else:
                    server.send(line)

        socket.on_message(pass_on)


class Question:
    """One that waits. `asks` is the command."""

    def __init__(self, socket, asks):
        self._socket = socket
        self.asks = asks

    def list(self, *models, failed=()):
        """Answers with models, `upstream/name` each, and with upstreams that list none."""
        listed = [dict(zip(("upstream", "id"), model.split("/", 1), strict=True)) for model in models]
        failures = [{"upstream": upstream, "code": "missing_key", "message": "It lists none."} for upstream in failed]
        self._answer(type="models", models=listed, **({"failed": failures} if failures else {}))

    def judge(self, upstream, valid):
        """Answers what that upstream says of the key."""
        self._answer(type="key", upstream=upstream, valid=valid)

    def fail(self, message):
        whose = {name: self.asks[name] for name in ("session", "request") if name in self.asks}
        self._answer(type="error", code="internal", message=message, retryable=True, command=self.asks["type"], **whose)

    def _answer(self, **frame):
        self._socket.send(json.dumps({"id": self.asks["id"], **frame}))
