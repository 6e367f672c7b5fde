"""The JSON Schemas of docs/schemas, ready to judge."""

import json

import jsonschema
import referencing
import referencing.jsonschema

from places import SCHEMAS

# Drafts that must agree: the one the schemas are written in, and the one that AsyncAPI's tools read.
DRAFTS = {
    "2020-12": (jsonschema.Draft202012Validator, referencing.jsonschema.DRAFT202012),
    "07": (jsonschema.Draft7Validator, referencing.jsonschema.DRAFT7),
}


class SchemaSet:
    """Every schema, by its path below docs/schemas; frames are judged by their `type`."""

    def __init__(self):
        self.documents = {
            str(path.relative_to(SCHEMAS)): json.loads(path.read_text()) for path in sorted(SCHEMAS.rglob("*.json"))
        }
        self._validators = {}

    def names(self, direction):
        return [name for name in self.documents if name.startswith(direction + "/")]

    def reference(self, reference, draft="2020-12"):
        """A validator for a reference such as `common.json#/$defs/usage`."""
        validator, specification = DRAFTS[draft]
        key = (reference, draft)
        if key not in self._validators:
            # The files have no `$id`: they are known by where they lie, as a tool that opens them would.
            base = "file:///schemas/"
            resources = [
                (base + name, specification.create_resource({k: v for k, v in document.items() if k != "$schema"}))
                for name, document in self.documents.items()
            ]
            registry = referencing.Registry().with_resources(resources)
            self._validators[key] = validator({"$ref": base + reference}, registry=registry)
        return self._validators[key]

    def name_of(self, direction, message):
        """The schema that judges a message; None where its type is not known."""
        kind = message.get("type")
        if direction == "server" and kind == "error":
            kind = "request-error" if "seq" in message else "command-error"
        name = f"{direction}/{kind}.json"
        return name if name in self.documents else None

    def errors(self, direction, message, draft="2020-12"):
        """What is wrong with a message, in words; empty where it is right."""
        name = self.name_of(direction, message)
        if name is None:
            return [f"no schema for the type {message.get('type')!r}"]
        return [
            f"{name}: {error.json_path}: {error.message}" for error in self.reference(name, draft).iter_errors(message)
        ]
