"""The script that compresses the page's files beforehand."""

import gzip
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from places import PUBLIC, ROOT

TEXT = "export const river = 'a stream of water';\n" * 20


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "public"
    (folder / "deep").mkdir(parents=True)
    (folder / "index.html").write_text("<p>" + TEXT)
    (folder / "deep" / "river.js").write_text(TEXT)
    return folder


def precompress(folder, **environment):
    """What it says."""
    command = [ROOT / "scripts" / "precompress", folder]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **environment})
    return done.stderr


def names(folder):
    """Without that of what says how the siblings were made."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.name != ".precompressed")


def unpacked(path):
    """What a sibling holds."""
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes()).decode()
    return subprocess.run(["brotli", "--decompress", "--stdout", path], check=True, capture_output=True).stdout.decode()


def siblings(path):
    return [path.with_name(path.name + ending) for ending in (".br", ".gz")]


def test_texts_get_siblings_of_their_time_that_hold_the_same(folder):
    precompress(folder)
    assert names(folder) == [
        "deep/river.js", "deep/river.js.br", "deep/river.js.gz", "index.html", "index.html.br", "index.html.gz",
    ]  # fmt: skip
    for path in (folder / "index.html", folder / "deep" / "river.js"):
        for sibling in siblings(path):
            assert unpacked(sibling) == path.read_text()
            assert sibling.stat().st_mtime_ns == path.stat().st_mtime_ns
            assert sibling.stat().st_size < path.stat().st_size


def test_what_gains_nothing_is_left_alone(folder):
    (folder / "small.css").write_text("a {}")
    (folder / "picture.png").write_bytes(bytes(1000))
    (folder / ".hidden.js").write_text(TEXT)
    (folder / ".git").mkdir()
    (folder / ".git" / "hook.js").write_text(TEXT)
    before = set(names(folder))
    precompress(folder)
    made = set(names(folder)) - before
    assert made == {"deep/river.js.br", "deep/river.js.gz", "index.html.br", "index.html.gz"}


def test_what_is_up_to_date_stays_and_what_has_changed_is_made_anew(folder):
    precompress(folder)
    page = folder / "index.html"
    script = folder / "deep" / "river.js"
    kept = [(path, path.stat().st_ino) for path in siblings(script)]
    page.write_text("<p>edited " + TEXT)
    # Back in time: another version of the page, with the time it had there.
    os.utime(page, ns=(10**18, 10**18))
    precompress(folder)
    assert [unpacked(sibling) for sibling in siblings(page)] == [page.read_text()] * 2
    assert [(path, path.stat().st_ino) for path in siblings(script)] == kept


def test_siblings_go_with_their_files(folder):
    precompress(folder)
    (folder / "index.html").unlink()
    (folder / "deep" / "river.js").write_text("short")
    (folder / "logs.tar.gz").write_bytes(b"an archive is not a sibling")
    precompress(folder)
    assert names(folder) == ["deep/river.js", "logs.tar.gz"]


COMMENTED = r'''/*! licence */
/** What it is.
 * @type {number} */
const a = "// no"; // yes
const b = /[/*]\/\/"'`/g.test(a) + 2 /* yes */ / 3;
const c = `// no ${ [`/* no */ ${"}"}`] /* yes */ } // no
  /* no */
`; // yes
const d = b / a.length / 2; // yes, 'one'
if (d) {} /* yes */ /[}/*"]/.test(c);
console.log(a, b, c, d);
'''


def said(script):
    return subprocess.run(["node", "--input-type=module", "-"], input=script, check=True, capture_output=True, text=True).stdout


def test_our_scripts_and_style_sheets_leave_their_comments_and_blanks_behind(folder):
    for name in ("river.js", "river.mjs", "vendor/theirs.js"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(COMMENTED)
    (folder / "river.css").write_text("/* yes\n */ a { content: '/* no */'; b: url(//c); }\n" * 10)
    precompress(folder)
    for name in ("river.js", "river.mjs"):
        for sibling in siblings(folder / name):
            terse = unpacked(sibling)
            assert terse.startswith("/*! licence */") and "yes" not in terse and "@type" not in terse
            assert said(terse) == said(COMMENTED)
    assert unpacked(folder / "vendor/theirs.js.gz") == COMMENTED
    assert unpacked(folder / "river.css.gz") == 'a{content:"/* no */";b:url(//c)}' * 10 + "\n"


def test_a_script_that_is_none_is_compressed_as_it_is(folder):
    script = folder / "deep" / "river.js"
    script.write_text("const = 1; // what?\n" + TEXT)
    assert "deep/river.js:1:" in precompress(folder)
    assert [unpacked(sibling) for sibling in siblings(script)] == [script.read_text()] * 2


def test_without_esbuild_nothing_is_left_behind(folder, tmp_path):
    programs = tmp_path / "programs"
    programs.mkdir()
    # Neither it, nor what could install it.
    for name in ("bash", "brotli", "cat", "dirname", "find", "gzip", "mktemp", "mv", "rm", "touch", "uname"):
        (programs / name).symlink_to(shutil.which(name))
    script = folder / "deep" / "river.js"
    script.write_text("// kept\n" + "console.log('a stream of water');\n" * 20)
    assert "There is no esbuild" in precompress(folder, PATH=programs)
    assert [unpacked(sibling) for sibling in siblings(script)] == [script.read_text()] * 2
    # It is not looked for a second time, and once it is there, everything is made anew.
    assert precompress(folder, PATH=programs) == ""
    assert "Made 4" in precompress(folder)
    assert [unpacked(sibling).startswith("console.log") for sibling in siblings(script)] == [True] * 2
    assert precompress(folder) == ""


def test_the_page_is_the_same_without_them(tmp_path, context):
    """Scripts run in the tests of what the page weighs; of a style sheet a browser would drop in silence what it cannot read."""
    folder = shutil.copytree(PUBLIC, tmp_path / "public", ignore=shutil.ignore_patterns("*.br", "*.gz"))
    assert re.fullmatch(r"Made \d+ compressed files for the page\n", precompress(folder)), "one could not be read"
    page = context.new_page()
    read = '''(text) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(text);
      return Array.from(sheet.cssRules, (rule) => rule.cssText.replace(/\\s+/g, " "));
    }'''
    sheets = [path for path in folder.rglob("*.css") if "vendor" not in path.parts]
    assert sheets
    for path in sheets:
        assert page.evaluate(read, unpacked(siblings(path)[1])) == page.evaluate(read, path.read_text()), path.name


def test_the_same_file_makes_the_same_bytes(folder, tmp_path):
    precompress(folder)
    first = [sibling.read_bytes() for sibling in siblings(folder / "index.html")]
    other = tmp_path / "other"
    other.mkdir()
    (other / "another-name.html").write_text((folder / "index.html").read_text())
    precompress(other)
    assert [sibling.read_bytes() for sibling in siblings(other / "another-name.html")] == first
