import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Thinking } from "../../public/page/thinking.js";
import { sessionOf } from "./kit/session.mjs";

let session;
let thinking;
beforeEach(() => {
  session = sessionOf();
  thinking = new Thinking(session);
});

const requestOf = (id) => ({ id, choices: [{ choice: 0, reasoning: "Hm" }] });
const thinks = (id) => session.tell("delta", { request: requestOf(id), delta: { choice: 0, reasoning: "Hm" } });

test("thinking ends with the first word, or with the answer", () => {
  session.turns = [{ request: "r1" }, { request: "r2" }];
  thinks("r1");
  assert.equal(thinking.of("r1", 0).to, null);
  session.tell("delta", { request: requestOf("r1"), delta: { choice: 0, text: "So" } });
  assert.notEqual(thinking.of("r1", 0).to, null);
  thinks("r2");
  session.tell("end", { request: requestOf("r2") });
  assert.notEqual(thinking.of("r2", 0).to, null);
});

test("of an answer whose beginning was not seen nothing is known", () => {
  session.turns = [{ request: "r1" }];
  const request = { id: "r1", choices: [{ choice: 0, reasoning: "Well, hm" }] };
  session.tell("delta", { request, delta: { choice: 0, reasoning: "hm" } });
  thinks("r1");
  assert.equal(thinking.of("r1", 0), undefined);
});

test("what is no turn of the chat any more is forgotten", () => {
  session.turns = [{ request: "r1" }, { request: "r2" }];
  thinks("r1");
  thinks("r2");
  session.turns = [{ request: "r2" }, { request: "r3" }];
  thinks("r3");
  assert.deepEqual(["r1", "r2", "r3"].map((id) => thinking.of(id, 0) !== undefined), [false, true, true]);
});
