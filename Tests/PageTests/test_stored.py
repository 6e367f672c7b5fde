"""What a browser keeps may have been written by another version of the page, by another program, or by a hand that means no good.
The page opens all the same."""

import json
import re

import pytest
from playwright.sync_api import expect

HUGE = 1e300
LISTS = [None, 1, "x", [], {}, "{", [None], {"id": "a"}]
RECENTS = [
    [{"id": "abc", "at": HUGE}, {"id": "abd", "at": -HUGE}, {"id": "abe", "at": 8.64e15 + 1}, {"id": "abf", "at": 1}],
    [{"id": "abc", "at": at, "name": at} for at in (None, "1", [1], {}, True)],
    [{"id": id, "at": 1, "name": "x" * 5000} for id in ("", "a b", "#a", "__proto__", "constructor", "abc", "abc", 5, None, "a" * 200)],
    [[["abc", 1]], "abc", 5, None, True],
    [{"id": f"s{n}", "at": n} for n in range(5000)],
]
PREFERENCES = [
    {"theme": "pink", "model": 5, "upstream": [], "temperature": HUGE, "fit": "yes", "showsChats": 1, "showsSettings": {}},
    {"theme": ["dark"], "reasoning_effort": "colossal", "n": "-1", "seed": "9" * 400, "budget": "1e9", "max_tokens": "∞"},
    {"model": "m" * 512, "upstream": "\n\t\u0000", "temperature": "\u202e0.5\ud800", "top_p": "1" * 5000},
    {"__proto__": {"theme": "dark"}, "constructor": 1, "toString": "x"},
]
TITLES = [
    {"ID": HUGE, "__proto__": "x", "constructor": "y", "": "z"},
    {"ID": "x" * 500_000},
    {f"s{n}": "x" for n in range(5000)},
]
# What is written for a chat lies under a key of its own, and a list names those.
INDEXES = [["ID", "ID r1"], ["ID r1", "ID r1", "ID", "ID"], ["ID", "", "ID ", "ID a b c", "ID __proto__", "__proto__", 5, None, ["ID"]]]
TEXTS = LISTS + [HUGE, True, ["x"], {"text": "x"}, "<img src=x onerror=alert(1)>", "\u0000\u202e\ud800", "x" * 500_000]
CARRIED = [{"session": "ID", "text": text} for text in TEXTS] + [{"session": ["ID"], "text": "x"}, {"session": "ID"}]
STORED = [
    ("localStorage", "tributary.recents", LISTS + RECENTS),
    ("localStorage", "tributary.preferences", LISTS + PREFERENCES),
    ("sessionStorage", "tributary.titles", LISTS + TITLES),
    ("sessionStorage", "tributary.carried", LISTS + CARRIED),
]
WRITTEN = ["tributary.drafts", "tributary.unsent", "tributary.system"]


@pytest.fixture
def tab(open_tab, program, context):
    tab = open_tab(program.url, context)
    tab.open_chats()
    return tab


def store(tab, storage, key, value):
    id = tab.address.partition("#")[2]
    text = value if value == "{" else json.dumps(value).replace("ID", id)
    tab.page.evaluate("([storage, key, text]) => window[storage].setItem(key, text)", [storage, key.replace("ID", id), text])


def opens(tab):
    """The page opens, has joined, and can be used."""
    tab.page.reload()
    tab.until("!document.querySelector('#welcome').hidden || document.querySelectorAll('.turn').length > 0")
    tab.until_open()
    expect(tab.tabs).to_contain_text("1")
    # The list of chats is drawn with what is stored.
    tab.page.evaluate("dispatchEvent(new StorageEvent('storage', { key: null }))")


def emptied(tab):
    tab.page.evaluate("localStorage.clear(); sessionStorage.clear()")
    tab.reload()


@pytest.mark.parametrize("storage, key, values", STORED, ids=[key for _, key, _ in STORED])
def test_whatever_is_stored_the_page_opens_and_can_be_used(storage, key, values, tab):
    for value in values:
        store(tab, storage, key, value)
        opens(tab)
        tab.message.fill("This can be written.")
    emptied(tab)


@pytest.mark.parametrize("name", WRITTEN)
def test_whatever_is_stored_as_written_the_page_opens_and_can_be_used(name, tab):
    for index in LISTS:
        store(tab, "sessionStorage", name, index)
        opens(tab)
    for number, text in enumerate(TEXTS):
        tab.page.evaluate("sessionStorage.clear()")
        index = INDEXES[number % len(INDEXES)]
        store(tab, "sessionStorage", name, index)
        for key in index:
            if isinstance(key, str):
                store(tab, "sessionStorage", f"{name} {key}", text)
        opens(tab)
        if isinstance(text, str) and text.startswith("<"):
            place = tab.page.locator("#system") if name == "tributary.system" else tab.message
            expect(place).to_have_value(re.compile(re.escape(text)))  # It is read, and is no more than words.
        tab.message.fill("This can be written.")
    emptied(tab)
