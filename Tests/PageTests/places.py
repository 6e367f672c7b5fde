"""Where things are."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = Path(os.environ.get("TRIBUTARY_PUBLIC", ROOT / "public"))
"""The page. Another folder may be tested, as the program can be told to serve one."""
CHROMIUM = "/usr/bin/chromium"
HEADLESS = "/usr/bin/chromium-headless-shell"
"""The same engine without the browser's windows: to open a page in it costs less than half the CPU time (0.7 s of 1.7 s)."""
