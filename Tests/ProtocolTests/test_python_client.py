"""The client of docs/write-your-own-client.md, against the real program: whole answers, cuts, aborts."""

import asyncio
import os
import re
import signal
import sys

import pytest

from places import CLIENT, DOCS
from program import Program, Relay
from test_program import Tab

QUESTION = "Why is the sky blue?"


class Client:
    """A process that runs the client; it does not outlive its test."""

    def __init__(self, url, model):
        self.command = [sys.executable, CLIENT, url, QUESTION, model]
        self.output = b""

    async def __aenter__(self):
        pipe = asyncio.subprocess.PIPE
        # `websockets` would go through a proxy that the environment names.
        direct = {**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        self.process = await asyncio.create_subprocess_exec(*self.command, stdout=pipe, stderr=pipe, env=direct)
        return self

    async def __aexit__(self, *_):
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def until_it_says(self, count):
        """Waits for so many bytes of the answer."""
        while len(self.output) < count:
            data = await asyncio.wait_for(self.process.stdout.read(4096), 20)
            assert data, f"it ended after {self.output!r}: {(await self.process.stderr.read()).decode()}"
            self.output += data

    async def end(self):
        """What it has printed: the answer, and how it ended."""
        output, errors = await asyncio.wait_for(self.process.communicate(), 40)
        assert not errors, errors.decode()
        assert self.process.returncode == 0
        answer, outcome = re.fullmatch(r"(.*)\n\[(.*)\]\n", (self.output + output).decode(), re.DOTALL).groups()
        return answer, outcome


@pytest.fixture(scope="module")
def whole_answer(program):
    """What the demo answers to the question, always."""
    with Tab(program) as tab:
        answer = "".join(frame.get("text", "") for frame in tab.chat(input=QUESTION, model="demo-fast"))
        assert len(answer) > 500
        return answer


def test_a_whole_answer(program, whole_answer):
    async def run():
        async with Client(program.url, "demo-fast") as client:
            assert await client.end() == (whole_answer, "end")

    asyncio.run(run())


def test_cut_twice_in_mid_answer_it_resumes_and_loses_nothing(program, whole_answer):
    async def run():
        async with Relay(program.port) as relay, Client(relay.url, "demo") as client:
            await client.until_it_says(40)
            relay.cut()
            # It is back, and hears more of the answer.
            await relay.until(lambda bytes: re.search(rb'"recovered":true.*"delta".*"delta"', bytes, re.DOTALL))
            relay.cut()
            assert await client.end() == (whole_answer, "end")
            assert relay.connections == 3
            assert relay.received.count(b'"recovered":true') == 2
            assert relay.received.count(b'"recovered":false') == 1  # the first join

    asyncio.run(run())


def test_cut_in_two_handshakes_it_comes_back(program, whole_answer):
    async def run():
        async with Relay(program.port, refused=2) as relay, Client(relay.url, "demo-fast") as client:
            assert await client.end() == (whole_answer, "end")
            assert relay.connections == 3

    asyncio.run(run())


def test_where_there_is_no_such_path_it_says_so(program):
    async def run():
        async with Client(program.url + "/nowhere", "demo-fast") as client:
            answer, outcome = await client.end()
            assert answer == "" and "404" in outcome

    asyncio.run(run())


def test_a_server_that_is_full_is_asked_again(whole_answer):
    async def run(program, tab):
        async with Relay(program.port) as relay, Client(relay.url, "demo-fast") as client:
            await relay.until(lambda bytes: b'"too_many_requests"' in bytes)
            tab.socket.close()
            assert await client.end() == (whole_answer, "end")
            assert relay.connections > 1

    with Program("--max-connections", "1") as program, Tab(program) as tab:
        asyncio.run(run(program, tab))


def test_cut_before_it_heard_that_it_was_accepted_it_asks_again_and_pays_once(program, whole_answer):
    async def run():
        async with Relay(program.port) as relay, Client(relay.url, "demo-fast") as client:
            await relay.until(lambda bytes: b'"accepted"' in bytes)
            relay.cut()
            assert await client.end() == (whole_answer, "end")
            # A session's log numbers its requests: this one's only one is at its beginning.
            first = re.findall(rb'"request":"\w+","seq":\d+,"n":0', relay.received)
            assert set(first) <= {b'"request":"r1","seq":1,"n":0'}

    asyncio.run(run())


def test_what_the_server_has_forgotten_comes_as_a_snapshot(whole_answer):
    async def run(program):
        async with Relay(program.port) as relay, Client(relay.url, "demo-fast") as client:
            await client.until_it_says(10)
            relay.cut(stays_away=True)
            session = re.search(rb'"session":"([^"]+)"', relay.received).group(1).decode()
            await asyncio.to_thread(wait_for_the_end, program, session)
            relay.let_in()
            assert await client.end() == (whole_answer, "ended")
            assert relay.received.count(b'"recovered":false') == 2

    with Program("--tail-entries", "2") as program:
        asyncio.run(run(program))


def wait_for_the_end(program, session):
    """Another tab sees the session's request to its end."""
    with Tab(program, session) as tab:
        while tab.snapshot["requests"] and tab.receive()["type"] not in ("end", "aborted", "error"):
            pass


def test_ctrl_c_aborts(program, whole_answer):
    async def run():
        async with Client(program.url, "demo-slow") as client:
            await client.until_it_says(5)
            client.process.send_signal(signal.SIGINT)
            answer, outcome = await client.end()
            assert outcome == "aborted" and whole_answer.startswith(answer) and len(answer) < len(whole_answer)

    asyncio.run(run())


def test_ctrl_c_without_a_connection_aborts_when_it_is_back(program):
    async def run():
        async with Relay(program.port) as relay, Client(relay.url, "demo-slow") as client:
            await client.until_it_says(5)
            relay.cut(stays_away=True)
            client.process.send_signal(signal.SIGINT)
            relay.let_in()
            assert (await client.end())[1] == "aborted"

    asyncio.run(run())


@pytest.mark.parametrize("model, outcome", [
    ("demo-401", "The upstream wants an API key"), ("demo-500", "The upstream answered with status 500"), ("nothing", "The upstream does not know"),
])  # fmt: skip
def test_a_failure_is_told(program, model, outcome):
    async def run():
        async with Client(program.url, model) as client:
            assert (await client.end())[1].startswith(outcome)

    asyncio.run(run())


def test_the_page_shows_the_very_file():
    page = (DOCS / "write-your-own-client.md").read_text()
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert CLIENT.read_text() in blocks


def test_it_is_sixty_lines():
    lines = CLIENT.read_text().split("\n")[:-1]
    assert len(lines) <= 60 and max(map(len, lines)) <= 120
