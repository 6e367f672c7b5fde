import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { draftOf } from "../../public/page/draft.js";
import { Unsent } from "../../public/page/unsent.js";
import { freshStorages } from "./kit/storage.mjs";

const DOT = { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } };

let storages;
beforeEach(() => (storages = freshStorages()));

test("questions that were not sent are known by chat, in the order of asking, also after a reload", () => {
  const unsent = new Unsent();
  unsent.add("a", "r2", draftOf("One?"));
  unsent.add("a", "r1", draftOf("Two?"));
  unsent.add("ab", "r3", draftOf("Three?"));
  const reloaded = new Unsent();
  assert.deepEqual(reloaded.requests("a"), ["r2", "r1"]);
  assert.equal(reloaded.take("a", "r2").text, "One?");
  assert.deepEqual(reloaded.requests("a"), ["r1"]);
  assert.deepEqual(reloaded.requests("b"), []);
  assert.equal(storages.local.everything, "");
});

test("pictures stay with their question while the page is there", () => {
  const unsent = new Unsent();
  unsent.add("a", "r1", draftOf([DOT]));
  assert.deepEqual(unsent.requests("a"), ["r1"]);
  assert.deepEqual(unsent.take("a", "r1").pictures.addresses, [DOT.image_url.url]);
  assert.deepEqual(unsent.requests("a"), []);
});

test("a chat's are forgotten, or all", () => {
  const unsent = new Unsent();
  for (const session of ["a", "b", "c"]) unsent.add(session, "r1", draftOf([{ type: "text", text: "Secret" }, DOT]));
  unsent.forget("a");
  assert.deepEqual([unsent.requests("a"), unsent.requests("b")], [[], ["r1"]]);
  unsent.forget();
  assert.deepEqual(unsent.requests("c"), []);
  assert.doesNotMatch(storages.session.everything, /Secret/);
});
