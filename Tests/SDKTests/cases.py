"""The chats of Tests/Fixtures/requests, and what each dialect makes of them; the Swift tests prove that ours does."""

import json
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "Fixtures" / "requests"
CASES = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}

PNG = CASES["image-data"]["request"]["messages"][0]["content"][1]["image_url"]["url"]
PNG_BASE64 = PNG.split(",")[1]
PDF_BASE64 = "JVBERi0xLjQKJSVFT0YK"
WAV_BASE64 = "UklGRiQAAABXQVZF"
CITY = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
WORK = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "year": {"type": "integer"}},
    "required": ["name", "year"],
    "additionalProperties": False,
}


def bodies(dialect):
    """The cases that a dialect has words for."""
    return [name for name, case in CASES.items() if dialect in case["bodies"]]
