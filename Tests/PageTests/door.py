"""The door that a page's WebSockets pass on their way to the program. The page itself is fetched beside it, so that it can be loaded
anew while the door is shut."""

import re


class Door:
    """Of a page that is opened after it was made."""

    def __init__(self, page):
        self._socket = None
        self._is_open = True
        self._is_deaf = False
        page.route_web_socket(re.compile(r"/v1/ws$"), self._opened)

    def shut(self):
        """Whoever is connected is put out, and nobody comes in."""
        self._is_open = False
        self._socket.close(code=1012, reason="")

    def open(self):
        self._is_open = True
        self._is_deaf = False

    def deafen(self):
        """What the program says on this connection does not arrive any more. What the page says does."""
        self._is_deaf = True

    def _opened(self, socket):
        self._socket = socket
        if not self._is_open:
            return socket.close(code=1012, reason="")
        server = socket.connect_to_server()
        socket.on_message(server.send)
        server.on_message(lambda message: None if self._is_deaf else socket.send(message))
