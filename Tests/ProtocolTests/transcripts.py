"""The golden transcripts, as a client's tests would read them. Tests/Fixtures/protocol/README.md describes the format."""

import json

from places import TRANSCRIPTS


class Transcript:
    def __init__(self, path):
        self.name = path.stem
        self.lines = [json.loads(line) for line in path.read_text().split("\n")[:-1]]
        self.header = self.lines[0]

    def messages(self):
        """(line number, tab, "client" or "server", list of objects) of each text message of JSON, placeholders filled."""
        for number, line in enumerate(self.lines, 1):
            for key, direction in (("send", "client"), ("receive", "server")):
                if key in line:
                    yield number, line["tab"], direction, [fill(message) for message in line[key]]


def all_transcripts():
    return [Transcript(path) for path in sorted(TRANSCRIPTS.glob("*.jsonl"))]


def fill(value):
    """Puts values of the right type where placeholders stand."""
    if isinstance(value, dict):
        return {key: fill(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [fill(inner) for inner in value]
    if not isinstance(value, str) or not value.startswith("$"):
        return value
    name = value[1:]
    if name.rstrip("0123456789") == "at":
        return 1767225600000
    if name == "reconnect_after_ms":
        return 1500
    if name == "features":
        return ["resume", "merge"]
    return name
