"""Everything can be done without a mouse, and one always sees where one is."""

import pytest
from playwright.sync_api import expect

NAME = """() => { const node = document.activeElement;
  return node === document.body ? "" : (node.ariaLabel || node.labels?.[0]?.innerText || node.innerText || node.id).trim(); }"""
BOX = """() => { const { x, y, width, height } = document.activeElement.getBoundingClientRect();
  return { x, y, width, height }; }"""


def focused(tab):
    return tab.page.evaluate(NAME)


def press(tab, *keys):
    for key in keys:
        tab.page.keyboard.press(key)


def tab_to(tab, name, key="Tab"):
    """Presses the key until what has the focus is called so."""
    for _ in range(60):
        if focused(tab) == name:
            return
        press(tab, key)
    raise AssertionError(f"{key} does not lead to {name}")


@pytest.fixture
def tab(open_tab, program):
    return open_tab(program.url)


def answered(tab, upstream, question, answer):
    press_text(tab, question)
    upstream.next_call().answer(answer)
    tab.until_status("ended")


def press_text(tab, question):
    tab.page.keyboard.type(question)
    press(tab, "Enter")


def test_one_can_write_at_once_and_send_with_enter(tab, upstream):
    expect(tab.message).to_be_focused()
    tab.page.keyboard.type("Line one")
    press(tab, "Shift+Enter")
    tab.page.keyboard.type("line two")
    press(tab, "Enter")
    call = upstream.next_call()
    assert call.question == "Line one\nline two"
    call.answer("Two lines.")
    tab.until_status("ended")
    expect(tab.message).to_be_focused()
    expect(tab.message).to_have_value("")


def test_every_stop_of_the_tab_key_is_seen_and_none_is_a_trap(tab, upstream):
    answered(tab, upstream, "Where am I?", "Here, with `code` and a [link](https://example.com/).\n\n```\ncode\n```\n")
    tab.open_settings()
    tab.open_chats()
    tab.page.evaluate("document.activeElement.blur()")
    invisible, names = [], []
    while True:
        press(tab, "Tab")
        name = focused(tab)
        if name == "":
            continue  # Between the last and the first the browser's own controls have their turn.
        if names and name == names[0]:
            break
        names.append(name)
        assert len(names) < 80, f"no way out of {names[-3:]}"
        if not is_seen(tab):
            invisible.append(name)
    assert not invisible
    for expected in ("Message", "Send", "Model", "Settings", "Chats", "New chat", "Try again", "Copy answer", "Temperature"):
        assert expected in names, f"{expected} is not among {names}"
    # And all the way back.
    for name in reversed(names):
        press(tab, "Shift+Tab")
        if focused(tab) == "":
            press(tab, "Shift+Tab")
        assert focused(tab) == name


def is_seen(tab):
    """Whether the page looks another way where the focus is."""
    box = tab.page.evaluate(BOX)
    viewport = tab.page.viewport_size
    left, top = max(box["x"] - 8, 0), max(box["y"] - 8, 0)
    clip = {"x": left, "y": top, "width": min(box["width"] + 16, viewport["width"] - left), "height": min(box["height"] + 16, viewport["height"] - top)}
    with_focus = tab.page.screenshot(clip=clip, animations="disabled")
    tab.page.evaluate("window.focusedNode = document.activeElement; focusedNode.blur()")
    without = tab.page.screenshot(clip=clip, animations="disabled")
    tab.page.evaluate("focusedNode.focus({ focusVisible: true })")
    return with_focus != without


RING = 4
"""The outline of what has the focus reaches so far beyond it, in pixels."""


def test_the_focus_is_seen_on_every_side_of_what_has_it(tab, upstream):
    # What stands at the edges of a list that scrolls, and of a turn that is drawn by itself, being not the last one.
    answered(tab, upstream, "Where am I?", "[Here](https://example.com/), in a text with a link and a block of code.\n\n```\ncode\n```\n")
    answered(tab, upstream, "And now?", "There.")
    expect(tab.turns).to_have_count(2)
    for focusable in tab.turns.first.locator("a, button:visible, summary, [tabindex='0']").all():
        assert_ringed(tab, focusable, RING)
    tab.new_chat()
    recents = tab.page.get_by_role("navigation", name="Recent chats")
    assert_ringed(tab, recents.get_by_role("link"), 0)
    recents.get_by_role("link").hover()
    recents.get_by_role("button", name="Name “Where am I?”").click()
    assert_ringed(tab, recents.get_by_role("textbox"), 0)


def assert_ringed(tab, locator, reach):
    """Whether the page looks another way on each side, where the outline is: within this many pixels of the border, or within it."""
    locator.scroll_into_view_if_needed()
    x, y, width, height = (locator.bounding_box()[side] for side in ("x", "y", "width", "height"))
    wide = max(reach, 2)
    strips = {
        "left": (x - reach, y + height / 3, wide, height / 3),
        "right": (x + width + reach - wide, y + height / 3, wide, height / 3),
        "top": (x + width / 3, y - reach, width / 3, wide),
        "bottom": (x + width / 3, y + height + reach - wide, width / 3, wide),
    }
    locator.evaluate("node => { node.focus({ focusVisible: true }); window.focusedNode = node; }")
    with_focus = {side: strip_of(tab, strip) for side, strip in strips.items()}
    tab.page.evaluate("focusedNode.style.outline = 'none'")
    missing = [side for side, strip in strips.items() if strip_of(tab, strip) == with_focus[side]]
    tab.page.evaluate("focusedNode.style.outline = ''")
    assert not missing, f"{locator.evaluate('node => node.outerHTML.slice(0, 100)')}: {missing}"


def strip_of(tab, strip):
    clip = dict(zip(("x", "y", "width", "height"), strip, strict=True))
    return tab.page.screenshot(clip=clip, animations="disabled")


def test_stop_by_keyboard_keeps_the_focus(tab, upstream):
    press_text(tab, "Count, please.")
    call = upstream.next_call()
    call.say("one ")
    tab.until_says("one")
    tab_to(tab, "Stop")
    press(tab, "Enter")
    call.until_closed()
    tab.until_status("aborted")
    expect(tab.message).to_be_focused()


def test_try_again_and_edit_keep_the_focus(tab, upstream):
    answered(tab, upstream, "A number?", "Four.")
    tab_to(tab, "Try again", "Shift+Tab")
    press(tab, "Enter")
    upstream.next_call().answer("Five.")
    tab.until_says("Five.")
    assert focused(tab) != "", "the focus is lost after trying again"
    tab.message.focus()
    tab_to(tab, "Edit question", "Shift+Tab")
    press(tab, "Enter")
    expect(tab.message).to_be_focused()
    expect(tab.message).to_have_value("A number?")
    press(tab, "Escape")
    expect(tab.message).to_have_value("")
    expect(tab.message).to_be_focused()


def test_a_failure_is_tried_again_by_keyboard(tab, upstream):
    press_text(tab, "A number?")
    upstream.next_call().refuse(503, "Busy.")
    tab.until_status("failed")
    tab_to(tab, "Try again", "Shift+Tab")
    press(tab, "Enter")
    upstream.next_call().answer("Six.")
    tab.until_says("Six.")
    assert focused(tab) != ""


@pytest.mark.parametrize("name", ["Settings", "Chats"])
def test_a_dialog_on_a_phone_holds_the_focus_and_gives_it_back(name, open_tab, new_context, program):
    tab = open_tab(program.url, new_context(viewport={"width": 390, "height": 800}))
    tab_to(tab, name)
    press(tab, "Enter")
    dialog = tab.page.get_by_role("dialog", name=name)
    expect(dialog).to_be_visible()
    for _ in range(40):
        press(tab, "Tab")
        # Between the last and the first the browser's own controls have their turn.
        assert tab.page.evaluate("document.activeElement === document.body || document.activeElement.closest('dialog[open]') !== null")
    press(tab, "Escape")
    expect(dialog).to_be_hidden()
    assert focused(tab) == name


def test_escape_closes_what_is_open_before_it_stops_anything(tab, upstream):
    press_text(tab, "Count, please.")
    call = upstream.next_call()
    call.say("one ")
    tab.until_says("one")
    picker = tab.page.get_by_role("combobox", name="Model", exact=True)
    picker.click()
    expect(tab.page.get_by_role("listbox", name="Models")).to_be_visible()
    press(tab, "Escape")
    expect(tab.page.get_by_role("listbox", name="Models")).to_be_hidden()
    call.say("two ")
    tab.until_says("two")
    tab.until_status("running")
    press(tab, "Escape")
    tab.until_status("aborted")


@pytest.mark.parametrize("name", ["Settings", "Chats"])
def test_escape_in_an_open_column_closes_that_and_nothing_else(name, open_tab, new_context, program, upstream):
    tab = open_tab(program.url, new_context(viewport={"width": 1400, "height": 900}))
    press_text(tab, "Count, please.")
    call = upstream.next_call()
    call.say("one ")
    tab.until_says("one")
    press(tab, "ArrowUp")
    tab.message.fill("Count anew, please.")
    column = tab.page.get_by_role("dialog", name=name)
    if not column.is_visible():
        tab.page.get_by_role("button", name=name, exact=True).click()
    column.get_by_role("button").last.focus()
    press(tab, "Escape")
    expect(column).to_be_hidden()
    assert focused(tab) == name
    expect(tab.message).to_have_value("Count anew, please.")
    call.say("two ")
    tab.until_says("two")
    tab.until_status("running")
    tab.message.fill("Count, please.")
    press(tab, "Escape")
    expect(tab.message).to_have_value("")
    press(tab, "Escape")
    tab.until_status("aborted")


def test_a_model_is_chosen_by_keyboard(tab, upstream):
    picker = tab.page.get_by_role("combobox", name="Model", exact=True)
    tab_to(tab, "Model")
    press(tab, "ArrowDown")
    expect(picker).to_have_attribute("aria-expanded", "true")
    tab.page.keyboard.type("mini")
    expect(tab.page.get_by_role("option").filter(has_text="river-1-mini")).to_be_visible()
    press(tab, "ArrowDown")
    active = picker.get_attribute("aria-activedescendant")
    expect(tab.page.locator(f"[id='{active}']")).to_have_attribute("aria-selected", "true")
    press(tab, "Enter")
    expect(picker).to_have_attribute("aria-expanded", "false")
    tab.message.focus()
    press_text(tab, "Who are you?")
    assert upstream.next_call().body["model"] == "river-1-mini"


def test_reasoning_is_unfolded_by_keyboard(tab, upstream):
    press_text(tab, "Is it raining?")
    call = upstream.next_call()
    call.think("No window here.")
    call.answer("It is.")
    tab.until_status("ended")
    tab.log.focus()
    for _ in range(10):
        press(tab, "Tab")
        if tab.page.evaluate("document.activeElement.matches('summary, [aria-expanded]')"):
            break
    press(tab, "Enter")
    expect(tab.turns.last.get_by_text("No window here.")).to_be_visible()
