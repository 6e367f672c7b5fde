// What becomes of a question whose id the server has heard before, of the same question or of another.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { SESSION, asked, end, frame, joined, recovered, text, welcome } from "./kit/frames.mjs";
import { World, settle } from "./kit/world.mjs";

let world;
let session;

beforeEach(() => {
  world = new World();
  session = world.joined();
});

const sent = (type) => world.socket.ofType(type);
const say = (...frames) => world.socket.say(...frames);
const shown = () => session.turns.map((turn) => [turn.request, turn.status, turn.isOurs]);
const accepted = (request, fields) => (
  { type: "accepted", session: SESSION, request, id: `chat:${request}`, ...fields });
const ended = (request, input, answer, fields) => [
  { request, role: "user", content: input, at: 1 },
  { request, role: "assistant", content: answer, status: "ended", reason: "stop", at: 1, ...fields },
];
const exists = (request) => ({
  type: "error", command: "chat", session: SESSION, request, code: "request_exists", message: "No.",
  retryable: false, id: `chat:${request}`,
});

/** The tab was reloaded: it joins anew. */
function reload() {
  world = new World();
  session = world.client.session(SESSION);
  say(welcome());
}

test("a question that has ended, and of which the server has only the id, does not hang", async () => {
  const request = session.chat("a title", { request: "title", store: false });
  say(accepted("title", { duplicate: true }));
  assert.equal(request.status, "accepted", "its answer may be on the way");
  assert.deepEqual(sent("join").at(-1).after, { epoch: "e", seq: 0 });
  world.answerJoin(recovered("e", 0));
  await assert.rejects(request.done, { code: "interrupted", message: /has ended/ });
  assert.deepEqual(session.requests, []);
});

test("a question that is asked again while it runs goes on, though the answer to that came first", () => {
  const request = session.chat("hi", { request: "a" });
  say(accepted("a", { duplicate: true }));
  world.answerJoin(recovered("e", 2), asked("a", 1, "hi"), text("a", 2, 1, "x"));
  assert.deepEqual([request.status, request.text, request.isOurs], ["running", "x", true]);
});

test("an id that a snapshot shows with another question is not ours", async () => {
  reload();
  const request = session.chat("Tell me about rivers.", { request: "intro" });
  world.answerJoin(joined("e", 2, { messages: ended("intro", "Tell me about pears.", "Sweet."), requests: [] }));
  await assert.rejects(request.done, { code: "request_exists", request: "intro", session: SESSION });
  assert.deepEqual(shown(), [["intro", "ended", false]]);
  assert.deepEqual([sent("chat"), session.requests], [[], []]);
});

test("an id that a frame shows with another question is not ours, and is not stopped for us", async () => {
  const ends = [];
  session.on("end", ({ request }) => ends.push(request.status));
  const request = session.chat("Tell me about rivers.", { request: "intro" });
  say(asked("intro", 1, "Tell me about pears."));
  await request.abort();
  say(exists("intro"));
  await assert.rejects(request.done, { code: "request_exists" });
  assert.deepEqual([shown(), ends, sent("abort")], [[["intro", "running", false]], ["failed"], []]);
  assert.notEqual(session.request("intro"), request);
});

test("a question that arrives a little different, or in part, is the same", () => {
  const halves = session.chat("half \ud800 a pair", { request: "a" });
  say(asked("a", 1, "half \ufffd a pair"));
  const part = { type: "text", text: "\\ud800 \ud83d\ude00", extra: { a: 1, "b\udc00\udc00": 2 } };
  const parts = session.chat({ messages: [{ role: "r\ud800", content: [part] }] }, { request: "b" });
  const arrived = { extra: { "b\ufffd\ufffd": 2, a: 1 }, text: "\\ud800 \ud83d\ude00", type: "text" };
  const role = "r\ufffd";
  assert.deepEqual(sent("chat").at(-1).messages, [{ role, content: [arrived] }], "it leaves as it will arrive");
  say(frame("request", "b", 2, 0, { messages: [{ role, content: [arrived] }], upstream: "u", at: 2 }));
  const messages = [{ role: "system", content: "s" }, { role: "user", content: "u" }];
  const omitted = session.chat({ messages }, { request: "c" });
  say(frame("request", "c", 3, 0, { messages: messages.slice(1), omitted: 1, upstream: "u", at: 3 }));
  assert.deepEqual([halves, parts, omitted].map(({ status }) => status), ["running", "running", "running"]);
  reload();
  const cut = session.chat({ messages }, { request: "d" });
  world.answerJoin(joined("e", 9, { messages: ended("d", "u", "x"), requests: [], truncated: 1 }));
  assert.equal(cut.status, "ended");
});

test("of a question that is told in part, that part and how much is left out must be as asked", async () => {
  const user = (content) => ({ role: "user", content });
  const messages = [{ role: "system", content: "s" }, user("rivers")];
  const others = [
    { messages: [user("pears")], omitted: 1 }, { messages: [user("rivers")], omitted: 7 }, { messages: [], omitted: 1 },
    { messages: [user("s"), user("t"), user("rivers")], omitted: 1 },
  ];
  for (const [index, fields] of others.entries()) {
    const request = session.chat({ messages }, { request: `q${index}` });
    say(frame("request", request.id, index + 1, 0, { ...fields, upstream: "u", at: 1 }));
    await assert.rejects(request.done, { code: "request_exists" }, JSON.stringify(fields));
  }
  for (const [prompt, isSame] of [["rivers", true], ["pears", false]]) {
    reload();
    const request = session.chat({ messages }, { request: "cut" });
    world.answerJoin(joined("e", 9, { messages: ended("cut", prompt, "x"), requests: [], truncated: 1 }));
    await assert[isSame ? "doesNotReject" : "rejects"](request.done, isSame ? prompt : { code: "request_exists" });
  }
  reload();
  const unseen = session.chat({ messages }, { request: "unseen" });
  const told = { request: "unseen", n: 0, messages: [], omitted: 2, at: 1 };
  world.answerJoin(joined("e", 9, { messages: [], requests: [told] }));
  assert.equal(unseen.status, "running", "there is no room for any of it, but the count is right");
});

test("an answer to what was asked under the same id before the session was left is not this question's", async () => {
  for (const answer of [accepted("q"), { ...exists("q"), code: "bad_request" }]) {
    world = new World();
    world.joined().chat("pears", { request: "q" });
    world.client.session(SESSION).leave();
    session = world.client.session(SESSION);
    const request = session.chat("rivers", { request: "q" });
    say(answer);
    assert.equal(request.status, "waiting");
    world.answerJoin(joined("e", 2, { messages: ended("q", "pears", "Sweet."), requests: [] }));
    await assert.rejects(request.done, { code: "request_exists" });
    assert.deepEqual(shown(), [["q", "ended", false]]);
  }
});

test("what was accepted is ours, however it is shown", () => {
  const request = session.chat("hi", { request: "a" });
  say(accepted("a"), asked("a", 1, "as the server has it"));
  const [prompt] = session.turns[0].prompts;
  assert.deepEqual([request.status, request.isOurs, prompt.content], ["running", true, "as the server has it"]);
});

test("what was accepted in one epoch may be another question in the next", async () => {
  const request = session.chat("rivers", { request: "start" });
  say(accepted("start"));
  world.cut();
  world.answerJoin(joined("e2", 3, { messages: ended("start", "pears", "Sweet."), requests: [] }));
  await assert.rejects(request.done, { code: "request_exists" });
  assert.deepEqual([shown(), request.text], [[["start", "ended", false]], ""]);
});

test("the messages of a question stay whole for who asked, also where frames and snapshots have no room", () => {
  const messages = [{ role: "system", content: "long" }, { role: "user", content: "u" }];
  const last = messages.slice(1);
  const { id } = session.chat({ messages });
  say(frame("request", id, 1, 0, { messages: last, omitted: 1, upstream: "u", at: 1 }), text(id, 2, 1, "x"));
  const told = { request: id, n: 2, messages: last, omitted: 1, at: 1, text: "xy" };
  say(joined("e", 3, { messages: [], requests: [told] }));
  const [{ prompts, omitted }] = session.turns;
  assert.deepEqual([prompts, omitted, session.request(id).text], [messages, 0, "xy"]);
  say(end(id, 4, 3));
  session.retry(id);
  assert.deepEqual(sent("chat").at(-1).messages, messages);
});

test("what other tabs asked is known as far as it is told", () => {
  say(frame("request", "a", 1, 0, { messages: [{ role: "user", content: "u" }], omitted: 1, upstream: "u", at: 1 }));
  const [{ prompts, omitted }] = session.turns;
  assert.deepEqual([prompts.length, omitted], [1, 1]);
});

test("an answer that was given up and goes on is ours still, with what was wished", () => {
  const { id } = session.chat("hi", { orphan: "abort", context: { max_tokens: 9 }, params: { seed: 7 } });
  say(asked(id, 1, "hi", { params: { seed: 7 } }), text(id, 2, 1, "x"));
  world.socket.die(4401);
  assert.deepEqual(shown(), [[id, "interrupted", true]]);
  world.client.reconnect();
  say(welcome("c2"));
  world.answerJoin(joined("e", 4, { messages: ended(id, "hi", "xyz"), requests: [] }));
  assert.deepEqual(shown(), [[id, "ended", true]]);
  session.retry(id);
  const { orphan, context, params, replaces } = sent("chat")[0];
  assert.deepEqual({ orphan, context, params, replaces }, {
    orphan: "abort", context: { max_tokens: 9 }, params: { seed: 7 }, replaces: id,
  });
});

test("a question that was refused lends nothing to another one of its id", () => {
  session.chat("rivers", { request: "a", orphan: "abort" });
  say({ ...exists("a"), code: "bad_request" });
  assert.deepEqual(shown(), [["a", "failed", true]]);
  say(asked("a", 1, "pears"));
  assert.deepEqual(shown(), [["a", "running", false]]);
  session.chat("again", { request: "b", orphan: "abort", params: { bad: 1 } });
  say({ ...exists("b"), code: "bad_request" }, asked("b", 2, "again"), end("b", 3, 1));
  assert.deepEqual(shown().at(-1), ["b", "ended", false], "another tab asked it, and rightly");
  session.retry("b");
  const { orphan, params } = sent("chat").at(-1);
  assert.deepEqual([orphan, params], [undefined, undefined]);
});

test("a question that was given up and goes on is known whole, also where the snapshot has no room", () => {
  const messages = [{ role: "system", content: "long" }, { role: "user", content: "u" }];
  const params = { tools: [] };
  const { id } = session.chat({ messages }, { params });
  const begun = { messages: messages.slice(1), omitted: 1, params, upstream: "u", at: 1 };
  say(accepted(id), frame("request", id, 1, 0, begun));
  world.socket.die(4401);
  world.client.reconnect();
  say(welcome("c2"));
  const told = { request: id, n: 0, messages: messages.slice(1), omitted: 1, params_omitted: true, at: 1 };
  world.answerJoin(joined("e", 1, { messages: [], requests: [told] }));
  const [{ prompts, omitted, areParamsOmitted }] = session.turns;
  assert.deepEqual([prompts, omitted, areParamsOmitted], [messages, 0, false]);
  say(end(id, 2, 1));
  session.retry(id);
  const again = sent("chat").at(-1);
  assert.deepEqual([again.messages, again.params], [messages, params]);
});

test("a snapshot that is older than an answer does not give up what was accepted", async () => {
  say(asked("z", 1, "0"));
  const request = session.chat("hi", { request: "a" });
  say(accepted("a"));
  world.cut();
  const old = { messages: [], requests: [{ request: "z", n: 0, input: "0", at: 1 }] };
  world.answerJoin(joined("e", 1, old));
  assert.equal(request.status, "accepted");
  assert.deepEqual(sent("join").at(-1).after, { epoch: "e", seq: 1 });
  world.answerJoin(recovered("e", 3), asked("a", 2, "hi"), text("a", 3, 1, "x"));
  assert.deepEqual([request.status, request.text, session.turns.length], ["running", "x", 2]);
  assert.equal(sent("join").length, 2, "it asked once, and at once");
});

test("what was accepted and is in no snapshot, nor in the log that follows, was interrupted", async () => {
  for (const answer of [recovered("e", 1), joined("e", 1)]) {
    world = new World();
    session = world.joined();
    const request = session.chat("hi");
    say(accepted(request.id));
    world.cut();
    world.answerJoin(joined("e", 1));
    world.answerJoin(answer);
    await assert.rejects(request.done, { code: "interrupted" });
    assert.ok(session.isJoined);
    assert.equal(sent("join").length, 2);
    say(asked(request.id, 2, "hi"));
    assert.deepEqual(shown(), [[request.id, "running", true]], "it was not, and is ours still");
  }
});

test("what is accepted only after a snapshot that lacks it is found out, too", async () => {
  const request = session.chat("hi", { store: false });
  say(joined("e", 3));
  assert.equal(sent("join").length, 0);
  say(accepted(request.id));
  assert.deepEqual([request.status, sent("join").length], ["accepted", 1], "it may have ended before that");
  world.answerJoin(recovered("e", 3));
  await assert.rejects(request.done, { code: "interrupted" });
});

test("snapshots from before a question was accepted, and one that is older than that, do not give it up", () => {
  const request = session.chat("hi", { request: "a" });
  world.cut();
  world.answerJoin(joined("e", 1));
  assert.equal(sent("chat").length, 1, "it may not have arrived");
  say(accepted("a"), joined("e", 1));
  assert.equal(request.status, "accepted");
  world.answerJoin(recovered("e", 2), asked("a", 2, "hi"));
  assert.deepEqual([shown(), session.isJoined], [[["a", "running", true]], true]);
});

test("a stop that is refused takes back no chat that is on its way", async () => {
  const request = session.chat("hi");
  const stopped = request.abort();
  const refusal = { type: "error", command: "abort", session: SESSION, request: request.id, message: "No." };
  say({ ...refusal, code: "internal", id: `abort:${request.id}` });
  await assert.rejects(stopped, { code: "internal" });
  assert.equal(request.status, "waiting");
  say(accepted(request.id), asked(request.id, 1, "hi"));
  assert.deepEqual(shown(), [[request.id, "running", true]]);
});

test("a chat that was stopped does not go out because the stop was refused", async () => {
  const request = session.chat("hi");
  world.socket.die(1006);
  const stopped = request.abort();
  world.client.reconnect();
  say(welcome("c2"));
  world.answerJoin(recovered("e", 0));
  const { id } = request;
  const refusal = { type: "error", command: "abort", session: SESSION, request: id, code: "internal", message: "No." };
  say({ ...refusal, id: `abort:${id}` });
  await assert.rejects(stopped, { code: "internal" });
  await settle();
  assert.deepEqual([sent("chat"), request.status, session.requests], [[], "aborted", []]);
});
