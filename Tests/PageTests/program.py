"""The real program in a process of its own, which a test can kill and start again on the same port."""

import json
import os
import re
import signal
import subprocess

from background import PATIENCE_S
from places import PUBLIC, ROOT


class Program:
    """`tributary serve` with this page. `upstreams` are those of its configuration, by name; the first is the default."""

    def __init__(self, folder, upstreams, *arguments, public=PUBLIC):
        configuration = folder / "tributary.yaml"
        configuration.write_text(yaml({"upstreams": upstreams, "default": next(iter(upstreams))}))
        self._arguments = ["--config", configuration, "--public", public, "--log-level", "debug", *arguments]
        # Answers that nobody waits for any more are not waited for.
        self._arguments += [] if "--drain-timeout" in arguments else ["--drain-timeout", "0s"]
        self._log_path = folder / "program.log"
        self._log = open(self._log_path, "ab")
        self._process = None
        self.port = 0
        self.start()

    def start(self):
        """On the port it had before, if it had one."""
        if self._process and not self._process.stdout.closed:
            self._process.wait(timeout=PATIENCE_S)
            self._process.stdout.close()
        command = [os.environ["TRIBUTARY_PROGRAM"], "serve", "--port", str(self.port), *self._arguments]
        # A clean environment: keys and settings of whoever runs the tests are none of the program's business.
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=self._log, text=True, cwd=ROOT, env={"PATH": "/usr/bin:/bin"}
        )
        line = self._process.stdout.readline()
        if "http://" not in line:
            self.close()
            raise AssertionError(f"no ready line but {line!r}; its log: {self.log}")
        self.port = int(line.rsplit(":", 1)[1].rstrip("/\n"))
        self.url = f"http://127.0.0.1:{self.port}/"

    def kill(self):
        """At once, without a word to anybody."""
        self._end(signal.SIGKILL)

    def ask_to_stop(self):
        """As a service manager does: the program drains. `start` waits for its end."""
        self._process.send_signal(signal.SIGTERM)

    def close(self):
        if not self._process.stdout.closed:
            self._end(signal.SIGTERM)
        self._log.close()

    @property
    def log(self):
        return self._log_path.read_text()

    def _end(self, signal_number):
        self._process.send_signal(signal_number)
        try:
            self._process.wait(timeout=PATIENCE_S)
        finally:
            self._process.kill()
            self._process.wait()
            self._process.stdout.close()


def yaml(value):
    """JSON is YAML, too, but for times, which stand there without quotes."""
    return re.sub(r'"(\d+m?s)"', r"\1", json.dumps(value))
