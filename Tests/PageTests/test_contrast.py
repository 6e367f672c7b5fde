"""What a control is seen by, its border and where the focus is, stands out from what is around it (WCAG 2.2, 1.4.11: 3 to 1): measured
in what the browser has painted, since it draws some controls by itself. axe-core looks at texts alone."""

import base64

import pytest
from playwright.sync_api import expect

LEAST = 3
AROUND = 8
"""So many pixels outside a control, and inside, are looked at."""
# The highest contrast with the first pixel of a row.
CONTRAST = """async (png) => {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: 1 });
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, 1);
  const part = (value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const luminance = (at) => [0.2126, 0.7152, 0.0722].reduce((sum, share, n) => sum + share * part(data[at + n] / 255), 0);
  const first = luminance(0);
  let most = 1;
  for (let at = 4; at < data.length; at += 4) {
    const [low, high] = [first, luminance(at)].sort((a, b) => a - b);
    most = Math.max(most, (high + 0.05) / (low + 0.05));
  }
  return most;
}"""


@pytest.fixture(params=["light", "dark"])
def tab(request, open_tab, new_context, program):
    tab = open_tab(program.url, new_context(color_scheme=request.param, viewport={"width": 1440, "height": 900}))
    tab.open_settings()
    tab.open_chats()
    return tab


def contrast(tab, control, inside):
    """How much what is at the left side of a control, outside and some way inside of it, differs from what is around."""
    box = control.bounding_box()
    clip = {"x": round(box["x"]) - AROUND, "y": round(box["y"] + box["height"] / 2), "width": AROUND + inside, "height": 1}
    png = tab.page.screenshot(clip=clip, animations="disabled", caret="hide")
    return tab.page.evaluate(CONTRAST, base64.b64encode(png).decode())


def controls(tab):
    """What one writes into or chooses with, and the border that it has."""
    settings = tab.page.get_by_role("dialog", name="Settings").locator("input, textarea, select")
    for n in range(settings.count()):
        control = settings.nth(n)
        if control.is_visible():
            control.scroll_into_view_if_needed()
            yield control, control
    yield tab.message, tab.page.locator(".field")


def test_every_control_is_seen_by_its_border(tab, upstream):
    tab.ask("What is a river?")
    upstream.next_call().answer("Water.")
    tab.until_status("ended")
    seen = {}
    for control, edge in controls(tab):
        tab.page.evaluate("document.activeElement.blur()")
        seen[control.get_attribute("id") or f"{control.get_attribute('value')} theme"] = contrast(tab, edge, AROUND)
    tab.page.get_by_role("button", name="Name “What is a river?”").click()
    rename = tab.page.get_by_role("textbox", name="Name of this chat")
    rename.evaluate("node => node.style.outline = 'none'")
    seen["rename"] = contrast(tab, rename, AROUND)
    assert len(seen) > 16
    assert not {name: round(found, 2) for name, found in seen.items() if found < LEAST}


def test_the_focus_is_seen_around_every_control(tab):
    seen = {}
    for control, edge in controls(tab):
        control.evaluate("node => node.focus({ focusVisible: true })")
        seen[control.get_attribute("id") or f"{control.get_attribute('value')} theme"] = contrast(tab, edge, 2 if control == tab.message else 0)
    assert len(seen) > 15
    assert not {name: round(found, 2) for name, found in seen.items() if found < LEAST}


def test_in_colours_of_the_reader_s_own_the_chat_that_is_shown_is_marked(open_tab, new_context, program, upstream):
    tab = open_tab(program.url, new_context(forced_colors="active", viewport={"width": 1440, "height": 900}))
    for number, question in enumerate(("About rivers?", "About lakes?")):
        if number > 0:
            tab.new_chat()
        tab.ask(question)
        upstream.next_call().answer("Yes.")
        tab.until_status("ended")
    rows = tab.page.get_by_role("navigation", name="Recent chats").get_by_role("listitem")
    expect(rows).to_have_count(2)
    tab.message.focus()
    tab.message.hover()
    marks = {
        bool(row.locator("a[aria-current=page]").count()): contrast(tab, row, AROUND) for row in rows.all()
    }
    assert marks[True] >= LEAST and marks[False] == 1
