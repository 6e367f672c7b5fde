"""The script that compresses the page's files beforehand."""

import gzip
import os
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


def precompress(folder):
    subprocess.run([ROOT / "scripts" / "precompress", folder], check=True, capture_output=True)


def names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


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
const b = /[/*]\/\/"'`/g.test(a) / 2 /* yes */ / 3;
const c = `// no ${ [`/* no */ ${"}"}`] /* yes */ } // no
  /* no */
`; // yes
const d = a[0] / b / 2; // yes, 'one'
'''

UNCOMMENTED = r'''/*! licence */


const a = "// no";
const b = /[/*]\/\/"'`/g.test(a) / 2   / 3;
const c = `// no ${ [`/* no */ ${"}"}`]   } // no
  /* no */
`;
const d = a[0] / b / 2;
'''


def test_our_scripts_and_style_sheets_leave_their_comments_behind(folder):
    for name in ("river.js", "river.mjs", "vendor/theirs.js"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(COMMENTED + TEXT)
    (folder / "river.css").write_text("/* yes\n */ a { content: '/* no */'; b: url(//c); }\n" * 10)
    precompress(folder)
    for name in ("river.js", "river.mjs"):
        for sibling in siblings(folder / name):
            lines = [line.rstrip() for line in unpacked(sibling).splitlines()]
            assert "\n".join(lines) + "\n" == UNCOMMENTED + TEXT
    assert unpacked(folder / "vendor/theirs.js.gz") == COMMENTED + TEXT
    assert unpacked(folder / "river.css.gz") == "\n a { content: '/* no */'; b: url(//c); }\n" * 10


def test_without_its_comments_the_page_is_the_same_program(tmp_path):
    ours = [path.relative_to(PUBLIC) for path in PUBLIC.rglob("*.js") if PUBLIC / "vendor" not in path.parents]
    assert ours
    environment = {**os.environ, "NODE_PATH": "/usr/share/nodejs"}
    for command in (
        [ROOT / "scripts" / "without-comments", tmp_path],
        ["node", Path(__file__).parent / "same_program.cjs", tmp_path],
    ):
        subprocess.run([*command, *ours], check=True, cwd=PUBLIC, env=environment)


def test_the_same_file_makes_the_same_bytes(folder, tmp_path):
    precompress(folder)
    first = [sibling.read_bytes() for sibling in siblings(folder / "index.html")]
    other = tmp_path / "other"
    other.mkdir()
    (other / "another-name.html").write_text((folder / "index.html").read_text())
    precompress(other)
    assert [sibling.read_bytes() for sibling in siblings(other / "another-name.html")] == first
