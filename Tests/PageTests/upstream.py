"""A model provider whose every word, and every failure, a test decides. It speaks OpenAI's chat completions."""

import asyncio
import json

from background import PATIENCE_S


class Upstream:
    """Serves on a free port until `close`. `calls` come in the order in which the program makes them."""

    def __init__(self, background):
        self._background = background
        self._calls = asyncio.Queue()
        self._open_calls = set()
        self._valid_key = None
        self.models = ["river-1", "river-1-mini"]
        self.models_status = 200
        self._server = background.run(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    def next_call(self):
        """The next chat that the program asks for, which waits to be answered."""
        return self._background.run(asyncio.wait_for(self._calls.get(), PATIENCE_S))

    def has_more_calls(self):
        return not self._calls.empty()

    def accept_only(self, key):
        """Refuses the list of models to any other key."""
        self._valid_key = key

    def close(self):
        self._background.run(self._close())

    async def _close(self):
        self._server.close()
        for call in self._open_calls:
            call.over.set()

    async def _serve(self, reader, writer):
        """One connection, one exchange: who hears EOF knows that it is about this answer."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            request_line, *lines = head.split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            if request_line.startswith("GET"):
                await self._list_models(writer, headers)
            else:
                call = Call(self._background, reader, writer, headers, json.loads(body))
                self._open_calls.add(call)
                await self._calls.put(call)
                await call.over.wait()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # The program went away, as it may at any time.
        finally:
            writer.close()

    async def _list_models(self, writer, headers):
        if self._valid_key and headers.get("authorization") != f"Bearer {self._valid_key}":
            error = {"message": "Incorrect API key provided.", "type": "invalid_request_error", "code": "invalid_api_key"}
            writer.write(response(401, {"error": error}))
        elif self.models_status != 200:
            writer.write(response(self.models_status, {"error": {"message": "The list is being written."}}))
        else:
            listed = [{"id": name, "object": "model", "owned_by": "tests"} for name in self.models]
            writer.write(response(200, {"object": "list", "data": listed}))
        await writer.drain()


class Call:
    """One chat at the upstream. Whoever answers says the pieces, then how it ends; nothing comes by itself."""

    def __init__(self, background, reader, writer, headers, body):
        self._background = background
        self._reader = reader
        self._writer = writer
        self._has_begun = False
        self.headers = headers
        self.body = body
        self.over = asyncio.Event()

    @property
    def key(self):
        """The API key that the program showed, or None."""
        return self.headers.get("authorization", "").removeprefix("Bearer ") or None

    @property
    def question(self):
        """What the last message says."""
        return self.body["messages"][-1]["content"]

    # What it says.

    def say(self, *texts, choice=0):
        """Each text a delta of its own."""
        self._events(*({"content": text} for text in texts), choice=choice)

    def think(self, *texts):
        self._events(*({"reasoning_content": text} for text in texts))

    def decline(self, *texts):
        self._events(*({"refusal": text} for text in texts))

    def call_tool(self, index, name, *arguments):
        """A tool call, its arguments in pieces."""
        function = {"name": name, "arguments": ""}
        self._events({"tool_calls": [{"index": index, "id": f"call_{index}", "type": "function", "function": function}]})
        pieces = ({"tool_calls": [{"index": index, "function": {"arguments": piece}}]} for piece in arguments)
        self._events(*pieces)

    def flow(self, texts, per_s, field="content"):
        """Says the texts at a steady pace by itself; the future ends when the last was said."""
        return self._background.start(self._flow(texts, per_s, field))

    # How it ends.

    def finish(self, reason="stop", usage=None, choices=1):
        """Says that this was all."""
        self._background.run(self._finish(reason, usage, choices))

    def answer(self, *texts, reason="stop", usage=None):
        """A whole answer."""
        self.say(*texts)
        self.finish(reason, usage)

    def refuse(self, status, message, code=None, headers=None):
        """An error instead of an answer."""
        body = {"error": {"message": message, "type": "error", "code": code}}
        self._background.run(self._end(response(status, body, headers or {})))

    def send_garbage(self):
        """A body which is not what its head says."""
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
        self._background.run(self._end(head.encode() + b"data: {this is no JSON\n\n"))

    def break_off(self):
        """Resets the connection."""
        self._background.run(self._break_off())

    def until_closed(self):
        """Waits until the program has closed the connection."""
        self._background.run(self._until_closed())

    # On the loop.

    def _events(self, *deltas, choice=0):
        self._background.run(self._write(*(self._chunk(delta, choice) for delta in deltas)))

    def _chunk(self, delta, choice=0, finish_reason=None, **members):
        choices = [{"index": choice, "delta": delta, "finish_reason": finish_reason}]
        return {"id": "cmpl-1", "object": "chat.completion.chunk", "created": 1767225600, "model": self.model,
                "choices": choices, **members}  # fmt: skip

    @property
    def model(self):
        return self.body.get("model", "river-1")

    async def _write(self, *events):
        if not self._has_begun:
            self._has_begun = True
            head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
            self._writer.write(head.encode())
        for event in events:
            self._writer.write(f"data: {json.dumps(event)}\n\n".encode())
        await self._writer.drain()

    async def _flow(self, texts, per_s, field):
        """What is late is caught up with at once, so that the pace holds over time."""
        clock = asyncio.get_running_loop().time
        start = clock()
        for number, text in enumerate(texts, 1):
            await self._write(self._chunk({field: text}))
            early_s = start + number / per_s - clock()
            if early_s > 0:
                await asyncio.sleep(early_s)

    async def _finish(self, reason, usage, choices):
        await self._write(*(self._chunk({}, choice, reason) for choice in range(choices)))
        if usage:
            await self._write({**self._chunk({}), "choices": [], "usage": usage})
        await self._end(b"data: [DONE]\n\n")

    async def _end(self, bytes):
        self._writer.write(bytes)
        await self._writer.drain()
        self.over.set()

    async def _break_off(self):
        self._writer.transport.abort()
        self.over.set()

    async def _until_closed(self):
        try:
            assert await asyncio.wait_for(self._reader.read(1), PATIENCE_S) == b""
        except ConnectionError:
            pass  # A reset is a close, too.
        self.over.set()


def response(status, body, headers=None):
    text = json.dumps(body)
    lines = {"Content-Type": "application/json", "Content-Length": len(text), "Connection": "close", **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} Scripted\r\n{head}\r\n{text}".encode()
