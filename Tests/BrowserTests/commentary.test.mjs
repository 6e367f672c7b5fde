import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { comment } from "../../public/page/commentary.js";
import { sessionOf } from "./kit/session.mjs";

let session;
let said;
let stop;
beforeEach(() => {
  session = sessionOf();
  said = [];
  stop = comment(session, { say: (words) => said.push(words) }, () => true);
});

function requestOf(fields = {}) {
  const request = { id: "r1", isOurs: true, status: "waiting", choices: [], error: null, ...fields };
  return Object.assign(request, { turn: request });
}

/** What is said when that has happened. */
function heard() {
  return said.splice(0);
}

test("an answer begins when the server has taken the question", () => {
  const request = requestOf();
  session.turns = [{ request: "r1" }];
  session.tell("request", { request });
  session.tell("change");
  assert.deepEqual(heard(), []);
  request.status = "accepted";
  session.tell("change");
  session.tell("change");
  assert.deepEqual(heard(), ["Answering …"]);
  request.status = "ended";
  request.choices = [{ text: "**Yes.**", refusal: "" }];
  session.tell("end", { request });
  assert.deepEqual(heard(), ["Yes."]);
});

test("without a connection nothing answers", () => {
  session.isJoined = false;
  const request = requestOf();
  session.tell("request", { request });
  assert.deepEqual(heard(), ["Waiting for the connection …"]);
  session.isJoined = true;
  request.status = "running";
  session.tell("change");
  assert.deepEqual(heard(), ["Answering …"]);
});

test("what is over before it began is not begun", () => {
  const request = requestOf();
  session.turns = [{ request: "r1" }];
  session.tell("request", { request });
  request.status = "failed";
  request.error = { code: "missing_key", message: "" };
  session.tell("end", { request });
  session.tell("change");
  assert.deepEqual(heard(), ["An API key is needed."]);
});

test("the end of an answer that was replaced is not read out", () => {
  session.turns = [{ request: "r2" }];
  session.tell("end", { request: requestOf({ status: "ended", choices: [{ text: "Old.", refusal: "" }] }) });
  assert.deepEqual(heard(), []);
});

test("another tab's question is told as that", () => {
  session.tell("request", { request: requestOf({ isOurs: false, status: "running" }) });
  assert.deepEqual(heard(), ["Another tab has asked. Answering …"]);
  stop();
  session.tell("request", { request: requestOf({ status: "running" }) });
  assert.deepEqual(heard(), []);
});
