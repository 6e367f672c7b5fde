"""Everything in the browser that complains. A test at whose end there is a complaint that it did not announce has failed."""

import re


class Witness:
    def __init__(self):
        self.complaints = []
        self._expected = []

    def watch(self, context):
        context.on("console", self._console)
        context.on("weberror", lambda error: self._note(f"uncaught: {error.error}"))

    def expect(self, pattern):
        """Complaints that match are part of what this test is about: browsers themselves complain of a lost network."""
        self._expected.append(re.compile(pattern))

    def expect_lost_network(self):
        self.expect(r"WebSocket connection to '[^']+' failed")
        self.expect(r"Failed to load resource: net::ERR_")

    def unexpected(self):
        return [text for text in self.complaints if not any(pattern.search(text) for pattern in self._expected)]

    def _console(self, message):
        # Violations of the Content-Security-Policy are errors there, too.
        if message.type in ("error", "warning", "assert"):
            self._note(f"{message.type}: {message.text} ({message.location.get('url')})")

    def _note(self, text):
        self.complaints.append(text)
