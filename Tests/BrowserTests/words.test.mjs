import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { newId } from "../../public/client/index.js";
import { fragmentOf, sessionIn } from "../../public/fragment.js";
import { errorWords, metaWords, plainText, statusWords } from "../../public/words.js";

const contract = readFileSync(new URL("../../docs/protocol.md", import.meta.url), "utf8");
const ours = (connection) => connection === "mine";

test("every error code of the protocol has words", () => {
  const codes = [...contract.matchAll(/^\| `([a-z_]+)` \| (?:no|yes)/gm)].map(([, code]) => code);
  assert.equal(codes.length, 21);
  for (const code of codes) assert.doesNotMatch(errorWords({ code }), /Something went wrong/, code);
});

test("an unknown code, even one that every object has, still makes a sentence", () => {
  assert.equal(errorWords({ code: "constructor", message: "Why." }), "Something went wrong. Why.");
  assert.equal(errorWords({}), "Something went wrong.");
});

test("the line under an answer says what is known, and nothing of what is not", () => {
  const timing = { ttft_ms: 121.4, total_ms: 3400, tokens_per_s: 50.24 };
  const usage = { input: 42, output: 7, source: "upstream" };
  assert.equal(
    metaWords({ model: "m", usage, timing, reason: "length" }),
    "m · 42 → 7 tokens · 50.2 tokens/s · first token after 121 ms · 3.4 s in all · cut at the length limit");
  assert.equal(metaWords({ model: null, usage: null, timing: null, reason: "stop" }), "");
});

test("only what the upstream has counted is no estimate", () => {
  const words = (source) => metaWords({ usage: { input: 42, output: 7, source } });
  assert.equal(words("upstream"), "42 → 7 tokens");
  for (const source of ["estimated", "calibrated", "guessed"]) {
    assert.equal(words(source), "42 → 7 tokens (estimated)", source);
  }
});

test("who stopped an answer is told apart", () => {
  const stopped = (by) => statusWords({ status: "aborted", abortedBy: by }, ours);
  assert.equal(stopped("mine"), "Stopped.");
  assert.equal(stopped("theirs"), "Stopped from another tab.");
  assert.equal(stopped("orphan"), "Stopped, because no tab was left.");
  assert.equal(stopped(null), "Stopped.", "a snapshot does not say who");
});

test("a turn that waits says for what", () => {
  const words = ["waiting", "running", "failed"].map((status) => statusWords({ status, error: { code: "internal" } }, ours));
  assert.equal(new Set(words).size, 3);
});

test("what cannot be shown of a message's content is named", () => {
  assert.equal(plainText([{ type: "text", text: "look:" }, { type: "image_url", image_url: {} }]), "look:\n[image_url]");
  assert.equal(plainText(null), "");
});

test("an id has 128 bits in the protocol's alphabet and survives the fragment", () => {
  const ids = new Set(Array.from({ length: 1000 }, newId));
  assert.equal(ids.size, 1000);
  for (const id of ids) {
    assert.match(id, /^[A-Za-z0-9_-]{22}$/);
    assert.equal(sessionIn(fragmentOf(id)), id);
  }
});

test("a fragment that names no session, or none that is allowed, is none", () => {
  for (const fragment of ["", "#", "#x=1", "#s=", "#s=a b", "#s=a/b", `#s=${"x".repeat(129)}`]) {
    assert.equal(sessionIn(fragment), null, fragment);
  }
});
