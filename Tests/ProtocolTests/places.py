"""Where things are."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
SCHEMAS = DOCS / "schemas"
TRANSCRIPTS = ROOT / "Tests" / "Fixtures" / "protocol"
CLIENT = ROOT / "Examples" / "python-client" / "client.py"
