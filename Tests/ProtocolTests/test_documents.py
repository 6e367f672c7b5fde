"""docs/protocol.md says what the schemas, the transcripts and the program say; and the links of all pages lead somewhere."""

import json
import os
import re
from pathlib import Path

import pytest

from places import DOCS, ROOT
from schema_set import SchemaSet
from test_program import Tab
from transcripts import all_transcripts

PAGE = (DOCS / "protocol.md").read_text()
SCHEMAS = SchemaSet()
EXAMPLES = re.findall(r"^([→←]) (\{.*\})$", PAGE, re.MULTILINE)


def rows(first_column):
    """The cells of the table whose first heading is this."""
    table = re.search(rf"^\| {first_column} \|.*\n\|[-|]*\n((?:\|.*\n)*)", PAGE, re.MULTILINE).group(1)
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in table.splitlines()]


def unify(pattern, value):
    """Whether a transcript's frame is this one, placeholders standing for anything."""
    if isinstance(pattern, str) and pattern.startswith("$"):
        return True
    if isinstance(pattern, dict):
        return isinstance(value, dict) and list(pattern) == list(value) and all(unify(pattern[k], value[k]) for k in pattern)
    if isinstance(pattern, list):
        return isinstance(value, list) and len(pattern) == len(value) and all(map(unify, pattern, value))
    return type(pattern) is type(value) and pattern == value


@pytest.mark.parametrize("arrow, text", EXAMPLES, ids=lambda text: text[:60])
def test_an_example_is_a_line_of_a_transcript_and_obeys_its_schema(arrow, text):
    direction, key = ("client", "send") if arrow == "→" else ("server", "receive")
    example = json.loads(text)
    assert not SCHEMAS.errors(direction, example)
    frames = (frame for t in all_transcripts() for line in t.lines for frame in line.get(key, []))
    assert any(unify(frame, example) for frame in frames)


def test_every_command_and_frame_has_an_example():
    shown = {SCHEMAS.name_of("client" if arrow == "→" else "server", json.loads(text)) for arrow, text in EXAMPLES}
    assert shown == set(SCHEMAS.names("client") + SCHEMAS.names("server"))


def test_every_member_of_every_frame_is_named():
    for name in SCHEMAS.names("client") + SCHEMAS.names("server"):
        document = SCHEMAS.documents[name]
        for member in document["properties"]:
            assert f"`{member}`" in PAGE or f"`{member}" in PAGE, f"{name}: {member}"
    for definition in ("usage", "timing", "failure", "turnMessage", "runningRequest", "prompt", "truncation", "spoken", "snapshot"):
        for member in SCHEMAS.documents["common.json"]["$defs"][definition]["properties"]:
            assert re.search(rf"\b{member}\b", PAGE), f"{definition}: {member}"


def test_the_error_codes_are_the_schema_s_and_what_the_transcripts_show():
    table = {code.strip("`"): (retryable, set(stage.split(", "))) for code, retryable, stage, *_ in rows("code")[:21]}
    assert list(table) == SCHEMAS.documents["common.json"]["$defs"]["errorCode"]["enum"]
    for transcript in all_transcripts():
        for _, _, direction, frames in transcript.messages():
            for frame in frames:
                if direction == "client" or frame["type"] != "error":
                    continue
                retryable, stages = table[frame["code"]]
                by_status = "yes" if frame.get("status", 500) >= 500 else "no"
                expected = by_status if retryable == "yes from 500 on" else retryable
                assert frame["retryable"] == (expected == "yes"), f"{transcript.name}: {frame}"
                assert frame.get("stage", "command") in stages, f"{transcript.name}: {frame}"


def test_the_catalogues_are_those_of_the_source():
    source = (ROOT / "Sources" / "ChatProtocol" / "Catalogue.swift").read_text()
    codes = set(re.findall(r"case \w+ = (\d{4})", source))
    closing = PAGE[PAGE.index("## Closing") :]
    table = re.search(r"\| code \| means \| reconnect\? \|\n\|[-|]*\n((?:\|.*\n)*)", closing).group(1)
    in_table = set(re.findall(r"\b(\d{4})\b", "".join(line.split("|")[1] for line in table.splitlines())))
    assert in_table == codes | {"1006"}  # nobody sends that one
    # Who may come back.
    never = source[source.index("var mayReconnect") :].split(": false")[0]
    names = dict(re.findall(r"case (\w+) = (\d{4})", source))
    stay = {names[name] for name in re.findall(r"\.(\w+)", never) if name in names}
    for line in table.splitlines():
        _, code, _, reconnect, _ = line.split("|")
        for number in re.findall(r"\d{4}", code):
            assert reconnect.strip().startswith("no" if number in stay else "yes"), line


def test_the_features_are_those_of_the_program(program):
    described = {name for cell, *_ in rows("feature") for name in re.findall(r"`(\w+)`", cell)}
    with Tab(program) as tab:
        assert set(tab.welcome["features"]) == described
        assert set(tab.welcome["limits"]) == {name.strip("`") for name, *_ in rows("name")}


def pages():
    """Every page of the repository; folders that begin with a dot hold what tools have built or fetched."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(folder) / name for name in sorted(files) if name.endswith(".md"))


@pytest.mark.parametrize("page", list(pages()), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    text = page.read_text()
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        assert linked.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", linked.read_text(), re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in slugs, target
