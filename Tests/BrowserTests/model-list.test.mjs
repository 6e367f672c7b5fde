import assert from "node:assert/strict";
import { test } from "node:test";
import {
  failureWords, matching, modelWords, onlyUpstream, priceWords, unlisted, upstreamFor, upstreamOf,
} from "../../public/page/model-list.js";

const models = [
  { id: "gpt-4o-mini", upstream: "openai", name: "GPT-4o mini" },
  { id: "claude-9", upstream: "own", owned_by: "anthropic" },
  { id: "gpt-5", upstream: "openai" },
];
const ids = (typed) => {
  const { groups } = matching(models, typed);
  return groups.map((group) => [group.upstream, ...group.models.map(({ id }) => id)]);
};

test("models stand by upstream, in the server's order", () => {
  assert.deepEqual(ids(""), [["openai", "gpt-4o-mini", "gpt-5"], ["own", "claude-9"]]);
});

test("every word that is typed must be somewhere: in name, maker or upstream", () => {
  assert.deepEqual(ids("GPT mini"), [["openai", "gpt-4o-mini"]]);
  assert.deepEqual(ids("anthropic"), [["own", "claude-9"]]);
  assert.deepEqual(ids("own gpt"), []);
});

test("the very name comes first, then what begins so; and only these are meant", () => {
  const many = ["o-gpt-4o", "gpt-4o-mini", "GPT-4o", "gpt-4o"].map((id) => ({ id, upstream: "u" }));
  const found = (typed) => {
    const { groups, meant } = matching(many, typed);
    return [meant?.id, ...groups.flatMap((group) => group.models.map(({ id }) => id))];
  };
  assert.deepEqual(found(" gpt-4o "), ["gpt-4o", "gpt-4o", "GPT-4o", "gpt-4o-mini", "o-gpt-4o"]);
  assert.deepEqual(found("gpt-4O"), ["GPT-4o", "GPT-4o", "gpt-4o", "gpt-4o-mini", "o-gpt-4o"]);
  assert.deepEqual(found("gpt-4"), ["gpt-4o-mini", "gpt-4o-mini", "GPT-4o", "gpt-4o", "o-gpt-4o"]);
  assert.deepEqual(found("mini"), [undefined, "gpt-4o-mini"]);
  assert.deepEqual(found(""), [undefined, ...many.map(({ id }) => id)]);
});

test("a very name is shown however many have it in theirs", () => {
  const many = [...Array(300).keys()].map((index) => ({ id: `m-${index}-x`, upstream: "u" }));
  assert.equal(matching([...many, { id: "x", upstream: "u" }], "x").groups[0].models[0].id, "x");
});

test("a name that was typed is the first upstream's that lists it", () => {
  assert.equal(upstreamOf(models, "claude-9"), "own");
  assert.equal(upstreamOf([...models, { id: "gpt-5", upstream: "own" }], "gpt-5"), "openai");
  assert.equal(upstreamOf(models, "claude"), "");
});

test("a name that no list has goes to an upstream that was chosen for its own choice, or has no list", () => {
  const failed = [{ upstream: "lakes", code: "missing_key", message: "A key is needed." }];
  const goes = (id, model, upstream) => upstreamFor({ models, failed }, id, { model, upstream });
  assert.equal(goes("lake-1", "", "lakes"), "lakes");
  assert.equal(goes("lake-2", "lake-1", "lakes"), "lakes");
  assert.equal(goes("claude-10", "", "own"), "own");
  assert.equal(goes("claude-10", "gpt-5", "openai"), "", "the server may know better");
  assert.equal(goes("claude-9", "", "lakes"), "own", "which lists it");
  assert.equal(goes("", "", "lakes"), "");
});

test("of an upstream without a list its own choice can be had, where its name is known", () => {
  const failed = ["lakes", "", "Seas", "lakes"].map((upstream) => ({ upstream, code: "missing_key", message: "" }));
  assert.deepEqual(unlisted(failed, ""), ["lakes", "Seas"]);
  assert.deepEqual(unlisted(failed, "sea"), ["Seas"]);
});

test("there is one upstream only where the list tells of no other", () => {
  assert.equal(onlyUpstream({ models, failed: [] }), undefined);
  assert.equal(onlyUpstream({ models: [models[0], models[2]], failed: [] }), "openai");
  assert.equal(onlyUpstream({ models: [], failed: [] }), undefined);
});

test("a list too long to look at is cut, and says by how much", () => {
  const many = Array.from({ length: 350 }, (_, index) => ({ id: `m${index}`, upstream: "u" }));
  const { groups, more } = matching(many, "");
  assert.equal(groups[0].models.length, 200);
  assert.equal(more, 150);
});

test("window and price are shown where they are known", () => {
  const words = (facts) => modelWords({ id: "m", upstream: "u", ...facts });
  assert.equal(
    words({ context_tokens: 128_000, price: { input: "2.50", output: "10.00" }, input: ["text", "image"] }),
    "128k window · $2.50 → $10.00 · sees pictures");
  assert.equal(words({ context_tokens: 1_048_576 }), "1M window");
  assert.equal(words({ context_tokens: 4096, price: { output: "1" } }), "4,096 window · ? → $1");
  assert.equal(words({}), "");
});

test("what prices are for is said where there is one", () => {
  assert.match(priceWords([{ id: "m", upstream: "u", price: {} }]), /a million tokens/);
  assert.equal(priceWords([{ id: "m", upstream: "u" }]), "");
});

test("an upstream without a list is named with its reason", () => {
  const failed = [{ upstream: "local", code: "upstream_unreachable", message: "Connection refused." }];
  assert.deepEqual(failureWords(failed), ["local: Connection refused."]);
  const [unnamed] = failureWords([{ ...failed[0], upstream: "" }]);
  assert.equal(unnamed, "The default upstream: Connection refused.");
});
