"""The page on screens from a phone's to a wall's, in light and dark, and where it stands while text flows in."""

import pytest
from playwright.sync_api import expect

from long_answer import markdown, tokens
from questions import Questions
from words import words

WIDE = "A line that does not fit: `" + "x" * 400 + "`\n\n```\n" + "y" * 400 + "\n```\n\n" + "z" * 400 + "\n\n"
TABLE = "| " + " | ".join(f"column {n}" for n in range(20)) + " |\n" + "|---" * 20 + "|\n" + "| 12345 " * 20 + "|\n\n"
# What the page scrolls to sideways, and what is cut off at its side: all but what scrolls in a box of its own, as code does.
TOO_WIDE = """() => {
  const scrolls = (node) => node !== null && node.matches("[role=log]") === false
    && (/auto|scroll/.test(getComputedStyle(node).overflowX) || scrolls(node.parentElement));
  const wide = [document.scrollingElement, document.querySelector("[role=log]")].filter((node) => node.scrollWidth > node.clientWidth);
  const cut = [...document.body.querySelectorAll("*")].filter((node) => {
    const { left, right, width, height } = node.getBoundingClientRect();
    return width > 1 && height > 1 && node.checkVisibility() && (left < -1 || right > innerWidth + 1) && !scrolls(node.parentElement);
  });
  return [...wide, ...cut].map((node) => `${node.tagName} ${node.id} ${node.className}`);
}"""
SCROLLER = """log => { let node = log;
  while (node && !(node.scrollHeight > node.clientHeight && /auto|scroll/.test(getComputedStyle(node).overflowY))) node = node.parentElement;
  return node ?? document.scrollingElement; }"""


def is_within(box, viewport):
    return box["x"] >= 0 and box["y"] >= 0 and box["x"] + box["width"] <= viewport["width"] and box["y"] + box["height"] <= viewport["height"]


@pytest.mark.parametrize("width, height", [(360, 640), (768, 1024), (1440, 900), (3840, 2160)])
def test_nothing_is_wider_than_the_screen(width, height, open_tab, new_context, program, upstream):
    viewport = {"width": width, "height": height}
    tab = open_tab(program.url, new_context(viewport=viewport))
    assert tab.page.evaluate(TOO_WIDE) == []
    model = tab.page.get_by_role("combobox", name="Model", exact=True)
    model.fill("m" * 100)
    model.press("Enter")
    tab.ask("Something wide, please: " + "w" * 300)
    call = upstream.next_call()
    # What it is told to have cost takes more than a phone's line: thoughts are counted, too, and by a table that is not the model's.
    call.think(*words(1, 100))
    call.answer(WIDE, TABLE, *words(1, 300), reason="length")
    tab.until_status("ended")
    tab.until_says("w0300")
    assert tab.page.evaluate(TOO_WIDE) == []
    for control in (tab.message, tab.send_button):
        assert is_within(control.bounding_box(), viewport)
    if width > 700:
        # A line that is read easily has some 80 characters.
        assert tab.answer().bounding_box()["width"] <= 60 * tab.answer().evaluate("node => parseFloat(getComputedStyle(node).fontSize)")
    for panel in ("Settings", "Chats"):
        if not tab.page.get_by_role("dialog", name=panel).is_visible():
            tab.page.get_by_role("button", name=panel, exact=True).click()
        expect(tab.page.get_by_role("dialog", name=panel)).to_be_visible()
        assert tab.page.evaluate(TOO_WIDE) == [], panel
        tab.page.get_by_role("dialog", name=panel).get_by_role("button", name="Close").first.click()


def test_a_long_name_in_what_is_said_does_not_reach_over_the_edge(open_tab, new_context, program, upstream):
    context = new_context(viewport={"width": 360, "height": 640})
    aborts = Questions(context, "abort")
    tab = open_tab(program.url, context)
    notice = tab.page.locator("#notice")
    tab.ask("Count, please.")
    call = upstream.next_call()
    call.say("One")
    tab.until_says("One")
    tab.stop_button.click()
    aborts.next(tab, "abort").fail("n" * 200)
    expect(notice).to_contain_text("n" * 200)
    assert tab.page.evaluate(TOO_WIDE) == []
    expect(notice.get_by_role("button", name="Dismiss")).to_be_in_viewport(ratio=1)


def test_the_end_is_followed_unless_the_reader_has_scrolled_up(open_tab, program, upstream):
    tab = open_tab(program.url)
    scroller = tab.log.evaluate_handle(SCROLLER)
    to_end = tab.page.get_by_role("button", name="To the end")
    tab.ask("Much, please.")
    call = upstream.next_call()
    for piece in tokens(markdown(6000)):
        call.say(piece)
    tab.until("log => log.scrollHeight > 3 * log.clientHeight", tab.log.element_handle())
    scroller = tab.log.evaluate_handle(SCROLLER)
    at_end = "node => node.scrollHeight - node.scrollTop - node.clientHeight < 8"
    tab.until(at_end, scroller)
    expect(to_end).to_be_hidden()
    # The reader scrolls up, and stays where that was, whatever comes.
    tab.log.hover()
    tab.page.mouse.wheel(0, -600)
    expect(to_end).to_be_visible()
    place = settled(tab.page, scroller)
    height = scroller.evaluate("node => node.scrollHeight")
    call.say(*words(1, 400))
    tab.until_says("w0400")
    tab.until("([node, height]) => node.scrollHeight > height", [scroller, height])
    assert settled(tab.page, scroller) == place
    # Back at the end, the page goes along again.
    to_end.click()
    tab.until(at_end, scroller)
    expect(to_end).to_be_hidden()
    call.say(*words(401, 800))
    tab.until_says("w0800")
    tab.until(at_end, scroller)
    # A new question shows itself, wherever one was.
    tab.page.mouse.wheel(0, -600)
    expect(to_end).to_be_visible()
    call.finish()
    tab.ask("And this?")
    upstream.next_call().answer("This.")
    tab.until(at_end, scroller)


def settled(page, scroller):
    """Where the scroller stands once it has stood still for ten frames."""
    return page.evaluate(
        """node => new Promise((resolve) => {
          let top = node.scrollTop, still = 0;
          const look = () => {
            still = node.scrollTop === top ? still + 1 : 0;
            top = node.scrollTop;
            if (still < 10) requestAnimationFrame(look); else resolve(top);
          };
          look();
        })""",
        scroller,
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_as_light_or_dark_as_the_system_and_as_the_reader_wants_it(scheme, open_tab, new_context, program):
    other = {"light": "dark", "dark": "light"}[scheme]
    tab = open_tab(program.url, new_context(color_scheme=scheme))
    assert brightness(tab) == scheme
    tab.open_settings()
    tab.page.get_by_role("radio", name=other.capitalize()).check()
    assert brightness(tab) == other
    tab.reload()
    assert brightness(tab) == other, "it was not remembered"
    tab.open_settings()
    tab.page.get_by_role("radio", name="System").check()
    assert brightness(tab) == scheme


def brightness(tab):
    """What colour the page really has behind its text."""
    red, green, blue = tab.page.evaluate("""() => {
      const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).map(Number);
      return [red, green, blue];
    }""")
    return "light" if red + green + blue > 3 * 128 else "dark"


def test_nothing_moves_where_less_motion_is_wanted(open_tab, new_context, program, upstream):
    running = "document.getAnimations().filter((each) => each.playState === 'running').length"
    still = open_tab(program.url, new_context(reduced_motion="reduce"))
    lively = open_tab(still.address, new_context(reduced_motion="no-preference"))
    still.ask("Take your time.")
    call = upstream.next_call()
    for tab in (still, lively):
        expect(tab.turns.last).to_have_attribute("aria-busy", "true")
    lively.until(f"{running} > 0")
    assert still.page.evaluate(running) == 0
    call.answer("Here.")
    still.until_status("ended")


def test_a_reader_gets_away_from_the_end_by_small_steps_too(open_tab, program, upstream):
    """As a finger or a touchpad scrolls, a little at a time, while text flows in."""
    tab = open_tab(program.url)
    tab.ask("Much, please.")
    call = upstream.next_call()
    call.say(*tokens(markdown(6000)))
    tab.until("log => log.scrollHeight > 3 * log.clientHeight", tab.log.element_handle())
    flow = call.flow(tokens(markdown(12000, seed=2)), per_s=500)
    tab.log.hover()
    for _ in range(30):
        tab.page.mouse.wheel(0, -25)
        tab.page.evaluate("new Promise(requestAnimationFrame)")
    expect(tab.page.get_by_role("button", name="To the end")).to_be_visible()
    scroller = tab.log.evaluate_handle(SCROLLER)
    place = settled(tab.page, scroller)
    flow.result()
    assert settled(tab.page, scroller) == place
