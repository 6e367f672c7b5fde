import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Drafts } from "../../public/page/drafts.js";
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

test("drafts are bounded: the newest stay, and none is endless", () => {
  const drafts = new Drafts();
  for (let index = 0; index < 30; index++) drafts.set(`s${index}`, "x");
  assert.equal(drafts.get("s9"), "");
  assert.equal(drafts.get("s10"), "x");
  drafts.set("long", "x".repeat(100_001));
  assert.equal(drafts.get("long"), "");
});

test("whatever is stored is read without trust", () => {
  for (const stored of ["3", "[1]", '{"a":1}', "{"]) {
    storages.session.setItem("tributary.drafts", stored);
    assert.equal(new Drafts().get("a"), "");
  }
});
