import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Clock, SESSION, asked, frame, joined, recovered, text } from "./frames.mjs";
import { Session } from "../../public/session.js";

let clock;
let sent;
let events;
let session;

beforeEach(() => {
  clock = new Clock();
  sent = [];
  events = [];
  const note = (name) => (value) => events.push([name, value]);
  session = new Session(SESSION, (...commands) => sent.push(...structuredClone(commands)), {
    turnChanged: () => {},
    replaced: note("replaced"),
    outboxChanged: () => {},
    tabsChanged: note("tabs"),
    modelsChanged: note("models"),
    noticed: note("noticed"),
  });
});

afterEach(() => clock.restore());

const welcome = (connection = "c1") => ({ type: "welcome", connection, limits: { message_bytes: 2000 } });
const ofType = (type) => sent.filter((command) => command.type === type);

/** Joined in epoch `e`, with nothing sent so far. */
function start() {
  session.opened(welcome());
  session.received([joined("e", 0)]);
  sent = [];
}

function drop() {
  session.lost();
  sent = [];
}

test("a new connection joins without a position, and asks for the models", () => {
  session.opened(welcome());
  assert.deepEqual(sent, [
    { type: "join", id: "join", session: SESSION }, { type: "models", id: "models" },
  ]);
});

test("a connection that comes back joins after the position it has reached", () => {
  start();
  session.received([asked("a", 1, "hi"), text("a", 2, 1, "x")]);
  drop();
  session.opened(welcome("c2"));
  assert.deepEqual(ofType("join")[0].after, { epoch: "e", seq: 2 });
  session.received([recovered("e", 4), text("a", 4, 3, "yz", { from: 2 })]);
  assert.equal(session.transcript.turns[0].answer().text, "xyz");
  assert.ok(session.isOurs("c1") && session.isOurs("c2") && !session.isOurs("c3"));
});

test("a message with a gap is not applied at all, and a snapshot mends it", () => {
  start();
  session.received([asked("a", 1, "hi"), text("a", 3, 2, "lost before me")]);
  assert.deepEqual(session.transcript.turns, []);
  assert.deepEqual(sent, []);
  clock.advance(100);
  assert.deepEqual(sent, [{ type: "join", id: "join", session: SESSION }]);
  session.received([text("a", 4, 3, "still in flight")]);
  session.received([joined("e", 4, { messages: [], requests: [{ request: "a", n: 3, input: "hi", at: 1, text: "all of it" }] })]);
  session.received([text("a", 5, 4, "!")]);
  assert.equal(session.transcript.turns[0].answer().text, "all of it!");
});

test("a server whose log never adds up is asked ever more rarely", () => {
  start();
  for (let round = 0; round < 1000; round += 1) {
    session.received([text("a", 7, 0, "x")]);
    clock.advance(100);
    if (ofType("join").length > round) session.received([joined("e", 0)]);
  }
  assert.ok(ofType("join").length < 20, `${ofType("join").length} joins in 100 s`);
});

test("a gap found just before the connection is lost leaves no timer behind", () => {
  start();
  session.received([text("a", 7, 0, "x")]);
  session.lost();
  assert.equal(clock.pending, 0);
});

test("a chat waits for the join, then goes out with the epoch", () => {
  session.opened(welcome());
  session.chat({ input: "hi", model: "m" });
  assert.deepEqual(ofType("chat"), []);
  session.received([joined("e", 0)]);
  const [{ request, id, ...chat }] = ofType("chat");
  assert.deepEqual(chat, { type: "chat", session: SESSION, input: "hi", model: "m", epoch: "e" });
  assert.match(request, /^[A-Za-z0-9_-]{22}$/);
  assert.equal(id, `chat:${request}`);
});

test("an unanswered chat is sent again, unchanged, also into another epoch", () => {
  start();
  session.chat({ input: "hi" });
  const [first] = ofType("chat");
  drop();
  session.opened(welcome("c2"));
  assert.deepEqual(ofType("chat"), [], "not before joined");
  session.received([joined("f", 0)]);
  assert.deepEqual(ofType("chat"), [first]);
});

test("a chat that was accepted or shown is not sent again", () => {
  start();
  session.chat({ input: "accepted" });
  session.chat({ input: "shown" });
  const [accepted, shown] = ofType("chat").map((chat) => chat.request);
  session.received([{ type: "accepted", session: SESSION, request: accepted, id: `chat:${accepted}` }]);
  session.received([asked(shown, 1, "shown")]);
  drop();
  session.opened(welcome("c2"));
  session.received([recovered("e", 1)]);
  assert.deepEqual(ofType("chat"), []);
  assert.deepEqual(session.outbox.chats.map((chat) => chat.request), [accepted]);
});

test("a chat that a snapshot shows is not sent again", () => {
  start();
  session.chat({ input: "hi" });
  const [{ request }] = ofType("chat");
  drop();
  session.opened(welcome("c2"));
  session.received([joined("e", 3, { messages: [], requests: [{ request, n: 2, input: "hi", at: 1 }] })]);
  assert.deepEqual(ofType("chat"), []);
  assert.deepEqual(session.outbox.chats, []);
});

test("a chat that was accepted in a log that is gone was interrupted", () => {
  start();
  session.chat({ input: "hi" });
  const [{ request }] = ofType("chat");
  session.received([{ type: "accepted", session: SESSION, request }]);
  drop();
  session.opened(welcome("c2"));
  session.received([joined("f", 0)]);
  assert.equal(session.outbox.get(request).error.code, "interrupted");
});

test("a refused chat says why and is not sent again", () => {
  start();
  session.chat({ input: "hi" });
  const [{ id, request }] = ofType("chat");
  session.received([{ type: "error", command: "chat", session: SESSION, code: "bad_request", message: "No.", retryable: false, id }]);
  assert.equal(session.outbox.get(request).state, "failed");
  drop();
  session.opened(welcome("c2"));
  session.received([joined("e", 0)]);
  assert.deepEqual(ofType("chat"), []);
  session.dismiss(request);
  assert.deepEqual(session.outbox.chats, []);
});

test("what a draining server refused goes to its successor, in the epoch there", () => {
  start();
  session.chat({ input: "hi" });
  const [{ id, request }] = ofType("chat");
  session.received([{ type: "error", command: "chat", code: "draining", message: "Soon.", retryable: true, id }]);
  drop();
  session.opened(welcome("c2"));
  session.received([joined("f", 0)]);
  assert.deepEqual(ofType("chat").map((chat) => [chat.request, chat.epoch]), [[request, "f"]]);
});

test("a message over the server's limit is refused here, since the server would close", () => {
  start();
  session.chat({ input: "ü".repeat(1000) });
  assert.deepEqual(sent, []);
  assert.equal(session.outbox.chats[0].error.code, "bad_request");
});

test("stop cancels every running request, and the asked ones that the log does not show yet", () => {
  start();
  session.received([asked("a", 1, "1"), asked("b", 2, "2"), frame("end", "b", 3, 1)]);
  session.chat({ input: "3" });
  const [{ request }] = ofType("chat");
  session.abort();
  assert.deepEqual(new Set(ofType("abort").map((abort) => abort.request)), new Set(["a", request]));
});

test("a stop that nobody has answered is asked for again after a reconnect, until the end is seen", () => {
  start();
  session.received([asked("a", 1, "1")]);
  drop();
  session.abort();
  assert.deepEqual(sent, []);
  session.opened(welcome("c2"));
  session.received([recovered("e", 1)]);
  assert.deepEqual(ofType("abort").map((abort) => abort.request), ["a"]);
  session.received([frame("aborted", "a", 2, 1, { by: "c2" })]);
  drop();
  session.opened(welcome("c3"));
  session.received([recovered("e", 2)]);
  assert.deepEqual(ofType("abort"), []);
});

test("a chat stopped while offline is not sent, but cancelled where it had arrived", () => {
  start();
  session.chat({ input: "hi" });
  const [{ request }] = ofType("chat");
  drop();
  session.abort();
  session.opened(welcome("c2"));
  session.received([recovered("e", 0)]);
  assert.deepEqual(ofType("chat"), []);
  assert.deepEqual(ofType("abort").map((abort) => abort.request), [request]);
  session.received([{ type: "error", command: "abort", code: "unknown_request", retryable: false, id: `abort:${request}` }]);
  assert.deepEqual(events.filter(([name]) => name === "noticed"), []);
});

test("an answered stop is not repeated by the next chat", () => {
  start();
  session.received([asked("a", 1, "1")]);
  session.abort();
  session.received([{ type: "ok", command: "abort", requests: ["a"], id: "abort:a" }]);
  sent = [];
  session.chat({ input: "next" });
  assert.deepEqual(ofType("abort"), []);
});

test("presence and models are passed on, other errors noticed", () => {
  start();
  events = [];
  const error = { type: "error", code: "forbidden", message: "Not from here.", retryable: false };
  session.received([
    { type: "presence", session: SESSION, tabs: 3 }, { type: "presence", session: "other", tabs: 9 },
    { type: "models", models: [{ id: "m" }] }, error,
  ]);
  assert.deepEqual(events, [["tabs", 3], ["models", [{ id: "m" }]], ["noticed", error]]);
});

test("a joined that comes by itself replaces everything", () => {
  start();
  session.received([asked("a", 1, "hi"), frame("end", "a", 2, 1)]);
  session.received([joined("e", 900, { messages: [], requests: [{ request: "z", n: 4, input: "new", at: 1 }] })]);
  assert.deepEqual(session.transcript.turns.map((turn) => turn.request), ["z"]);
  session.received([text("z", 901, 5, "x")]);
  assert.equal(session.transcript.turns[0].answer().text, "x");
});
