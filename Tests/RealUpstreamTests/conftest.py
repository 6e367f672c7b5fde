"""A real model behind the real program, by three dialects."""

import os
import secrets
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "ProtocolTests"))

from program import Program  # noqa: E402

DIALECTS = ["chat-completions", "responses", "anthropic"]


class ModelServer:
    """A process of model_server.py; it does not outlive the tests."""

    def __enter__(self):
        self.key = secrets.token_urlsafe(24)
        self._process = subprocess.Popen(
            [sys.executable, HERE / "model_server.py"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, "API_KEY": self.key},
        )  # fmt: skip
        self.url = self._process.stdout.readline().strip()
        assert self.url.startswith("http://127.0.0.1:"), "the model's server did not start"
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()

    @property
    def requests_processing(self):
        """How many answers it is working on, as it says itself."""
        request = urllib.request.Request(f"{self.url}/metrics", headers={"Authorization": f"Bearer {self.key}"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as answer:
            for line in answer.read().decode().splitlines():
                if line.startswith("llamacpp:requests_processing "):
                    return int(float(line.split()[1]))


@pytest.fixture(scope="session")
def model():
    with ModelServer() as running:
        yield running


@pytest.fixture(scope="session")
def program(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("configuration")
    (folder / "key").write_text(model.key + "\n")
    (folder / "key").chmod(0o600)
    lines = ["upstreams:"]
    for dialect in DIALECTS:
        lines += [
            f"  {dialect}:",
            f"    dialect: {dialect}",
            f"    base_url: {model.url}/v1",
            f"    key: {{file: {folder / 'key'}}}",
            "    model: smollm2",
        ]
    (folder / "tributary.yaml").write_text("\n".join(lines) + "\n")
    with Program("--config", str(folder / "tributary.yaml")) as running:
        yield running
