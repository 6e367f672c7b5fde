"""An event loop in a thread of its own, so that upstreams and links live on while a test talks to the browser."""

import asyncio
import threading

PATIENCE_S = 20
"""How long anything that a test waits for may take. Only a failing test waits so long."""


class Background:
    def __init__(self):
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="background")
        self._thread.start()

    def run(self, coroutine, patience_s=PATIENCE_S):
        """The result of a coroutine, which runs on the loop."""
        return self.start(coroutine).result(patience_s)

    def start(self, coroutine):
        """Lets a coroutine run on the loop; the future's `result()` is its end."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def close(self):
        """Ends what still runs there, then the thread."""
        self.run(self._end_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end_all(self):
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
