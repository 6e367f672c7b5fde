import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Drafts } from "../../public/page/drafts.js";
import { Tray } from "../../public/page/tray.js";
import { freshStorages } from "./kit/storage.mjs";

let storages;
beforeEach(() => (storages = freshStorages()));

test("what was written for a chat is there again, also after a reload, and not in another chat", () => {
  new Drafts().set("a", "half a question");
  const drafts = new Drafts();
  assert.equal(drafts.get("a"), "half a question");
  assert.equal(drafts.get("b"), "");
  assert.equal(storages.local.everything, "", "it goes with the tab");
});

test("what was sent is forgotten", () => {
  const drafts = new Drafts();
  drafts.set("a", "sent");
  drafts.set("a", "");
  assert.equal(drafts.get("a"), "");
  assert.doesNotMatch(storages.session.everything, /sent/);
});

test("drafts are bounded: the newest stay, and no long one is stored", () => {
  const drafts = new Drafts();
  for (let index = 0; index < 30; index++) drafts.set(`s${index}`, "x");
  assert.equal(drafts.get("s9"), "");
  assert.equal(drafts.get("s10"), "x");
  const long = "y".repeat(100_001);
  for (let index = 0; index < 6; index++) drafts.set(`long${index}`, long);
  assert.deepEqual([1, 2, 5].map((index) => drafts.get(`long${index}`).length), [0, 100_001, 100_001]);
  assert.doesNotMatch(storages.session.everything, /yy/);
  drafts.set("s29", long);
  assert.equal(drafts.get("s29"), long, "in place of the short one");
  drafts.set("s29", "short");
  assert.equal(drafts.get("s29"), "short");
});

test("pictures wait with the draft, for as long as the page is there", () => {
  const drafts = new Drafts();
  for (let index = 0; index < 6; index++) drafts.setPictures(`s${index}`, new Tray(["data:image/png;base64,AA=="]));
  assert.deepEqual([1, 2, 5].map((index) => drafts.pictures(`s${index}`)?.addresses.length), [undefined, 1, 1]);
  drafts.setPictures("s5", new Tray());
  assert.equal(drafts.pictures("s5"), undefined);
  assert.doesNotMatch(storages.session.everything, /data:/);
});

test("a key that is pressed writes what it changes, and nothing of other chats", () => {
  const drafts = new Drafts();
  for (let index = 0; index < 20; index++) drafts.set(`s${index}`, "x".repeat(100_000));
  drafts.set("s19", "y");
  const written = [];
  const { session } = storages;
  const setItem = session.setItem.bind(session);
  session.setItem = (key, value) => {
    written.push(value);
    setItem(key, value);
  };
  drafts.set("s19", "yy");
  assert.deepEqual(written, ['"yy"']);
  drafts.set("s3", "z");
  assert.ok(written.join("").length < 1000, "the order of all of them, and one text");
  assert.equal(new Drafts().keys.at(-1), "s3");
});

test("what had to make room, or is forgotten, is stored no more", () => {
  const drafts = new Drafts();
  for (let index = 0; index < 25; index++) drafts.set(`s${index}`, `text ${index}.`);
  assert.doesNotMatch(storages.session.everything, /text 4\./);
  assert.match(storages.session.everything, /text 5\./);
  drafts.forget("s5");
  assert.doesNotMatch(storages.session.everything, /s5|text 5\./);
  drafts.forget();
  assert.doesNotMatch(storages.session.everything, /s6|text/);
  assert.deepEqual([drafts.keys, new Drafts().keys], [[], []]);
});

test("a chat that is called like what every object has is a chat like others", () => {
  const drafts = new Drafts();
  assert.equal(drafts.get("constructor"), "");
  drafts.set("constructor", "x");
  assert.equal(drafts.get("constructor"), "x");
});

test("whatever is stored is read without trust", () => {
  for (const stored of ["3", "[1]", '{"a":1}', "{"]) {
    storages.session.setItem("tributary.drafts", stored);
    assert.equal(new Drafts().get("a"), "");
  }
  storages.session.setItem("tributary.drafts", '["a", 3, "b"]');
  storages.session.setItem("tributary.drafts a", "3");
  assert.equal(new Drafts().get("a"), "");
  assert.deepEqual(new Drafts().keys, ["a", "b"]);
});
