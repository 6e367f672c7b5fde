"""What the tests of the page share: one browser for all, and for each test an upstream, a program, a link and a context of its own."""

import pytest
from playwright.sync_api import expect, sync_playwright

from background import PATIENCE_S, Background
from chat_page import ChatPage
from link import Link
from places import CHROMIUM, HEADLESS, PUBLIC
from program import Program
from upstream import Upstream
from witness import Witness

expect.set_options(timeout=PATIENCE_S * 1000)


@pytest.fixture(scope="session")
def launch():
    """Launches a browser. Without a sandbox, because tests may run as root, in a container, where there is none to be had."""
    with sync_playwright() as playwright:
        yield lambda path: playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])


@pytest.fixture(scope="session")
def browser(launch):
    browser = launch(HEADLESS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def browser_with_windows(launch):
    """Where it matters which tab of a window is in front: the browser lets those behind draw a few times a second only."""
    browser = launch(CHROMIUM)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def background():
    background = Background()
    yield background
    background.close()


@pytest.fixture
def upstream(background):
    upstream = Upstream(background)
    yield upstream
    upstream.close()


@pytest.fixture
def start_program(tmp_path, upstream):
    """Starts the program with `arguments`; its upstream is the scripted one, asked once, with `settings` of its own."""
    programs = []

    def start(*arguments, settings=None, more_upstreams=None, public=PUBLIC):
        scripted = {"base_url": upstream.url, "model": "river-1", "retry": {"attempts": 1}, "breaker": {"failures": 0}}
        upstreams = {"scripted": {**scripted, **(settings or {})}, **(more_upstreams or {})}
        programs.append(Program(tmp_path, upstreams, *arguments, public=public))
        return programs[-1]

    yield start
    for program in programs:
        program.close()


@pytest.fixture
def program(start_program):
    return start_program()


@pytest.fixture
def start_link(background):
    """Starts a link to a port."""
    links = []

    def start(port):
        links.append(Link(background, port))
        return links[-1]

    yield start
    for link in links:
        link.close()


@pytest.fixture
def link(start_link, program):
    return start_link(program.port)


@pytest.fixture
def witness():
    witness = Witness()
    yield witness
    assert not witness.unexpected(), "\n".join(witness.unexpected())


@pytest.fixture
def new_context(browser, witness, start_program, start_link):
    """Makes a profile of its own, as one window in private mode is. Whatever it complains of fails the test. It depends on what
    pages connect to, so that pages are closed first and do not complain of that, too."""
    contexts = []

    def new(browser=browser, **options):
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE_S * 1000)
        witness.watch(context)
        contexts.append(context)
        return context

    yield new
    for context in contexts:
        context.close()


@pytest.fixture
def context(new_context):
    return new_context()


@pytest.fixture
def open_tab(new_context):
    """Opens a tab at an address, and waits until it is connected. Without a context it gets one of its own."""

    def open_tab(address, context=None):
        tab = ChatPage((context or new_context()).new_page())
        tab.page.goto(address)
        tab.until_open()
        return tab

    return open_tab
