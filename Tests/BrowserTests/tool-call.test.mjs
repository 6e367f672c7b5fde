import assert from "node:assert/strict";
import { test } from "node:test";
import { legible } from "../../public/page/tool-call-view.js";

test("arguments are JSON with a line for each member", () => {
  assert.equal(legible('{"city":"Bonn","days":3}'), '{\n  "city": "Bonn",\n  "days": 3\n}');
  assert.equal(legible("{}"), "");
});

test("what is no JSON, or cut off, is shown as it came", () => {
  for (const text of ["", "plain", '{"city":"Bo', "3"]) assert.equal(legible(text), text);
});

test("a number that JavaScript would round is shown as it came", () => {
  const text = '{"id":12345678901234567890}';
  assert.equal(legible(text), text);
});

test("what is nested deeply is shown as it came", () => {
  const nested = (depth) => "[".repeat(depth) + "1" + "]".repeat(depth);
  const beside = (depth) => `["${"x".repeat(2000)}",${nested(depth - 1)}]`;
  assert.match(legible(beside(32)), /\n/);
  assert.equal(legible(beside(33)), beside(33));
  assert.equal(legible(nested(300_000)), nested(300_000), "not read at all: that would take the whole stack");
  const wide = `{"a":[${Array(2000).fill(nested(30)).join(",")}]}`;
  assert.equal(legible(wide), wide, "nor what its margins would make many times as long");
});

test("brackets within strings are no nesting", () => {
  const text = JSON.stringify({ text: `${"[".repeat(100)}"{\\` });
  assert.match(legible(text), /\n/);
});
