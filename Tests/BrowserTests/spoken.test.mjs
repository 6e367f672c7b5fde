import assert from "node:assert/strict";
import { test } from "node:test";
import { spokenText } from "../../public/page/spoken.js";

test("an answer is read out without Markdown's signs", () => {
  assert.equal(
    spokenText("# Rivers\n\nThe **Rhine** is a `river`, see [the map](https://example.com).\n\n- one\n- _two_\n> said"),
    "Rivers The Rhine is a river, see the map. one two said");
});

test("code and tables are mentioned, not read out", () => {
  assert.equal(spokenText("Before\n```js\nlet x = 1;\n```\nafter"), "Before (Code.) after");
  assert.equal(spokenText("Cut off:\n```\nlet x"), "Cut off: (Code.)");
  assert.equal(spokenText("A table:\n| a | b |\n|---|---|\n| 1 | 2 |\nafter"), "A table: (Table.) after");
});

test("names with underscores and sums with stars are left as they are", () => {
  assert.equal(spokenText("2 * 3 * 4"), "2 * 3 * 4");
});

test("a long answer ends soon, and says that there is more", () => {
  const spoken = spokenText("word ".repeat(100_000));
  assert.ok(spoken.length < 1300);
  assert.match(spoken, / … The rest is in the conversation\.$/);
});

test("hostile text takes no time", () => {
  for (const piece of ["`", "[", "|", "*a", "```\n", "# ", "[](", " _"]) {
    const before = process.cpuUsage();
    spokenText(piece.repeat(200_000));
    assert.ok(process.cpuUsage(before).user < 300_000, piece);
  }
});
