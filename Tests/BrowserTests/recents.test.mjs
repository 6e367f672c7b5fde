import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Recents, firstWords, readableRecents } from "../../public/page/recents.js";
import { freshStorages } from "./kit/storage.mjs";

let storages;
let changes;
let recents;

beforeEach(() => {
  storages = freshStorages();
  changes = 0;
  recents = new Recents(() => changes++);
});

test("the chat that something happened in comes first", () => {
  recents.touch("a", 1);
  recents.touch("b", 2);
  recents.touch("a", 3);
  assert.deepEqual(recents.list, [{ id: "a", at: 3 }, { id: "b", at: 2 }]);
});

test("what is not newer changes nothing, and tells nobody", () => {
  recents.touch("a", 5);
  const before = changes;
  recents.touch("a", 5);
  recents.touch("a", 4);
  assert.equal(changes, before);
  assert.deepEqual(recents.list, [{ id: "a", at: 5 }]);
});

test("no word of a conversation is in what this browser keeps", () => {
  recents.touch("a", 1);
  recents.entitle("a", "My secret question");
  assert.equal(recents.title({ id: "a", at: 1 }), "My secret question");
  assert.doesNotMatch(storages.local.everything, /secret/);
  assert.match(storages.session.everything, /secret/, "the tab remembers it over a reload");
});

test("a name that the reader gave is kept and wins; an empty one is none", () => {
  recents.touch("a", 1);
  recents.entitle("a", "First words");
  recents.rename("a", "  Rivers ");
  assert.equal(recents.title(recents.list[0]), "Rivers");
  recents.touch("a", 2);
  assert.equal(recents.list[0].name, "Rivers");
  recents.rename("a", " ");
  assert.equal(recents.title(recents.list[0]), "First words");
});

test("what is forgotten leaves no trace", () => {
  recents.touch("a", 1);
  recents.entitle("a", "Words");
  recents.touch("b", 2);
  recents.forget("a");
  assert.deepEqual(recents.list, [{ id: "b", at: 2 }]);
  assert.doesNotMatch(storages.session.everything, /Words/);
  recents.forgetAll();
  assert.deepEqual(recents.list, []);
  assert.doesNotMatch(storages.local.everything, /"b"/);
});

test("a chat that is called like what every object has is a chat like others", () => {
  assert.equal(recents.title({ id: "constructor", at: 1 }), undefined);
  recents.entitle("constructor", "Words");
  assert.equal(recents.title({ id: "constructor", at: 1 }), "Words");
});

test("the list is bounded, and so are the titles", () => {
  for (let index = 0; index < 200; index++) {
    recents.touch(`s${index}`, index);
    recents.entitle(`s${index}`, `words ${index}`);
  }
  assert.equal(recents.list.length, 60);
  assert.equal(recents.list[0].id, "s199");
  assert.equal(Object.keys(JSON.parse(storages.session.getItem("tributary.titles"))).length, 60);
});

test("where storage is blocked, the list lasts as long as the page", () => {
  storages.local.isBlocked = true;
  recents.touch("a", 1);
  assert.deepEqual(recents.list, [{ id: "a", at: 1 }]);
});

test("whatever is stored is read without trust", () => {
  assert.deepEqual(readableRecents("x"), []);
  const stored = [null, 1, { id: "a b", at: 1 }, { id: "#b", at: 1 }, { id: "a" }, { id: "b", at: 2, name: 3 }];
  assert.deepEqual(readableRecents(stored), [{ id: "b", at: 2 }]);
});

test("a moment that no date can say is none", () => {
  const stored = [1e300, -1e300, 8.64e15 + 1, "5", null, [5], 8.64e15, 5].map((at, index) => ({ id: `s${index}`, at }));
  assert.deepEqual(readableRecents(stored), [{ id: "s6", at: 8.64e15 }, { id: "s7", at: 5 }]);
});

test("first words end at a word, and never within a character", () => {
  assert.equal(firstWords("  Why is\nthe sky blue? "), "Why is the sky blue?");
  const words = firstWords("word ".repeat(40));
  assert.ok(words.length <= 62 && words.endsWith("word …"), words);
  assert.equal(firstWords("🏞".repeat(31)).isWellFormed?.() ?? true, true);
  assert.equal(firstWords(`x${"🏞".repeat(40)}`), `x${"🏞".repeat(29)} …`);
});
