import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { SESSION, asked, end, frame, joined, recovered, text, welcome } from "./kit/frames.mjs";
import { World, settle } from "./kit/world.mjs";
import { connect } from "../../public/client/index.js";

let world;
let session;

beforeEach(() => {
  world = new World();
  session = world.joined();
});

const sent = (type) => world.socket.ofType(type);
const say = (...frames) => world.socket.say(...frames);
const ok = (request, requests) => (
  { type: "ok", id: `abort:${request}`, command: "abort", session: SESSION, requests });
const refusal = (command, request, code) => (
  { type: "error", id: `${command}:${request}`, command, session: SESSION, request, code, message: "No." });

/** A world whose tokens come when the test says so. */
function waitingForTokens() {
  const tokens = [];
  world = new World({ token: () => new Promise((resolve, reject) => tokens.push({ resolve, reject })) });
  return tokens;
}

test("a token that comes, or fails, after the client was closed is nobody's", async () => {
  for (const method of ["resolve", "reject"]) {
    const tokens = waitingForTokens();
    world.client.session(SESSION);
    say(welcome());
    world.client.close();
    tokens[0][method](method === "resolve" ? "late" : new Error("aborted with the page"));
    await settle();
    assert.deepEqual([world.socket.sent, world.errors, world.Socket.made.length], [[], [], 1], method);
  }
});

test("an earlier connection's token is not said on a later one, also where both have the same id", async () => {
  const tokens = waitingForTokens();
  say(welcome("same"));
  world.socket.die(1006);
  world.client.reconnect();
  say(welcome("same"));
  tokens[0].resolve("old");
  await settle();
  assert.deepEqual(world.socket.commands, []);
  tokens[1].resolve("new");
  await settle();
  assert.deepEqual(sent("hello").map(({ token }) => token), ["new"]);
});

test("closed by who is shown a frame, nothing of that message is taken in", () => {
  const other = world.joined("e", "other");
  const tabs = [];
  other.on("tabs", (event) => tabs.push(event.tabs));
  world.client.on("frame", () => world.client.close());
  say({ type: "presence", session: "other", tabs: 7 }, { type: "error", code: "internal", message: "Late." });
  assert.deepEqual([other.tabs, tabs, world.errors], [0, [0], []]);
});

test("closed by who is told of one session, another does not come back to life", () => {
  const other = world.joined("e", "other");
  session.on("tabs", () => world.client.close());
  say({ type: "presence", session: SESSION, tabs: 2 }, { type: "presence", session: "other", tabs: 2 });
  assert.deepEqual([session.tabs, other.tabs, other.isJoined], [0, 0, false]);
});

test("tried again by who hears that the server closed it, all of it lives on", async () => {
  const stop = world.client.on("state", ({ name }) => {
    if (name !== "closed") return;
    stop();
    world.client.reconnect();
  });
  world.socket.die(4401);
  const [models, chat] = [world.client.models(), session.chat("hi")];
  assert.deepEqual(world.states.map(({ name }) => name), ["connecting", "open", "closed", "reconnecting"]);
  say(welcome("c2"));
  say({ type: "models", id: sent("models")[0].id, models: [] });
  assert.deepEqual((await models).models, []);
  world.answerJoin(joined("e", 0));
  assert.deepEqual([sent("chat").length, chat.status], [1, "waiting"]);
});

test("a question goes where the one that it was to replace would have stood, where that never began", () => {
  say(asked("a", 1, "hi"), end("a", 2, 1));
  const stopped = session.chat("tpyo", { replaces: "a" });
  world.socket.die(1006);
  stopped.abort().catch(() => {}); // It may have arrived.
  const chat = session.chat("typo", { replaces: stopped.id });
  world.client.reconnect();
  say(welcome("c2"));
  world.answerJoin(recovered("e", 2));
  const places = () => sent("chat").map(({ request, replaces }) => [request, replaces]);
  assert.deepEqual(places(), [[chat.id, stopped.id]]);
  say(refusal("chat", chat.id, "unknown_request"), refusal("abort", stopped.id, "unknown_request"));
  assert.deepEqual(places(), [[chat.id, stopped.id], [chat.id, "a"]]);
  assert.deepEqual([chat.status, stopped.status], ["waiting", "aborted"]);
  say(refusal("chat", chat.id, "unknown_request"));
  assert.deepEqual([chat.status, chat.error.code, sent("chat").length], ["failed", "unknown_request", 2]);
});

test("a question that was never sent goes to whatever session there is once a resume was refused", () => {
  say(asked("a", 1, "hi"), end("a", 2, 1));
  world.socket.die(1006);
  const waits = session.chat("and?", { replaces: "a" });
  world.client.reconnect();
  say(welcome("c2"));
  const messages = [{ request: "b", role: "user", content: "of another tab", at: 1 },
    { request: "b", role: "assistant", content: "yes", status: "ended", at: 1 }];
  world.answerJoin(joined("f", 2, { messages, requests: [] }));
  assert.deepEqual(sent("chat").map(({ request, epoch }) => [request, epoch]), [[waits.id, "f"]]);
  const shown = session.turns.map(({ request, status }) => [request, status]);
  assert.deepEqual(shown, [["b", "ended"], [waits.id, "waiting"]]);
  say(refusal("chat", waits.id, "unknown_request"));
  assert.deepEqual([waits.status, waits.error.code], ["failed", "unknown_request"]);
});

test("a goaway before the welcome counts, and for that connection alone", () => {
  world = new World();
  say({ type: "goaway", reason: "drain", reconnect_after_ms: 7000 });
  world.socket.die(1012);
  assert.equal(world.state.retryAt - world.clock.date(), 7000);
  world.client.reconnect();
  world.socket.die(1006);
  assert.equal(world.state.retryAt - world.clock.date(), 500);
});

test("left by who hears of another session, neither is taken in", () => {
  const other = world.joined("e", "other");
  session.on("tabs", () => other.leave());
  const tabs = [];
  other.on("tabs", (event) => tabs.push(event.tabs));
  say({ type: "presence", session: SESSION, tabs: 2 }, { type: "presence", session: "other", tabs: 2 });
  assert.deepEqual([tabs, world.client.sessions], [[0], [session]]);
});

test("who is there is not known before the session is joined", () => {
  world.cut();
  say({ type: "presence", session: SESSION, tabs: 5 });
  assert.equal(session.tabs, 0);
  world.answerJoin(recovered("e", 0, { tabs: 2 }));
  say({ type: "presence", session: SESSION, tabs: 3 });
  assert.equal(session.tabs, 3);
});

test("what is asked with a signal that is aborted already is never asked", async () => {
  say(asked("a", 1, "hi"), end("a", 2, 1));
  const request = session.chat("more", { signal: AbortSignal.abort() });
  assert.equal(request.status, "aborted");
  assert.equal(await request.done, request);
  for await (const delta of request) assert.fail(delta);
  assert.deepEqual([sent("chat"), sent("abort"), session.turns.length], [[], [], 1]);
});

test("a retry that asks nothing leaves what it was to replace in sight", () => {
  const { id } = session.chat("hi");
  say(refusal("chat", id, "bad_request"));
  session.retry(id, { signal: AbortSignal.abort() });
  assert.deepEqual(session.turns.map(({ request }) => request), [id]);
  say(asked("taken", 1, "something else"));
  session.retry(id, { request: "taken" });
  assert.deepEqual(session.turns.map(({ request }) => request), [id, "taken"]);
  session.retry(id, { request: id });
  const shown = session.turns.map(({ request, status }) => [request, status]);
  assert.deepEqual(shown, [["taken", "running"], [id, "waiting"]]);
});

test("a stop before the answer to its chat: accepted, refused, or never there", async () => {
  const ends = {
    aborted: ({ id }) => say(
      { type: "accepted", id: `chat:${id}`, session: SESSION, request: id }, ok(id, [id]),
      asked(id, 1, "hi"), frame("aborted", id, 2, 1, { by: "c1" })),
    failed: ({ id }) => say(refusal("chat", id, "bad_request"), refusal("abort", id, "unknown_request")),
    "aborted, unjoined": ({ id }) => {
      say(refusal("chat", id, "not_joined"), refusal("abort", id, "not_joined"));
      world.clock.advance(100);
      world.answerJoin(recovered("e", 0));
      assert.equal(sent("chat").length, 1, "what is to be stopped is not sent again");
      say(refusal("abort", id, "unknown_request"));
    },
    "aborted, draining": ({ id }) => say(refusal("chat", id, "draining"), refusal("abort", id, "unknown_request")),
  };
  for (const [status, answer] of Object.entries(ends)) {
    world = new World();
    session = world.joined();
    const request = session.chat("hi");
    const stopped = request.abort();
    answer(request);
    await stopped;
    assert.equal(request.status, status.split(",")[0], status);
    assert.deepEqual(session.requests, [], status);
  }
});

test("left while it was away, a session is not joined again, and nothing of it is heard", async () => {
  const running = session.chat("hi");
  say(asked(running.id, 1, "hi"));
  const ends = [];
  session.on("end", ({ request }) => ends.push(request.id));
  world.socket.die(1006);
  session.leave();
  await assert.rejects(running.done, { code: "closed" });
  world.client.reconnect();
  say(welcome("c2"));
  say(joined("e", 9), text(running.id, 10, 9, "x"));
  assert.deepEqual([world.socket.commands, ends, world.client.sessions], [[], [running.id], []]);
  session.leave();
  const again = world.client.session(SESSION);
  session.leave();
  assert.deepEqual(world.client.sessions, [again], "who has left does not take its successor along");
});

test("left or closed by who hears that it cannot be joined now, a session is not joined again", () => {
  const ends = { leave: () => session.leave(), close: () => world.client.close() };
  for (const [name, end] of Object.entries(ends)) {
    world = new World();
    session = world.client.session(SESSION);
    session.on("error", end);
    say(welcome());
    const [{ id }] = sent("join");
    const fields = { code: "too_many_requests", message: "Full.", retryable: true };
    say({ type: "error", command: "join", session: SESSION, id, ...fields });
    world.clock.advance(20_000);
    assert.deepEqual([sent("join").length, session.isJoined], [1, false], name);
    world.client.close();
    assert.equal(world.clock.pending, 0, name);
  }
});

test("joined again after it was left, a session does not take the answer to the earlier join for its own", () => {
  world.client.session("t").leave();
  const again = world.client.session("t");
  const [{ id }] = sent("join");
  const answer = joined("e", 0, undefined, { session: "t" });
  say({ ...answer, id }, { type: "left", session: "t", id: "leave" });
  assert.equal(again.isJoined, false);
  world.answerJoin(answer);
  assert.equal(again.isJoined, true);
});

test("left by who hears of its end, with others still to hear, it ends once", async () => {
  const heard = [];
  const iterator = session[Symbol.asyncIterator]();
  session.on("end", () => session.leave());
  session.on("end", ({ request }) => heard.push(request.status));
  say(asked("a", 1, "1"), asked("b", 2, "2"), end("a", 3, 1));
  assert.deepEqual(heard, ["ended", "interrupted"]);
  let last;
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) last = next.value.type;
  assert.equal(last, "change");
});

test("a goaway with a time that is none, or none a timer can wait, is no hurry", () => {
  for (const wrong of ["soon", -5, null, NaN]) {
    world = new World();
    say(welcome(), { type: "goaway", reason: "drain", reconnect_after_ms: wrong });
    world.socket.die(1012);
    assert.equal(world.state.retryAt - world.clock.date(), 500, String(wrong));
  }
});

test("a long wait is a long wait, also beyond what a timer can count", (context) => {
  const waits = [];
  context.mock.method(globalThis, "setTimeout", (body, ms) => waits.push(ms));
  const { made, Socket } = sockets();
  const client = connect("ws://here/v1/ws", { WebSocket: Socket });
  made[0].onmessage({ data: JSON.stringify({ type: "welcome", connection: "c", heartbeat_ms: 1e12 }) });
  client.close();
  assert.ok(waits.every((ms) => ms < 2 ** 31), String(waits));
});

test("an address that a WebSocket refuses leaves nothing behind", () => {
  const { page } = world;
  const before = page.listeners;
  class Refusing {
    constructor() {
      throw new DOMException("insecure", "SecurityError");
    }
  }
  assert.throws(() => new world.client.constructor("ws://here", { WebSocket: Refusing }, {
    clock: world.clock, lifecycle: new page.lifecycle.constructor(page),
  }), { name: "SecurityError" });
  assert.equal(page.listeners, before);
});

test("as many extras as an answer can have are no trouble", async () => {
  const extra = Array.from({ length: 200_000 }, (_, index) => ({ index }));
  const requests = [{ request: "a", n: 1, input: "hi", at: 1, text: "x" }];
  say(joined("e", 2, { messages: [], requests }));
  const iterator = session.request("a")[Symbol.asyncIterator]();
  await iterator.next();
  const told = [{ request: "a", n: 3, input: "hi", at: 1, text: "x", extra }];
  say(joined("e", 4, { messages: [], requests: told }));
  assert.equal(session.turns[0].choices[0].extra.length, extra.length);
  say(frame("delta", "a", 5, 4, { extra: { index: "last" } }));
  const { value } = await iterator.next();
  assert.equal(value.extra.length, extra.length + 1);
});

function sockets() {
  const made = [];
  const Socket = class {
    bufferedAmount = 0;
    constructor() {
      made.push(this);
    }

    send() {}
    close() {}
  };
  return { made, Socket };
}
