"""What a browser keeps may have been written by another version of the page, by another program, or by a hand that means no good.
The page opens all the same."""

import json

import pytest

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
TEXTS = [
    {"ID": HUGE, "__proto__": "x", "constructor": "y", "": "z"},
    {"ID": ["x"], "ID r1": "Was it?", "ID ": "none", "ID a b c": "blanks", "ID __proto__": "x", "ID " + "r" * 5000: "long"},
    {"ID": "x" * 500_000, "ID r1": "y" * 500_000},
    {f"s{n}": "x" for n in range(5000)},
]
STORED = [
    ("localStorage", "tributary.recents", LISTS + RECENTS),
    ("localStorage", "tributary.preferences", LISTS + PREFERENCES),
    ("sessionStorage", "tributary.titles", LISTS + TEXTS),
    ("sessionStorage", "tributary.drafts", LISTS + TEXTS),
    ("sessionStorage", "tributary.unsent", LISTS + TEXTS),
]


@pytest.mark.parametrize("storage, key, values", STORED, ids=[key for _, key, _ in STORED])
def test_whatever_is_stored_the_page_opens_and_can_be_used(storage, key, values, open_tab, program, context):
    tab = open_tab(program.url, context)
    id = tab.address.partition("#")[2]
    tab.open_chats()
    for value in values:
        text = value if value == "{" else json.dumps(value).replace("ID", id)
        tab.page.evaluate("([storage, key, text]) => window[storage].setItem(key, text)", [storage, key, text])
        tab.page.reload()
        tab.until("!document.querySelector('#welcome').hidden || document.querySelectorAll('.turn').length > 0")
        tab.until_open()
        tab.message.fill("This can be written.")
        # The list of chats is drawn with what is stored.
        tab.page.evaluate("dispatchEvent(new StorageEvent('storage', { key: null }))")
    tab.page.evaluate("localStorage.clear(); sessionStorage.clear()")
    tab.reload()
