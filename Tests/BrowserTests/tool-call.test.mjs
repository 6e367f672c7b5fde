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
