"""The network between browser and program, which a test can cut, close, or have fall silent."""

import asyncio

from background import PATIENCE_S


class Link:
    """Passes bytes between whoever connects to `url` and the program's port. Lives on the background's loop."""

    def __init__(self, background, port):
        self._background = background
        self._target = port
        self._pairs = set()
        self._is_open = True
        self._is_silent = False
        self._speaks = asyncio.Event()
        self._speaks.set()
        self._asked = asyncio.Event()
        self._server = background.run(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"

    def cut(self, stays_down=False):
        """Resets every connection. `stays_down`: new ones, too, until `mend`."""
        self._background.run(self._cut(stays_down))

    def fall_silent(self):
        """Half-open: every connection stays and carries nothing any more, in neither direction; new ones wait. What is sent
        meanwhile is lost, so the old connections are dead for good."""
        self._background.run(self._fall_silent())

    def pause(self):
        """Every connection is silent, and none is dead: what is sent meanwhile arrives after `resume`, as TCP would have it."""
        self._background.run(self._pause())

    def until_asked(self):
        """Waits until the browser has sent something since `pause`."""
        self._background.run(asyncio.wait_for(self._asked.wait(), PATIENCE_S))

    def resume(self):
        self._background.run(self._resume())

    def mend(self):
        """New connections pass again."""
        self._background.run(self._mend())

    def close(self):
        self._background.run(self._close())

    # On the loop.

    async def _serve(self, reader, writer):
        if not self._is_open:
            return writer.transport.abort()
        await self._speaks.wait()
        if not self._is_open:
            return writer.transport.abort()
        try:
            program_reader, program_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except ConnectionError:
            return writer.transport.abort()  # The program is down, and so is the link to it.
        pair = Pair(writer, program_writer)
        self._pairs.add(pair)
        await asyncio.gather(pair.pass_on(reader, program_writer, self._asked), pair.pass_on(program_reader, writer))
        self._pairs.discard(pair)
        pair.reset()

    async def _cut(self, stays_down):
        self._is_open = not stays_down
        for pair in self._pairs:
            pair.reset()

    async def _fall_silent(self):
        self._speaks.clear()
        for pair in self._pairs:
            pair.is_silent = True

    async def _pause(self):
        self._asked.clear()
        for pair in self._pairs:
            pair.passes.clear()

    async def _resume(self):
        for pair in self._pairs:
            pair.passes.set()

    async def _mend(self):
        self._is_open = True
        self._speaks.set()

    async def _close(self):
        self._server.close()
        await self._cut(stays_down=True)
        self._speaks.set()


class Pair:
    """The two sockets of one connection through the link."""

    def __init__(self, *writers):
        self._writers = writers
        self.is_silent = False
        self.passes = asyncio.Event()
        self.passes.set()

    async def pass_on(self, reader, writer, waits=None):
        """`waits` is set where something comes that has to wait."""
        try:
            while data := await reader.read(65536):
                if waits and not self.passes.is_set():
                    waits.set()
                await self.passes.wait()
                if not self.is_silent:
                    writer.write(data)
                    await writer.drain()
        except ConnectionError:
            pass  # Whoever reset it: the other side shall see the end as well.
        if not self.is_silent:
            writer.close()

    def reset(self):
        self.passes.set()
        for writer in self._writers:
            writer.transport.abort()
