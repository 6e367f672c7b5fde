"""What it costs a browser to show a long answer as it streams in: through the real program, into the real page, at a steady pace.

Prints a table. Each line is a part of the answer, so that cost which grows with the length is seen.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from background import Background
from chat_page import ChatPage
from long_answer import markdown, tokens
from places import CHROMIUM
from program import Program
from upstream import Upstream

OBSERVE = """
window.longTasks = [];
new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((entry) => entry.duration)))
  .observe({ type: "longtask" });
window.keys = [];
new PerformanceObserver((list) => keys.push(...list.getEntries().filter((entry) => entry.name === "keydown")
  .map((entry) => entry.duration))).observe({ type: "event", durationThreshold: 16 });
"""
TRACE_CATEGORIES = ["devtools.timeline", "blink.user_timing", "loading"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--characters", type=int, default=200_000)
    parser.add_argument("--rate", type=int, default=500, help="tokens a second; a token has four characters")
    parser.add_argument("--parts", type=int, default=10, help="lines of the table")
    parser.add_argument("--trace", help="file for a trace that Chrome's performance panel opens")
    parser.add_argument("--screenshot", help="file for a picture of the page at the end")
    options = parser.parse_args()
    background = Background()
    try:
        with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
            upstream = Upstream(background)
            program = Program(Path(folder), {"scripted": {"base_url": upstream.url, "model": "river-1"}})
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            try:
                measure(browser, upstream, program, options)
            finally:
                browser.close()
                program.close()
                upstream.close()
    finally:
        background.close()


def measure(browser, upstream, program, options):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(OBSERVE)
    tab = ChatPage(page)
    page.goto(program.url)
    tab.until_open()
    tab.ask("Tell me everything about rivers.")
    call = upstream.next_call()
    pieces = tokens(markdown(options.characters))
    if options.trace:
        browser.start_tracing(page=page, path=options.trace, categories=TRACE_CATEGORIES)
    meter = Meter(browser, page)
    share = -(-len(pieces) // options.parts)
    print(f"{options.characters} characters, {options.rate} tokens/s; of one core:")
    print(" characters   page  script  layout  style  renderer  browser+gpu  longest task  slowest key")
    first = reading = meter.read()
    for start in range(0, len(pieces), share):
        part = call.flow(pieces[start : start + share], options.rate)
        while not part.done():
            # Somebody writes meanwhile: what the page does must not be felt there.
            tab.message.press("a")
            page.wait_for_timeout(500)
        part.result()
        before, reading = reading, meter.read()
        print_line(min(start + share, len(pieces)) * len(pieces[0]), before, reading)
    call.finish()
    tab.until_status("ended")
    print_line("all", first, meter.read())
    if options.trace:
        browser.stop_tracing()
    if options.screenshot:
        page.screenshot(path=options.screenshot)
    drawn = len(tab.text())
    assert drawn > options.characters * 0.8, f"the page shows {drawn} characters only"


class Meter:
    """Reads what the browser counts since the page was loaded: CPU time in seconds, and every long task and slow key in ms."""

    def __init__(self, browser, page):
        self._page = page
        self._of_page = page.context.new_cdp_session(page)
        self._of_page.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._of_browser = browser.new_browser_cdp_session()
        self._long_tasks, self._slow_keys = [], []

    def read(self):
        metrics = {metric["name"]: metric["value"] for metric in self._of_page.send("Performance.getMetrics")["metrics"]}
        processes = self._of_browser.send("SystemInfo.getProcessInfo")["processInfo"]
        self._long_tasks += self._page.evaluate("longTasks.splice(0)")
        self._slow_keys += self._page.evaluate("keys.splice(0)")
        return {
            "at": time.monotonic(),
            "page": metrics["TaskDuration"],
            "script": metrics["ScriptDuration"],
            "layout": metrics["LayoutDuration"],
            "style": metrics["RecalcStyleDuration"],
            "renderer": sum(process["cpuTime"] for process in processes if process["type"] == "renderer"),
            "rest": sum(process["cpuTime"] for process in processes if process["type"] != "renderer"),
            "long tasks": list(self._long_tasks),
            "slow keys": list(self._slow_keys),
        }


def print_line(label, before, after):
    seconds = after["at"] - before["at"]
    shares = {name: 100 * (after[name] - before[name]) / seconds for name in ("page", "script", "layout", "style", "renderer", "rest")}
    task, key = (max(after[name][len(before[name]) :], default=0) for name in ("long tasks", "slow keys"))
    print(
        f"{label:>11} {shares['page']:5.1f}% {shares['script']:6.1f}% {shares['layout']:6.1f}% {shares['style']:5.1f}% "
        f"{shares['renderer']:8.1f}% {shares['rest']:11.1f}% {task:10.0f} ms {key:9.0f} ms"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    main()
