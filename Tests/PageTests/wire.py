"""What a tab fetches: every exchange, with the bytes it took."""

from dataclasses import dataclass
from urllib.parse import urlsplit


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
        self._forget()
        session = page.context.new_cdp_session(page)
        # Of one exchange they come in no certain order.
        session.on("Network.requestWillBeSent", lambda event: self._asked.update({event["requestId"]: event}))
        session.on("Network.responseReceivedExtraInfo", lambda event: self._answered.update({event["requestId"]: event}))
        session.on("Network.responseReceived", lambda event: self._described.update({event["requestId"]: event}))
        session.on("Network.loadingFinished", lambda event: self._finished.update({event["requestId"]: event}))
        session.send("Network.enable")

    def take(self):
        """The exchanges since the last call, which all have ended."""
        asked = {key: urlsplit(event["request"]["url"]) for key, event in self._asked.items()}
        # What comes out of the browser's memory is asked for, too, but not of the server.
        taken = [self._exchange(key, url) for key, url in asked.items() if url.scheme == "http" and key in self._answered]
        self._forget()
        return taken

    def _forget(self):
        self._asked, self._answered, self._described, self._finished = {}, {}, {}, {}

    def _exchange(self, key, url):
        assert key in self._finished, f"{url.path} is still under way"
        return Exchange(
            url.path, self._answered[key]["statusCode"],
            {name.lower(): value for name, value in self._answered[key]["headers"].items()},
            self._described[key]["response"]["connectionId"], int(self._finished[key]["encodedDataLength"]),
        )  # fmt: skip
