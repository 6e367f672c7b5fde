import assert from "node:assert/strict";
import { test } from "node:test";
import { addressee } from "../../public/page/addressee.js";

const keys = new Map([["", "sk-default"], ["own", "sk-own"]]);
const keyFor = (upstream) => keys.get(upstream);
const several = { models: [{ id: "gpt-5", upstream: "openai" }, { id: "claude-9", upstream: "own" }], failed: [] };
const one = { models: [{ id: "gpt-5", upstream: "openai" }], failed: [] };
const nothing = { models: [], failed: [] };

test("an upstream that is named gets its own key and no other", () => {
  assert.deepEqual(addressee({ model: "claude-9", upstream: "own" }, keyFor, several),
    { upstream: "own", key: "sk-own" });
  assert.deepEqual(addressee({ model: "gpt-5", upstream: "openai" }, keyFor, several),
    { upstream: "openai", key: undefined });
});

test("the default's key goes where no model is named", () => {
  assert.deepEqual(addressee({ model: "", upstream: "" }, keyFor, several), { upstream: "", key: "sk-default" });
});

test("with a model whose upstream nobody knows, the default's key goes nowhere", () => {
  assert.equal(addressee({ model: "claude-10", upstream: "" }, keyFor, several), null);
  assert.equal(addressee({ model: "claude-10", upstream: "" }, keyFor, nothing), null, "nor before there is a list");
});

test("an upstream whose list failed is another one, too", () => {
  const list = { ...one, failed: [{ upstream: "own", code: "missing_key", message: "" }] };
  assert.equal(addressee({ model: "claude-10", upstream: "" }, keyFor, list), null);
});

test("where there is only one upstream, it is named", () => {
  assert.deepEqual(addressee({ model: "gpt-6", upstream: "" }, keyFor, one), { upstream: "openai", key: "sk-default" });
});

test("without a key the server chooses", () => {
  assert.deepEqual(addressee({ model: "claude-10", upstream: "" }, () => undefined, several),
    { upstream: "", key: undefined });
});
