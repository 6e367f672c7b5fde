import assert from "node:assert/strict";
import { test } from "node:test";
import { CORPUS, cut, randomText, seeded } from "./markdown-corpus.mjs";
import { BlockParser } from "../../public/page/markdown/block-parser.js";

/** Blocks as an outline: one line each, with what was told of it. Fails where the sink's laws are broken. */
class Outline {
  #children = new Map();
  #closed = new Set();
  #root;
  definitions = [];
  calls = 0;

  opened(block) {
    this.calls += 1;
    this.#children.set(block, []);
    if (block.parent === null) this.#root = block;
    else {
      assert.ok(!this.#closed.has(block.parent), "nothing opens in a closed block");
      this.#children.get(block.parent).push(block);
    }
  }

  changed(block) {
    this.calls += 1;
    assert.ok(!this.#closed.has(block), "a closed block does not change");
  }

  closed(block) {
    this.calls += 1;
    assert.ok(!this.#closed.has(block), "a block closes once");
    assert.ok(!block.isOpen);
    this.#closed.add(block);
  }

  removed(block) {
    assert.equal(this.#children.get(block.parent).pop(), block, "only the last block can turn out to be none");
  }

  loosened(list) {
    assert.ok(list.isLoose);
  }

  defined(definition) {
    this.definitions.push(definition);
  }

  toString() {
    const isClosed = [...this.#children.keys()].every((block) => block === this.#root || !block.isOpen);
    assert.ok(isClosed, "everything is closed in the end");
    return this.#lines(this.#root, "").join("\n");
  }

  #lines(block, indent) {
    const facts = [
      block.kind, block.level || "", block.isLoose ? "loose" : "", block.start ?? "", block.info, block.align.join(),
      block.text && JSON.stringify(block.text),
    ];
    const line = indent + facts.filter((fact) => fact !== "").join(" ");
    return [line, ...this.#children.get(block).flatMap((child) => this.#lines(child, `${indent}  `))];
  }
}

function read(...pieces) {
  const outline = new Outline();
  const parser = new BlockParser(outline);
  for (const piece of pieces) parser.append(piece);
  parser.finish();
  return outline;
}

function outline(text) {
  return String(read(text)).split("\n").slice(1).map((line) => line.slice(2)).join("\n");
}

test("every text reads the same wherever it is cut", () => {
  for (const text of CORPUS) {
    const whole = read(text);
    const inUnits = read(...text.split(""));
    assert.equal(String(inUnits), String(whole), JSON.stringify(text.slice(0, 80)));
    assert.deepEqual(inUnits.definitions, whole.definitions);
    for (let at = 1; at < Math.min(text.length, 400); at += 1) {
      assert.equal(String(read(text.slice(0, at), text.slice(at))), String(whole), `${JSON.stringify(text)} at ${at}`);
    }
  }
});

test("so do random texts in random pieces", () => {
  for (let seed = 1; seed <= 10_000; seed += 1) {
    const random = seeded(seed);
    const text = randomText(random);
    const whole = read(text);
    const pieces = read(...cut(text, 7, random));
    assert.equal(String(pieces), String(whole), `seed ${seed}: ${JSON.stringify(text)}`);
    assert.deepEqual(pieces.definitions, whole.definitions, `seed ${seed}`);
  }
});

test("paragraphs, headings and rules", () => {
  assert.equal(
    outline("# One #\ntext\nmore\n\nTwo\n---\n\n---\n####### seven\n#no\n"),
    'heading 1 " One #"\nparagraph "text\\nmore"\nheading 2 "Two"\nrule\nparagraph "####### seven\\n#no"');
});

test("lists: tight, loose, nested, with lazy lines, and where they end", () => {
  assert.equal(
    outline("- a\nlazy\n  - b\n- c\n\nend\n"),
    'list\n  item\n    paragraph "a\\nlazy"\n    list\n      item\n        paragraph "b"\n  item\n    paragraph "c"\nparagraph "end"');
  assert.equal(outline("3. a\n\n4. b"), 'list loose 3\n  item\n    paragraph "a"\n  item\n    paragraph "b"');
  assert.equal(outline("- a\n* b"), 'list\n  item\n    paragraph "a"\nlist\n  item\n    paragraph "b"');
  assert.equal(outline("text\n2. no\n1. yes"), 'paragraph "text\\n2. no"\nlist 1\n  item\n    paragraph "yes"');
});

test("a blank line within an item loosens its list, and no other", () => {
  assert.equal(
    outline("- a\n  - b\n\n    c\n- d\n"),
    'list\n  item\n    paragraph "a"\n    list loose\n      item\n        paragraph "b"\n        paragraph "c"\n  item\n    paragraph "d"');
  assert.equal(outline("- a\n  > b\n  >\n- c"), 'list\n  item\n    paragraph "a"\n    quote\n      paragraph "b"\n  item\n    paragraph "c"');
});

test("code: fenced with its language, unclosed, indented, in an item", () => {
  assert.equal(
    outline("```js x\na\n\n``\n ```\n~~~\n```\n"),
    'code js x "a\\n\\n``"\ncode "```"');
  assert.equal(outline("    a\n\n\n      b\n\nc"), 'code "a\\n\\n\\n  b"\nparagraph "c"');
  assert.equal(outline("1. ```\n   a\n  b"), 'list 1\n  item\n    code "a"\nparagraph "b"');
});

test("a table's header is the last line before its second one", () => {
  assert.equal(
    outline("text\n| a | b |\n|:-:|--:|\n| 1 |\nend\n\nafter"),
    'paragraph "text"\ntable center,right\n  row "| a | b |"\n  row "| 1 |"\n  row "end"\nparagraph "after"');
  assert.equal(outline("| a | b |\n|---|\n"), 'paragraph "| a | b |\\n|---|"');
});

test("definitions are taken out of paragraphs, and told once their paragraph has ended", () => {
  const { definitions } = read("[ A  b ]: <x y> 'T\n2'\n[c]: d\nrest\n[e]: f\n");
  assert.deepEqual(definitions, [{ label: "a b", href: "x y", title: "T\n2" }, { label: "c", href: "d", title: null }]);
  assert.equal(outline("[a]: b\n[c]: d\nrest\n"), 'paragraph "rest"');
  assert.equal(outline("[a]: b\n===\n"), 'paragraph "==="');
});

test("what would be nested too deeply is text", () => {
  const lines = outline(`${">".repeat(100)} end`).split("\n");
  assert.ok(lines.length < 40);
  assert.match(lines.at(-1), /^ +paragraph ">+ end"$/);
});

test("a line that says for too long what it might be is text", () => {
  assert.equal(outline("-".repeat(999)), "rule");
  assert.equal(outline("-".repeat(1_000)), `paragraph "${"-".repeat(1_000)}"`);
  assert.equal(outline(`\`\`\`${" ".repeat(1_000)}js\ncode`).split("\n").length, 1);
});

test("a growing text is told of as it grows, and the work is in proportion to it", () => {
  const calls = (lines) => {
    const text = "- item *one* with words\n\n> quote\n> more\n\n| a | b |\n|---|---|\n| c | d |\n\n".repeat(lines);
    return read(...text.match(/[^]{1,4}/g)).calls / text.length;
  };
  assert.ok(calls(1_000) < calls(10) * 1.1, "calls for each character");
});
