"""The AsyncAPI file is one, and tells the same as the schemas and the transcripts.

The objects' names, types and required members are judged by the package `asyncapi3`, a model of AsyncAPI 3.0; references and coverage
by the tests here."""

import copy
import warnings

import pytest
import yaml

from places import DOCS
from schema_set import SchemaSet
from transcripts import all_transcripts

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the package names a field as pydantic names one of its own
    from asyncapi3.models import AsyncAPI3

DOCUMENT = yaml.safe_load((DOCS / "asyncapi.yaml").read_text())
SCHEMAS = SchemaSet()


def references(value):
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def resolve(reference):
    """What an internal reference points to."""
    value = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        value = value[step]
    return resolve(value["$ref"]) if "$ref" in value else value


def messages_of(operation):
    return [reference["$ref"].rsplit("/", 1)[1] for reference in operation["messages"]]


def test_it_is_asyncapi_3():
    assert DOCUMENT["asyncapi"] == "3.0.0"
    AsyncAPI3.model_validate(DOCUMENT)


def broken(change):
    document = copy.deepcopy(DOCUMENT)
    change(document)
    return document


@pytest.mark.parametrize("change", [
    lambda d: d.pop("info"), lambda d: d["info"].pop("version"), lambda d: d.update(channelz={}),
    lambda d: d["operations"]["join"].update(action="publish"), lambda d: d["operations"]["join"].update(mesages=[]),
    lambda d: d["operations"]["join"].pop("channel"), lambda d: d["servers"]["local"].pop("host"),
    lambda d: d["channels"]["socket"]["bindings"]["ws"].update(method="PUT"),
    lambda d: d["components"]["messages"]["join"].update(payloads={}),
])  # fmt: skip
def test_the_model_is_strict(change):
    with pytest.raises(ValueError):
        AsyncAPI3.model_validate(broken(change))


def test_every_reference_leads_somewhere():
    found = list(references(DOCUMENT))
    assert len(found) > 100
    for reference in found:
        if reference.startswith("#/"):
            assert resolve(reference), reference
        else:
            name, _, pointer = reference.removeprefix("schemas/").partition("#/$defs/")
            document = SCHEMAS.documents[name]
            assert not pointer or pointer in document["$defs"], reference


def test_every_frame_is_a_message_of_its_name():
    payloads = {}
    for key, message in DOCUMENT["components"]["messages"].items():
        name = message["payload"]["$ref"].removeprefix("schemas/")
        assert name not in payloads, name
        payloads[name] = key
        assert message["name"] == SCHEMAS.documents[name]["properties"]["type"]["const"]
        assert message["title"] in name and message["summary"]
    assert sorted(payloads) == sorted(SCHEMAS.names("client") + SCHEMAS.names("server"))


def test_the_channel_has_all_messages():
    messages = DOCUMENT["channels"]["socket"]["messages"]
    assert set(messages) == set(DOCUMENT["components"]["messages"])
    for key, message in messages.items():
        assert message == {"$ref": f"#/components/messages/{key}"}


def test_every_message_is_received_or_sent():
    """The document describes the server: it receives commands, sends frames, and answers."""
    received, sent = set(), set()
    for operation in DOCUMENT["operations"].values():
        target = received if operation["action"] == "receive" else sent
        target |= set(messages_of(operation))
        sent |= set(messages_of(operation["reply"])) if "reply" in operation else set()
        assert operation["channel"] == {"$ref": "#/channels/socket"}
    payload = {key: message["payload"]["$ref"] for key, message in DOCUMENT["components"]["messages"].items()}
    assert received == {key for key, name in payload.items() if "/client/" in name}
    assert sent == {key for key, name in payload.items() if "/server/" in name}


def test_commands_are_answered_as_it_says():
    """In all transcripts, a command's answer (the frame with its `id`) is one of its operation's replies."""
    replies = {
        name: {DOCUMENT["components"]["messages"][key]["name"] for key in messages_of(operation["reply"])}
        for name, operation in DOCUMENT["operations"].items()
        if operation["action"] == "receive"
    }
    # By the words that commands have on the wire.
    replies["key.check"] = replies.pop("keyCheck")
    checked = set()
    for transcript in all_transcripts():
        asked = {}
        for _, tab, direction, messages in transcript.messages():
            for message in messages:
                if direction == "client" and isinstance(message.get("id"), (str, int, float)):
                    asked[tab, message["id"]] = message.get("type")
                elif direction == "server" and (command := asked.get((tab, message.get("id")))) in replies:
                    assert message["type"] in replies[command], f"{transcript.name}: {message}"
                    checked.add((command, message["type"]))
    assert {command for command, _ in checked} == set(replies)


def test_what_carries_an_id_says_so():
    """A command's `id` is what AsyncAPI calls a correlation id: on commands, and on the frames that echo it."""
    echoing = {
        SCHEMAS.name_of(direction, message)
        for transcript in all_transcripts()
        for _, _, direction, messages in transcript.messages()
        for message in messages
        if "id" in message and message.get("type") in {m["name"] for m in DOCUMENT["components"]["messages"].values()}
    }
    marked = {
        message["payload"]["$ref"].removeprefix("schemas/")
        for message in DOCUMENT["components"]["messages"].values()
        if "correlationId" in message
    }
    assert echoing <= marked and {name for name in marked if name.startswith("client/")} == set(SCHEMAS.names("client"))
    assert not any("logFrame" in str(SCHEMAS.documents[name].get("allOf")) for name in marked)
