import assert from "node:assert/strict";
import { test } from "node:test";
import { contextOf, parametersOf } from "../../public/page/parameters.js";

test("empty fields are silence", () => {
  assert.equal(parametersOf({}).params, undefined);
  assert.equal(parametersOf({ temperature: " ", stop: "\n\n", reasoning_effort: "" }).params, undefined);
  assert.equal(contextOf({ fit: false, budget: "" }).context, undefined);
});

test("what is written is sent as numbers, with a point or a comma", () => {
  const { params, slips } = parametersOf({
    temperature: "0,7", top_p: ".9", max_tokens: "200", seed: "-3", n: "2", reasoning_effort: "low",
    stop: "END\r\n###\n",
  });
  assert.deepEqual(params, {
    temperature: 0.7, top_p: 0.9, max_tokens: 200, seed: -3, n: 2, reasoning_effort: "low", stop: ["END", "###"],
  });
  assert.equal(slips.size, 0);
});

test("zero is a number, and not silence", () => {
  assert.deepEqual(parametersOf({ temperature: "0", seed: "0" }).params, { temperature: 0, seed: 0 });
});

test("a space before a word to stop at is a part of it", () => {
  assert.deepEqual(parametersOf({ stop: " END" }).params, { stop: [" END"] });
});

test("what nobody can send is said at its field, and not sent", () => {
  const wrong = {
    temperature: "warm", top_p: "2", max_tokens: "0", seed: "1.5", n: "9", stop: "a\nb\nc\nd\ne",
  };
  const { params, slips } = parametersOf(wrong);
  assert.equal(params, undefined);
  assert.deepEqual([...slips.keys()].sort(), Object.keys(wrong).sort());
  for (const text of ["1,000", "0x10", "Infinity", "1e", "--1", "NaN"]) {
    assert.ok(parametersOf({ max_tokens: text }).slips.has("max_tokens"), text);
  }
});

test("a budget wins over the model's window", () => {
  assert.deepEqual(contextOf({ fit: true, budget: "" }).context, {});
  assert.deepEqual(contextOf({ fit: true, budget: "4000" }).context, { max_tokens: 4000 });
  assert.notEqual(contextOf({ fit: true, budget: "many" }).slip, undefined);
});
