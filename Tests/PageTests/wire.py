"""What a tab fetches: every exchange, with the bytes it took."""

import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from background import PATIENCE_S


@dataclass
class Exchange:
    path: str
    status: int
    """As the server said it. The browser tells its page of 200 also where its copy was still good."""
    headers: dict
    connection: int
    bytes: int
    """Received, headers included."""


class Wire:
    """Listens to a page from before it is opened."""

    def __init__(self, page):
        self._page = page
        self._forget()
        session = page.context.new_cdp_session(page)
        # Of one exchange they come in no certain order.
        session.on("Network.requestWillBeSent", lambda event: self._asked.update({event["requestId"]: event}))
        session.on("Network.responseReceivedExtraInfo", lambda event: self._answered.update({event["requestId"]: event}))
        session.on("Network.responseReceived", lambda event: self._described.update({event["requestId"]: event}))
        session.on("Network.loadingFinished", lambda event: self._finished.update({event["requestId"]: event}))
        session.send("Network.enable")

    def take(self):
        """The exchanges since the last call, when those that have begun have ended."""
        deadline = time.monotonic() + PATIENCE_S
        while under_way := [url.path for key, url in self._urls().items() if not self._has_ended(key)]:
            assert time.monotonic() < deadline, f"still under way: {under_way}"
            self._page.wait_for_timeout(20)
        # What comes out of the browser's memory is asked for, too, but not of the server.
        taken = [self._exchange(key, url) for key, url in self._urls().items() if key in self._answered]
        self._forget()
        return taken

    def _urls(self):
        """What was asked for over HTTP."""
        urls = {key: urlsplit(event["request"]["url"]) for key, event in self._asked.items()}
        return {key: url for key, url in urls.items() if url.scheme == "http"}

    def _has_ended(self, key):
        # What the server answered may be told after the end.
        if key not in self._finished or key not in self._described:
            return False
        return key in self._answered or not self._described[key]["hasExtraInfo"]

    def _forget(self):
        self._asked, self._answered, self._described, self._finished = {}, {}, {}, {}

    def _exchange(self, key, url):
        return Exchange(
            url.path, self._answered[key]["statusCode"],
            {name.lower(): value for name, value in self._answered[key]["headers"].items()},
            self._described[key]["response"]["connectionId"], int(self._finished[key]["encodedDataLength"]),
        )  # fmt: skip
