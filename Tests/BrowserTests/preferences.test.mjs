import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { DEFAULTS, Preferences, readable } from "../../public/page/preferences.js";
import { freshStorages } from "./kit/storage.mjs";

let storages;
beforeEach(() => (storages = freshStorages()));

test("what was chosen is there again, what was not is the default", () => {
  new Preferences().set({ theme: "dark", temperature: "0.5" });
  const again = new Preferences();
  assert.equal(again.get("theme"), "dark");
  assert.equal(again.get("temperature"), "0.5");
  assert.equal(again.get("showsChats"), DEFAULTS.showsChats);
});

test("what another tab has chosen meanwhile is left alone", () => {
  const here = new Preferences();
  new Preferences().set({ theme: "dark" });
  here.set({ temperature: "0.5" });
  assert.equal(new Preferences().get("theme"), "dark");
  assert.equal(new Preferences().get("temperature"), "0.5");
});

test("whatever is stored is read without trust", () => {
  for (const stored of [null, 3, "x", [], { theme: "pink", model: 4, fit: "yes", top_p: "x".repeat(600) }]) {
    assert.deepEqual(readable(stored), DEFAULTS);
  }
  assert.deepEqual(Object.keys(readable({ key: "sk-secret" })), Object.keys(DEFAULTS), "what is unknown is dropped");
});

test("where storage is blocked, or holds what is no JSON, the page works all the same", () => {
  storages.local.setItem("tributary.preferences", "{");
  assert.equal(new Preferences().get("theme"), "system");
  storages.local.isBlocked = true;
  const preferences = new Preferences();
  preferences.set({ theme: "light" });
  assert.equal(preferences.get("theme"), "light");
});
