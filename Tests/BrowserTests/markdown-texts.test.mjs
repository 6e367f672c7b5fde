import assert from "node:assert/strict";
import { test } from "node:test";
import { languageOf } from "../../public/page/markdown/code-block.js";
import { takeDefinitions } from "../../public/page/markdown/definitions.js";
import { linkAddress } from "../../public/page/markdown/link-address.js";
import { MAX_PIECE, isParsable, pieceEnd } from "../../public/page/markdown/pieces.js";
import { alignments, rowCells } from "../../public/page/markdown/table-row.js";

test("links lead to the web or write mail", () => {
  assert.equal(linkAddress("https://a.example/b?c=d&e#f"), "https://a.example/b?c=d&e#f");
  assert.equal(linkAddress("HTTP://A.example"), "http://a.example/");
  assert.equal(linkAddress("mailto:a@b.example"), "mailto:a@b.example");
});

test("nothing else is a link, however it is spelled", () => {
  const others = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)", "java\tscript:alert(1)",
    "\u0001javascript:alert(1)", "javascript&colon;alert(1)", "vbscript:x", "data:text/html,<script>1</script>",
    "data:image/svg+xml,<svg onload=alert(1)>", "blob:https://a.example/1", "file:///etc/passwd", "about:blank",
    "ftp://a.example/", "tel:123", "view-source:http://a.example/", "//a.example/", "/path", "path", "#fragment", "?query",
    "", " ", "http://", "http:///", "https://a b.example/", "http://user@a.example/", "https://a.example:b@c.example/",
    "intent://x", "ms-word:x", "\\\\a.example\\b",
  ];
  for (const address of others) assert.equal(linkAddress(address), null, address);
});

test("a text is cut at a line's end, a sentence's or a word's, and never within a character", () => {
  const end = (text) => pieceEnd(text, 0);
  assert.equal(end("a".repeat(MAX_PIECE)), MAX_PIECE);
  assert.equal(end(`${"a".repeat(2_000)}\n${"b. ".repeat(1_000)}`), 2_001);
  assert.equal(end(`${"a".repeat(2_000)}. ${"b ".repeat(1_000)}`), 2_002);
  assert.equal(end(`${"a".repeat(2_000)} ${"b".repeat(2_000)}`), 2_001);
  assert.equal(end("a".repeat(4_000)), MAX_PIECE);
  assert.equal(end(`${"a".repeat(MAX_PIECE - 1)}${"\u{1f600}".repeat(9)}`), MAX_PIECE - 1);
});

test("where a text is cut does not change as it grows", () => {
  const text = "Some words. And more\nof them ".repeat(500);
  for (let start = 0, end; start < text.length; start = end) {
    end = pieceEnd(text, start);
    if (end === text.length) break;
    for (let length = start + MAX_PIECE + 1; length < text.length; length += 97) {
      assert.equal(pieceEnd(text.slice(0, length), start), end);
    }
  }
});

test("a piece with hundreds of marks of emphasis is not given to the parser", () => {
  assert.ok(isParsable("**bold** and _more_ ".repeat(50)));
  assert.ok(!isParsable("*a ".repeat(301)));
});

test("a row's cells: escaped pipes, missing outer ones, too many, too few", () => {
  assert.deepEqual(rowCells("| a | b |"), ["a", "b"]);
  assert.deepEqual(rowCells("a | b"), ["a", "b"]);
  assert.deepEqual(rowCells(String.raw`| a \| b | c \\| d \|`), ["a | b", String.raw`c \\`, "d |"]);
  assert.deepEqual(rowCells("| a | b | c |", 2), ["a", "b | c"]);
  assert.deepEqual(rowCells("| a |", 3), ["a"]);
  assert.deepEqual(rowCells("|"), [""]);
});

test("the line under a table's header", () => {
  assert.deepEqual(alignments("|---|:-:|:--|-:|", 4), ["", "center", "left", "right"]);
  assert.deepEqual(alignments("- | -", 2), ["", ""]);
  for (const line of ["|---|", "---", "| - | x |", "|-|-|-|", "| |-|", "|:|:|"]) assert.equal(alignments(line, 2), null, line);
  assert.equal(alignments("|-".repeat(65), 65), null);
});

test("definitions, and what is none", () => {
  const one = (text) => takeDefinitions(text);
  assert.deepEqual(one("[a]: b"), { definitions: [{ label: "a", href: "b", title: null }], rest: "" });
  assert.deepEqual(one('[a]:\n<>\n"t\\""\nrest'), { definitions: [{ label: "a", href: "", title: 't"' }], rest: "rest" });
  assert.deepEqual(one('[a]: b "t" x'), { definitions: [], rest: '[a]: b "t" x' });
  assert.deepEqual(one('[a]: b\n"t" x'), { definitions: [{ label: "a", href: "b", title: null }], rest: '"t" x' });
  for (const text of ["[a]:", "[]: b", "[ ]: b", "[a] : b", "[a[b]: c", "a", `[${"a".repeat(1_000)}]: b`]) {
    assert.deepEqual(one(text), { definitions: [], rest: text }, text);
  }
});

test("many definitions take time in proportion to them", () => {
  const many = '[a]: b "\n'.repeat(20_000);
  const start = performance.now();
  takeDefinitions(many);
  assert.ok(performance.now() - start < 2_000, "quadratic work would take minutes");
});

test("the language of a fence", () => {
  assert.equal(languageOf("Swift"), "swift");
  assert.equal(languageOf("c++ {.line}"), "c++");
  assert.equal(languageOf("objective-c"), "objective-c");
  for (const info of ["", "{.js}", "<script>", "\u{1f600}"]) assert.equal(languageOf(info), "", info);
});
