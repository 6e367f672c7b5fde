"""The schemas are sound, and say what they are about."""

import copy
import json
import re

import jsonschema
import pytest

from places import SCHEMAS
from schema_set import DRAFTS, SchemaSet

ALL = SchemaSet()
FRAMES = ALL.names("client") + ALL.names("server")
DEFINITIONS = [f"common.json#/$defs/{name}" for name in ALL.documents["common.json"]["$defs"]]


def schema_of(reference):
    name, _, pointer = reference.partition("#/$defs/")
    document = ALL.documents[name]
    return document["$defs"][pointer] if pointer else document


@pytest.mark.parametrize("name", ALL.documents)
def test_a_schema_is_a_schema(name):
    jsonschema.Draft202012Validator.check_schema(ALL.documents[name])
    jsonschema.Draft7Validator.check_schema({**ALL.documents[name], "$schema": jsonschema.Draft7Validator.META_SCHEMA["$id"]})
    assert ALL.documents[name]["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("reference", FRAMES + DEFINITIONS + ["client-message.json", "server-message.json"])
@pytest.mark.parametrize("draft", DRAFTS)
def test_it_has_a_title_a_description_and_examples_that_are_right(reference, draft):
    schema = schema_of(reference)
    assert schema["title"] and schema["description"].endswith((".", ":", "-")), reference
    assert schema["examples"]
    for example in schema["examples"]:
        ALL.reference(reference, draft).validate(example)


def test_every_member_is_described():
    def check(schema, path):
        if isinstance(schema, dict):
            for name, member in schema.get("properties", {}).items() if isinstance(schema.get("properties"), dict) else ():
                described = any(key in member for key in ("description", "$ref", "const"))
                # What an if/then only narrows is described where it is defined.
                assert described or "/then" in path or "/if" in path or name == "type", f"{path}: {name}"
            for key, inner in schema.items():
                if key not in ("examples", "enum", "const"):
                    check(inner, f"{path}/{key}")
        elif isinstance(schema, list):
            for inner in schema:
                check(inner, path)

    for name, document in ALL.documents.items():
        check(document, name)


def test_times_say_their_unit():
    for name, document in ALL.documents.items():
        text = json.dumps(document)
        for member in re.findall(r'"(\w+_ms)": \{', text):
            assert "illisecond" in text, f"{name}: {member}"


def test_the_unions_hold_every_frame():
    for direction in ("client", "server"):
        union = ALL.documents[f"{direction}-message.json"]
        assert sorted(branch["$ref"] for branch in union["oneOf"]) == sorted(ALL.names(direction))


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_is_judged_by_the_union_as_by_its_own_schema(name):
    union = ALL.reference(f"{name.split('/')[0]}-message.json")
    for example in ALL.documents[name]["examples"]:
        union.validate(example)
        assert not union.is_valid({**example, "type": "fly"})


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("draft", DRAFTS)
def test_unknown_members_are_ignored_and_known_ones_are_not(name, draft):
    validator = ALL.reference(name, draft)
    members = all_members(name)
    for example in ALL.documents[name]["examples"]:
        validator.validate({**example, "colour": {"of": ["a", "later", "version"]}})
        for member in example:
            if member in ("logprobs",):
                continue  # as the provider sent it: anything
            assert not validator.is_valid({**example, member: None if member != "finish_reason" else 1}), member
    for required in required_members(name):
        example = copy.deepcopy(ALL.documents[name]["examples"][0])
        assert required in members
        del example[required]
        assert not validator.is_valid(example), f"{name} without {required}"


def parts(name):
    """A frame's schema, and those it is composed of."""
    document = ALL.documents[name]
    yield document
    for part in document.get("allOf", []):
        if part.get("$ref", "").startswith("../common.json"):
            yield schema_of(part["$ref"].removeprefix("../"))


def all_members(name):
    return {member for part in parts(name) for member in part.get("properties", {})}


def required_members(name):
    return {member for part in parts(name) for member in part.get("required", [])}


@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize("text, is_valid", [
    ("a", True), ("Zk3vYw8m1QhT5b0rXUoLdA", True), ("a.b_c:d-e9", True), ("x" * 128, True),
    ("", False), ("x" * 129, False), ("a b", False), ("a/b", False), ("ä", False), ("a\\", False),
])  # fmt: skip
def test_identifiers(text, is_valid, draft):
    assert ALL.reference("common.json#/$defs/identifier", draft).is_valid(text) == is_valid


# A right frame, and what makes it wrong.
RIGHT_AND_WRONG = [
    ("delta", {"seq": 0}), ("delta", {"n": -1}), ("delta", {"seq": 1.5}), ("delta", {"from": -1}), ("delta", {"text": ""}),
    ("delta", {"choice": -1}), ("delta", {"session": "a b"}), ("request", {"n": 1}), ("request", {"messages": [{"role": "user"}]}),
    ("request", {"at": -1}), ("start", {"attempt": 0}), ("start", {"ttfb_ms": 0.5}), ("end", {"reason": "eos"}),
    ("end", {"usage": {"input": -1, "output": 0, "source": "upstream"}}), ("end", {"usage": {"input": 1, "output": 0, "source": "me"}}),
    ("end", {"timing": {}}), ("end", {"choices": [{"choice": 0}]}), ("aborted", {"by": ""}), ("request-error", {"code": "oops"}),
    ("request-error", {"stage": "lunch"}), ("request-error", {"status": 42}), ("request-error", {"message": ""}),
    ("request-error", {"retry_after_ms": -1}), ("welcome", {"version": 2}), ("welcome", {"features": ["a", "a"]}),
    ("welcome", {"limits": {"message_bytes": 0}}), ("joined", {"snapshot": {"messages": []}}), ("joined", {"recovered": True}),
    ("joined", {"seq": -1}), ("joined", {"tabs": -1}), ("ok", {"command": "abort"}), ("accepted", {"duplicate": False}),
    ("presence", {"tabs": 1.5}), ("goaway", {"reconnect_after_ms": -1}), ("command-error", {"seq": 1}), ("command-error", {"n": 0}),
]  # fmt: skip


@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize("name, change", RIGHT_AND_WRONG)
def test_wrong_values_are_refused(name, change, draft):
    example = ALL.documents[f"server/{name}.json"]["examples"][0]
    validator = ALL.reference(f"server/{name}.json", draft)
    assert validator.is_valid(example) and not validator.is_valid({**example, **change})


def test_a_delta_needs_content():
    assert not ALL.reference("server/delta.json").is_valid(
        {"type": "delta", "session": "s", "request": "r", "seq": 3, "n": 2}
    )


def test_no_file_is_left_out():
    assert {path.name for path in SCHEMAS.iterdir()} >= {"common.json", "client-message.json", "server-message.json"}
    assert len(FRAMES) == 8 + 18
