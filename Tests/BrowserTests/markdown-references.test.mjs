import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { References } from "../../public/page/markdown/references.js";

let references;
beforeEach(() => (references = new References()));

/** What a reader finds who looks a label up. */
const look = (reader, label) => references.readFor(reader, () => references.links[label]);
const definition = { label: "label", href: "https://example.com/", title: null };

test("whoever looked in vain is told of the definition, once", () => {
  const reader = { isGone: false };
  assert.equal(look(reader, "Label"), undefined);
  assert.deepEqual([...references.define(definition)], [reader]);
  assert.equal(look(reader, " LABEL ").href, "https://example.com/");
  assert.deepEqual([...references.define({ ...definition, href: "https://example.org/" })], []);
  assert.equal(look(reader, "label").href, "https://example.com/", "the first one counts");
});

test("who is gone waits no longer", () => {
  const pieces = Array.from({ length: 5 }, () => ({ isGone: false }));
  for (const piece of pieces) {
    look(piece, "label");
    piece.isGone = piece !== pieces.at(-1);
  }
  assert.deepEqual([...references.define(definition)], [pieces.at(-1)]);
});

test("the work is in proportion to those who wait, however many there are, and who is gone is let go", () => {
  for (const stay of [true, false]) {
    let looks = 0;
    const count = 10_000;
    const fresh = new References();
    const lookUp = (reader) => fresh.readFor(reader, () => fresh.links.label);
    for (let index = 0; index < count; index++) {
      let isGone = false;
      lookUp({ get isGone() { return looks++, isGone; } });
      isGone = !stay;
    }
    assert.ok(looks < 4 * count, `${looks} looks for ${count} readers`);
    looks = 0;
    assert.equal([...fresh.define(definition)].length, stay ? count : 0);
    assert.ok(stay || looks <= 2, `${looks} who are gone were kept`);
  }
});
