"""What the page weighs on the wire when it is opened, and when it is opened again."""

import shutil
import subprocess

import pytest
from playwright.sync_api import expect

from chat_page import ChatPage
from places import PUBLIC, ROOT
from program import Program
from wire import Wire

FIRST_LOAD_BYTES = 150_000
UNCHANGED_BYTES = 500
"""An answer that says that nothing has changed, and nothing else."""
CONNECTIONS = 6
"""So many a browser opens to one host."""

ANSWER = "# Rivers\n\nA *tributary* flows into a larger one.\n\n| river | length |\n|---|---|\n| Main | 525 km |\n"
CODE = "```python\nprint('confluence')\n```\n"


@pytest.fixture(scope="module")
def precompressed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page") / "public"
    shutil.copytree(PUBLIC, folder, ignore=shutil.ignore_patterns("*.br", "*.gz"))
    subprocess.run([ROOT / "scripts" / "precompress", folder], check=True, capture_output=True)
    return folder


@pytest.fixture
def folder(tmp_path, precompressed):
    """The page as it is served where it was compressed beforehand; a test may edit it."""
    return shutil.copytree(precompressed, tmp_path / "public")


@pytest.fixture
def compressed(tmp_path, upstream, folder):
    upstreams = {"scripted": {"base_url": upstream.url, "model": "river-1"}}
    program = Program(tmp_path, upstreams, public=folder)
    yield program
    program.close()


@pytest.fixture
def opened(compressed, context):
    """Opens a tab; the exchanges, when all that it fetches by itself is there."""

    def opened(address=compressed.url):
        tab = ChatPage(context.new_page())
        wire = Wire(tab.page)
        tab.page.goto(address, wait_until="networkidle")
        tab.until_open()
        return tab, wire

    return opened


def total(exchanges):
    return sum(exchange.bytes for exchange in exchanges)


def paths(exchanges):
    return [exchange.path for exchange in exchanges]


def ask(tab, upstream, answer):
    number = tab.turns.count()
    tab.ask("Tell me about rivers.")
    upstream.next_call().answer(answer)
    expect(tab.turns).to_have_count(number + 1)
    tab.until_status("ended")
    until_rendered(tab)


def until_rendered(tab):
    """Until the libraries have come and have made of the last answer what it is."""
    expect(tab.answer().locator("table, pre")).to_be_visible()


def test_the_first_load_is_light(opened, upstream, record_property):
    tab, wire = opened()
    ask(tab, upstream, ANSWER)
    exchanges = wire.take()
    record_property("first load", total(exchanges))
    assert {exchange.status for exchange in exchanges} == {200}
    assert not [path for path in paths(exchanges) if "highlight.min" in path], "the highlighter comes with code alone"
    assert total(exchanges) < FIRST_LOAD_BYTES, f"{total(exchanges)} bytes in {len(exchanges)} files"
    assert sorted(paths(exchanges)) == sorted(set(paths(exchanges))), "something was fetched twice"
    assert len({exchange.connection for exchange in exchanges}) <= CONNECTIONS
    texts = [exchange for exchange in exchanges if exchange.headers.get("vary") == "Accept-Encoding"]
    assert texts and {exchange.headers.get("content-encoding") for exchange in texts} <= {"br", "gzip"}


def test_the_second_load_fetches_nothing_anew(opened, upstream, record_property):
    tab, wire = opened()
    ask(tab, upstream, ANSWER)
    first = wire.take()
    tab.page.close()
    tab, wire = opened(tab.address)
    expect(tab.turns).to_have_count(1)
    until_rendered(tab)
    second = wire.take()
    record_property("second load", total(second))
    assert set(paths(second)) == set(paths(first))
    assert {exchange.status for exchange in second} == {304}
    assert max(exchange.bytes for exchange in second) < UNCHANGED_BYTES


def test_what_was_edited_is_fetched_anew_and_nothing_else(opened, folder):
    _, wire = opened()
    wire.take()
    page = folder / "index.html"
    page.write_text(page.read_text().replace("<title>", "<title>Edited: "))
    tab, wire = opened()
    assert "Edited: " in tab.page.title()
    exchanges = wire.take()
    assert [exchange.path for exchange in exchanges if exchange.status != 304] == ["/"]
    # Its compressed siblings have another time now.
    assert [exchange.headers.get("content-encoding") for exchange in exchanges if exchange.path == "/"] == [None]


def test_the_highlighter_comes_with_the_first_code(opened, upstream):
    tab, _ = opened()
    ask(tab, upstream, ANSWER)
    assert not tab.page.workers
    ask(tab, upstream, CODE)
    # In a worker, under the rules of its own script, from the compressed file.
    expect(tab.log.locator("[class^=hljs-]").first).to_be_visible()
    assert len(tab.page.workers) == 1
