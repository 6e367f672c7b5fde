"""The door that a page's WebSockets pass on their way to the program. The page itself is fetched beside it, so that it can be loaded
anew while the door is shut."""

import json
import re


class Door:
    """Of a page that is opened after it was made."""

    def __init__(self, page):
        self._socket = None
        self._is_open = True
        self._is_deaf = False
        self._is_held = False
        self._waiting = None
        self._heard = []
        page.route_web_socket(re.compile(r"/v1/ws$"), self._opened)

    def shut(self):
        """Whoever is connected is put out, and nobody comes in."""
        self._is_open = False
        self._socket.close(code=1012, reason="")

    def open(self):
        self._is_open = True
        self._is_deaf = False
        self._is_held = False
        if self._waiting:
            self._let_in(self._waiting)
        self._waiting = None

    def hold(self):
        """From now on whoever comes waits at the door, neither let in nor sent away, until it is opened."""
        self._is_held = True

    def said(self, kind):
        """The commands of this type that the page has said so far."""
        commands = [json.loads(line) for message in self._heard for line in message.split("\n")]
        return [command for command in commands if command["type"] == kind]

    def deafen(self):
        """What the program says on this connection does not arrive any more. What the page says does."""
        self._is_deaf = True

    def _opened(self, socket):
        self._socket = socket
        if not self._is_open:
            return socket.close(code=1012, reason="")
        if self._is_held:
            self._waiting = socket  # One that gave up before is followed by another.
            return
        self._let_in(socket)

    def _let_in(self, socket):
        server = socket.connect_to_server()

        def pass_on(message):
            self._heard.append(message)
            server.send(message)

        socket.on_message(pass_on)
        server.on_message(lambda message: None if self._is_deaf else socket.send(message))
