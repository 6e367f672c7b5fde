"""Takes the pictures of the page that the documents show: the real page and program, and a model that says the same each time."""

import argparse
import base64
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from background import Background
from chat_page import ChatPage
from long_answer import tokens
from places import CHROMIUM, ROOT
from program import Program
from upstream import Upstream

WIDE = {"width": 1280, "height": 820}
TAB = {"width": 720, "height": 820}
PHONE = {"width": 390, "height": 800}

EARLIER = ["Names for a canal boat", "Three days in Ljubljana", "Why is my sourdough flat?"]
QUESTION = "I measure a stream by hand: width, depth, speed. How much water is that, and what should I look out for?"
THOUGHT = "They have a cross-section and a speed. Discharge is area times mean speed; surface speed is higher than the mean."
ANSWER = """The **discharge** is the cross-section times the mean speed of the water:

```python
def discharge(width, depths, surface_speed):
    \"\"\"Cubic metres a second, from metres and metres a second.\"\"\"
    mean_depth = sum(depths) / len(depths)
    # Water is slower at the bed: the mean is some 85 % of the surface.
    return width * mean_depth * surface_speed * 0.85

print(discharge(4.2, [0.3, 0.5, 0.4], 0.6))  # 0.86
```

Most of the error is in the depth, so measure it more than once across the stream:

| points across | typical error |
|---:|---:|
| 3 | 20 % |
| 7 | 9 % |
| 15 | 4 % |

- Choose a **straight reach** without eddies.
- Time a float over *ten metres*, five times, and take the middle value.
"""
FOLLOW_UP = "And if there is ice at the edges?"
SECOND_ANSWER = """Then measure the **open width** only, and add what flows below the ice if it does not lie on the bed:

1. Cut holes at two or three places and sound the depth from the *lower side* of the ice.
2. Under ice the water is held back above and below, so its fastest layer lies near the middle: take the speed at half the depth, times 0.9.
3. Add both parts. The sum is what a gauge downstream would show once the stream is open again.
"""


class Stage:
    """Browser, program and model for a series of pictures."""

    def __init__(self, stack, folder):
        background = Background()
        stack.callback(background.close)
        self.upstream = Upstream(background)
        stack.callback(self.upstream.close)
        settings = {"base_url": self.upstream.url, "model": "river-1", "retry": {"attempts": 1}}
        self.program = Program(Path(folder), {"harbour": settings})
        stack.callback(self.program.close)
        playwright = stack.enter_context(sync_playwright())
        self.browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        stack.callback(self.browser.close)

    @contextmanager
    def tab(self, address=None, **options):
        context = self.browser.new_context(locale="en-GB", **options)
        tab = ChatPage(context.new_page())
        tab.page.goto(address or self.program.url)
        tab.until_open()
        yield tab
        context.close()

    def ask(self, tab, question, answer, thought=None):
        """A question and a whole answer, said as fast as models do."""
        tab.ask(question)
        call = self.upstream.next_call()
        if thought:
            call.flow(tokens(thought), per_s=15, field="reasoning_content").result()
        call.flow(tokens(answer), per_s=150).result()
        call.finish(usage={"prompt_tokens": 34, "completion_tokens": len(tokens(answer)), "total_tokens": 0})
        tab.until_status("ended")

    def tell_earlier_chats(self, tab):
        for question in EARLIER:
            self.ask(tab, question, "Gladly.")
            tab.new_chat()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "docs" / "images", help="where the pictures go")
    folder = parser.parse_args().folder
    with ExitStack() as stack:
        stage = Stage(stack, stack.enter_context(tempfile.TemporaryDirectory()))
        take_conversation(stage, folder / "page-light.png", viewport=WIDE, color_scheme="light")
        take_conversation(stage, folder / "page-dark.png", viewport=WIDE, color_scheme="dark")
        take_phone(stage, folder / "page-phone.png")
        take_error(stage, folder / "page-error.png")
        take_two_tabs(stage, folder / "two-tabs.png")


def take_conversation(stage, path, **options):
    with stage.tab(**options) as tab:
        stage.tell_earlier_chats(tab)
        stage.ask(tab, QUESTION, ANSWER, THOUGHT)
        show(tab, "start")
        save(tab, path)


def take_phone(stage, path):
    with stage.tab(viewport=PHONE, device_scale_factor=2, has_touch=True, is_mobile=True, color_scheme="light") as tab:
        stage.ask(tab, QUESTION, ANSWER, THOUGHT)
        show(tab, "start")
        save(tab, path)


def take_error(stage, path):
    with stage.tab(viewport=WIDE, color_scheme="light") as tab:
        stage.tell_earlier_chats(tab)
        stage.ask(tab, QUESTION, ANSWER.split("```")[0] + "Shall I write that as a program?")
        tab.ask("Yes, please.")
        stage.upstream.next_call().refuse(429, "You have asked for 41,200 tokens in this minute.", headers={"Retry-After": "40"})
        tab.until_status("failed")
        save(tab, path)


def take_two_tabs(stage, path):
    """Side by side, in the middle of an answer."""
    with stage.tab(viewport=TAB, color_scheme="light") as left:
        stage.ask(left, QUESTION, ANSWER, THOUGHT)
        with stage.tab(left.address, viewport=TAB, color_scheme="dark") as right:
            left.ask(FOLLOW_UP)
            call = stage.upstream.next_call()
            call.flow(tokens(SECOND_ANSWER[: len(SECOND_ANSWER) // 2]), per_s=150).result()
            said = SECOND_ANSWER[: len(SECOND_ANSWER) // 2].split()[-2].strip("*")
            for tab in (left, right):
                tab.until_says(said)
                tab.page.mouse.move(0, 0)
            pictures = [tab.page.screenshot() for tab in (left, right)]
            call.finish()
    page = stage.browser.new_page(viewport={"width": 2 * TAB["width"] + 24, "height": TAB["height"]})
    images = "".join(f'<img src="data:image/png;base64,{base64.b64encode(picture).decode()}">' for picture in pictures)
    page.set_content(f'<body style="margin:0; display:flex; gap:24px; background:#b9c4c6">{images}</body>')
    page.screenshot(path=path)
    page.close()


def show(tab, place):
    """Scrolls the conversation to its start or to its end."""
    tab.log.evaluate("(log, place) => log.scrollTo({ top: place === 'start' ? 0 : log.scrollHeight })", place)


def save(tab, path):
    tab.message.blur()
    tab.page.mouse.move(0, 0)
    # Highlighting comes from a worker, when it has time.
    if tab.page.locator("pre code").count():
        tab.page.locator("pre code span").first.wait_for()
    tab.page.screenshot(path=path, animations="disabled")


if __name__ == "__main__":
    main()
