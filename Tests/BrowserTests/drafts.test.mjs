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
});
