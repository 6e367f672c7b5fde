import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { asideWords, factWords, standingWords } from "../../public/page/answer-words.js";
import { shortStateWords, troubleWords } from "../../public/page/connection-words.js";
import { whenWords } from "../../public/page/dates.js";
import { errorParts, errorWords } from "../../public/page/error-words.js";
import { counted, duration, rounded, seconds } from "../../public/page/numbers.js";
import { reasoningWords } from "../../public/page/reasoning-view.js";
import { turnOf } from "./kit/turns.mjs";

const contract = readFileSync(new URL("../../docs/protocol.md", import.meta.url), "utf8");
const ours = (connection) => connection === "mine";
const facts = (fields) => factWords(turnOf("r1", fields)).join(" · ");

test("every error code of the protocol has words of its own", () => {
  const codes = [...contract.matchAll(/^\| `([a-z_]+)` \| (?:no|yes)/gm)].map(([, code]) => code);
  assert.equal(codes.length, 21);
  const titles = codes.map((code) => errorParts({ code }).title);
  assert.equal(new Set(titles).size, codes.length);
  for (const title of titles) assert.doesNotMatch(title, /Something went wrong/);
});

test("an unknown code, even one that every object has, still makes a sentence", () => {
  assert.equal(errorWords({ code: "constructor", message: "Why." }), "Something went wrong. Why.");
  assert.equal(errorWords({}), "Something went wrong.");
});

test("an error that a person can mend says by what", () => {
  const offers = ["missing_key", "invalid_key", "model_not_found", "context_length", "upstream_error"]
    .map((code) => errorParts({ code }).offer);
  assert.deepEqual(offers, ["key", "key", "model", "context", undefined]);
});

test("the line under an answer says what is known, and nothing of what is not", () => {
  assert.equal(
    facts({
      usage: { input: 1042, output: 7, reasoning: 3, cached: 1000, source: "upstream" },
      timing: { ttft_ms: 121.4, total_ms: 3400, tokens_per_s: 50.24 },
      reason: "length",
    }),
    "m · 1,042 → 7 tokens, 1,000 cached, 3 for reasoning · 50.2 tokens/s · first token after 121 ms · 3.4 s in all"
    + " · cut at the length limit");
  assert.equal(facts({ model: null, reason: "stop" }), "");
  assert.equal(facts({ model: null, timing: { tokens_per_s: 0 } }), "", "no speed where nothing was measured");
});

test("only what the upstream has counted is no estimate", () => {
  const counted = (source) => facts({ model: null, usage: { input: 42, output: 7, source } });
  assert.equal(counted("upstream"), "42 → 7 tokens");
  assert.equal(counted("estimated"), "42 → 7 tokens (estimated)");
  assert.equal(counted("calibrated"), "42 → 7 tokens (estimated roughly)");
  assert.equal(counted("guessed"), "42 → 7 tokens (estimated)");
});

test("who stopped an answer is told apart", () => {
  const stopped = (abortedBy) => standingWords(turnOf("r1", { status: "aborted", abortedBy }), ours);
  assert.equal(stopped("mine"), "Stopped.");
  assert.equal(stopped("theirs"), "Stopped from another tab.");
  assert.equal(stopped("orphan"), "Stopped, because no tab was left.");
  assert.equal(stopped(null), "Stopped.", "a snapshot does not say who");
});

test("what an answer waits for is told apart, and one that comes needs no words", () => {
  const waiting = (status) => standingWords(turnOf("r1", { status, hasStarted: false }), ours);
  assert.equal(new Set(["waiting", "accepted", "running"].map(waiting)).size, 3);
  assert.equal(standingWords(turnOf("r1", { status: "running" }), ours), "");
  assert.equal(standingWords(turnOf("r1"), ours), "");
});

test("attempts before the answer are told, and who answered in the end", () => {
  const busy = { attempt: 1, after_ms: 500, code: "upstream_rate_limited", status: 429 };
  const down = { attempt: 2, after_ms: 0, code: "upstream_unreachable", upstream: "spare", model: "model-2" };
  const asides = (fields) => asideWords(turnOf("r1", fields));
  assert.deepEqual(asides({ retries: [busy] }), ["Asked again after 429."]);
  assert.deepEqual(
    asides({ retries: [busy, down], upstream: "spare", model: "model-2" }),
    ["Asked again after 429, no connection, answered by spare · model-2."]);
  assert.deepEqual(asides({ retries: [busy], hasStarted: false, status: "running" }), ["Asked again after 429 …"]);
  const failed = { retries: [busy], hasStarted: false, status: "failed" };
  assert.deepEqual(asides(failed), ["Asked again after 429, in vain."]);
  assert.deepEqual(asides({}), []);
});

test("what was left out is told: of the upstream that answered, not of the one before it", () => {
  const fallback = { attempt: 1, after_ms: 0, code: "upstream_unreachable", upstream: "b", dropped: ["stop"] };
  assert.deepEqual(asideWords(turnOf("r1", { dropped: ["seed"] })), ["This upstream does not take seed: left out."]);
  const [, left] = asideWords(turnOf("r1", { dropped: ["seed"], retries: [fallback], upstream: "b" }));
  assert.equal(left, "This upstream does not take stop: left out.");
  assert.deepEqual(
    asideWords(turnOf("r1", { context: { max_tokens: 40, tokens: 34, source: "calibrated", omitted: 2 } })),
    ["Left out to fit: 2 earlier messages; 34 tokens were sent."]);
  assert.deepEqual(asideWords(turnOf("r1", { context: { max_tokens: 40, omitted: 0 } })), []);
});

test("a model that answers under another name is told", () => {
  assert.deepEqual(asideWords(turnOf("r1", { model: "m-0425", requestedModel: "m" })), ["Asked for m."]);
});

test("a lost connection counts down to the next attempt, and one under way says so", () => {
  const state = { name: "reconnecting", reason: "The connection was lost", code: 1006, attempt: 2, isOffline: false };
  assert.equal(troubleWords({ ...state, retryAt: 10_000 }, 7_400), "The connection was lost. Trying again in 3 s.");
  assert.equal(troubleWords({ ...state, retryAt: 10_000 }, 10_001), "The connection was lost. Trying again now …");
  assert.equal(troubleWords({ ...state, retryAt: null }, 0), "The connection was lost. Trying again now …");
  assert.equal(troubleWords({ ...state, retryAt: null, isOffline: true }, 0), "", "another bar says that");
  assert.equal(troubleWords({ name: "open", connection: "c" }, 0), "");
  assert.equal(troubleWords({ name: "closed", reason: "Not allowed.", code: 4403 }, 0), "Not allowed.");
});

test("each state of the connection has words", () => {
  const words = ["connecting", "open", "reconnecting", "closed"].map((name) => shortStateWords({ name }));
  assert.equal(new Set(words).size, 4);
});

test("thinking counts its seconds while it goes on and keeps them afterwards", () => {
  assert.equal(reasoningWords(true, { from: 1000, to: null }, 13_100), "Thinking … 13 s");
  assert.equal(reasoningWords(false, { from: 1000, to: 5_000 }, 99_000), "Thought for 4 s");
  assert.equal(reasoningWords(true, { from: 1000, to: null }, 1000), "Thinking …");
  assert.equal(reasoningWords(false, { from: 1000, to: 1000 }, 99_000), "Thought for less than a second");
  assert.equal(reasoningWords(false, { from: 1000, to: 1999 }, 99_000), "Thought for less than a second");
  assert.equal(reasoningWords(false, { from: 1000, to: 2000 }, 99_000), "Thought for 1 s");
  assert.equal(reasoningWords(true, undefined, 0), "Thinking …", "its beginning was not seen");
  assert.equal(reasoningWords(false, undefined, 0), "Reasoning");
});

test("numbers are as long as people read them", () => {
  assert.deepEqual([0.4, 999, 1000, 59_949, 61_000].map(duration), ["0 ms", "999 ms", "1 s", "59.9 s", "1 min 1 s"]);
  assert.deepEqual([-5, 1, 1001, 61_000].map(seconds), ["0 s", "1 s", "2 s", "1 min 1 s"]);
  assert.deepEqual([0.04, 9.96, 99.94, 1234.5].map(rounded), ["0", "10", "99.9", "1,235"]);
  assert.deepEqual([0, 1, 2, 1200].map((count) => counted(count, "tab")), ["0 tabs", "1 tab", "2 tabs", "1,200 tabs"]);
});

test("when a chat was is said by day", () => {
  const now = new Date(2026, 2, 3, 12).getTime();
  assert.match(whenWords(new Date(2026, 2, 3, 9, 5).getTime(), now), /^Today, /);
  assert.match(whenWords(new Date(2026, 2, 2, 23, 59).getTime(), now), /^Yesterday, /);
  assert.match(whenWords(new Date(2025, 11, 24, 18).getTime(), now), /2025/);
});
