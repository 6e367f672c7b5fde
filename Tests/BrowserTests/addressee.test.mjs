import assert from "node:assert/strict";
import { test } from "node:test";
import { addressee } from "../../public/page/addressee.js";

const keys = new Map([["", "sk-default"], ["own", "sk-own"]]);
const unknown = { key: (upstream) => keys.get(upstream), defaultUpstream: "" };
const known = { key: (upstream) => (upstream === "openai" ? "sk-default" : keys.get(upstream)), defaultUpstream: "openai" };
const none = { key: () => undefined, defaultUpstream: "" };
const several = { models: [{ id: "gpt-5", upstream: "openai" }, { id: "claude-9", upstream: "own" }], failed: [] };
const one = { models: [{ id: "gpt-5", upstream: "openai" }], failed: [] };
const nothing = { models: [], failed: [] };

test("an upstream that is named gets its own key and no other", () => {
  assert.deepEqual(addressee({ model: "claude-9", upstream: "own" }, unknown, several),
    { upstream: "own", key: "sk-own" });
  assert.deepEqual(addressee({ model: "gpt-5", upstream: "openai" }, unknown, several),
    { upstream: "openai", key: undefined });
  assert.deepEqual(addressee({ model: "gpt-5", upstream: "openai" }, known, several),
    { upstream: "openai", key: "sk-default" });
});

test("the default's key goes where no model is named, by its name where that is known", () => {
  assert.deepEqual(addressee({ model: "", upstream: "" }, unknown, several), { upstream: "", key: "sk-default" });
  assert.deepEqual(addressee({ model: "", upstream: "" }, known, several), { upstream: "openai", key: "sk-default" });
});

test("with a model whose upstream nobody knows, the default's key goes nowhere", () => {
  for (const each of [unknown, known]) {
    assert.equal(addressee({ model: "claude-10", upstream: "" }, each, several), null);
    assert.equal(addressee({ model: "claude-10", upstream: "" }, each, nothing), null, "nor before there is a list");
  }
});

test("an upstream whose list failed is another one, too", () => {
  const list = { ...one, failed: [{ upstream: "own", code: "missing_key", message: "" }] };
  assert.equal(addressee({ model: "claude-10", upstream: "" }, known, list), null);
});

test("where there is only the default one, it is named", () => {
  assert.deepEqual(addressee({ model: "gpt-6", upstream: "" }, known, one), { upstream: "openai", key: "sk-default" });
});

test("one that is alone in the list need not be the default one, which may have no models", () => {
  assert.equal(addressee({ model: "gpt-6", upstream: "" }, unknown, one), null);
  assert.equal(addressee({ model: "gpt-6", upstream: "" }, { ...known, defaultUpstream: "local" }, one), null);
});

test("without a key the server chooses", () => {
  assert.deepEqual(addressee({ model: "claude-10", upstream: "" }, none, several), { upstream: "", key: undefined });
});
