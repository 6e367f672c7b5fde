"""The real program, in a process of its own, and a relay in front of it that can cut."""

import asyncio
import os
import signal
import subprocess

from places import ROOT


class Program:
    """`tributary serve` with the demo upstream, on a free port. A context manager; ends what it started, and nothing else."""

    def __init__(self, *arguments):
        self._command = [os.environ["TRIBUTARY_PROGRAM"], "serve", "--port", "0", "--log-level", "warning"]
        # Answers that nobody waits for any more are not waited for.
        self._command += ["--drain-timeout", "0s", *arguments]

    def __enter__(self):
        # A clean environment: keys and settings of whoever runs the tests are none of the program's business.
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={"PATH": "/usr/bin:/bin"}
        )
        line = self._process.stdout.readline()
        assert "http://" in line, f"no ready line but {line!r}"
        self.port = int(line.rsplit(":", 1)[1].rstrip("/\n"))
        self.url = f"ws://127.0.0.1:{self.port}/v1/ws"
        return self

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGTERM)
        try:
            assert self._process.wait(timeout=40) == 0
        finally:
            self._process.kill()
            self._process.stdout.close()


class Relay:
    """Passes bytes between clients and the program, until it is told to cut. What came from the program is kept. The first
    `refused` connections are closed as soon as they are there."""

    def __init__(self, port, refused=0):
        self._target = port
        self._refused = refused
        self._writers = set()
        self.connections = 0
        self.received = b""
        self._news = asyncio.Condition()
        self._gate = asyncio.Event()
        self._gate.set()

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"ws://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1/ws"
        return self

    async def __aexit__(self, *_):
        self.cut()
        self._server.close()

    async def _serve(self, reader, writer):
        self.connections += 1
        if self.connections <= self._refused:
            return writer.close()
        await self._gate.wait()
        upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", self._target)
        pair = {writer, upstream_writer}
        self._writers |= pair
        await asyncio.gather(self._pump(reader, upstream_writer), self._pump(upstream_reader, writer, counts=True))
        self._writers -= pair

    async def _pump(self, reader, writer, counts=False):
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
                if counts:
                    async with self._news:
                        self.received += data
                        self._news.notify_all()
        except OSError:
            pass
        finally:
            writer.close()

    async def until(self, is_reached):
        """Waits until what has come from the program, on all connections together, is as wanted."""
        async with self._news:
            await asyncio.wait_for(self._news.wait_for(lambda: is_reached(self.received)), 20)

    def cut(self, stays_away=False):
        """Resets every connection, without a closing handshake. Who comes back waits for `let_in`, if it is to stay away."""
        if stays_away:
            self._gate.clear()
        for writer in list(self._writers):
            writer.transport.abort()

    def let_in(self):
        self._gate.set()
