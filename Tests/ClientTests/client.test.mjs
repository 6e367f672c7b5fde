import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { SESSION, joined, recovered, welcome } from "./kit/frames.mjs";
import { fakeSockets } from "./kit/socket.mjs";
import { World, settle } from "./kit/world.mjs";
import { TributaryError, connect, isId, newId } from "../../public/client/index.js";

let world;
let client;

beforeEach(() => {
  world = new World();
  client = world.client;
});

const say = (...frames) => world.socket.say(...frames);
const sent = (type) => world.socket.ofType(type);

test("connect takes an address of the page or of the socket, and needs a place to begin from", () => {
  const WebSocket = fakeSockets();
  const urls = {
    "http://here/v1/ws#x": "ws://here/v1/ws",
    "https://here/a/v1/ws?x=1": "wss://here/a/v1/ws?x=1",
    "ws://here:1/v1/ws": "ws://here:1/v1/ws",
  };
  for (const [given, used] of Object.entries(urls)) {
    connect(given, { WebSocket }).close();
    assert.equal(WebSocket.latest.url, used);
  }
  for (const url of [undefined, "/v1/ws", "https://"]) {
    assert.throws(() => connect(url, { WebSocket }), { name: "TypeError", message: /Say where the server is/ });
  }
  for (const url of ["ftp://here/", "blob:https://here/1", "file:///v1/ws"]) {
    assert.throws(() => connect(url, { WebSocket }), { name: "TypeError", message: /begins with ws:, wss:/ });
  }
  globalThis.document = { baseURI: "https://here/chat/index.html?a=b" };
  connect(undefined, { WebSocket }).close();
  connect("/v1/ws", { WebSocket }).close();
  delete globalThis.document;
  assert.deepEqual(WebSocket.made.slice(-2).map(({ url }) => url), ["wss://here/chat/v1/ws", "wss://here/v1/ws"]);
});

test("ids have 128 bits, in the protocol's alphabet", () => {
  const ids = new Set(Array.from({ length: 1000 }, newId));
  assert.equal(ids.size, 1000);
  for (const id of ids) assert.ok(isId(id) && id.length === 22);
  for (const wrong of ["", "a b", "a/b", "x".repeat(129), null, 7]) assert.equal(isId(wrong), false);
});

test("the welcome is told as it is", () => {
  assert.deepEqual([client.limits, client.server, client.features], [null, null, []]);
  say(welcome("c1", { server: "tributary/1", features: ["models"] }));
  assert.deepEqual([client.limits.message_bytes, client.server, client.features], [2000, "tributary/1", ["models"]]);
  assert.ok(Object.isFrozen(client.limits));
});

test("who is told that it is open knows what this server is, and no longer the one before", () => {
  const seen = [];
  client.on("state", ({ name }) => name === "open" && seen.push([client.server, client.isOurs("c2")]));
  say(welcome("c1", { server: "tributary/1" }));
  world.cut({ server: "tributary/2" });
  assert.deepEqual(seen, [["tributary/1", false], ["tributary/2", true]]);
});

test("hello comes first, with the token and the name", () => {
  world = new World({ token: "t", client: "page/1" });
  world.client.session(SESSION);
  say(welcome());
  assert.deepEqual(world.socket.commands.map(({ type }) => type), ["hello", "join"]);
  assert.deepEqual(sent("hello"), [{ type: "hello", id: "hello", token: "t", client: "page/1" }]);
});

test("a token is fetched for each connection, and nothing is sent before it is there", async () => {
  const tokens = ["one", "two"];
  let fetched = 0;
  world = new World({ token: async () => tokens[fetched++] });
  const session = world.client.session(SESSION);
  say(welcome());
  session.chat("hi");
  assert.deepEqual(world.socket.commands, []);
  await settle();
  assert.deepEqual(world.socket.commands.map(({ type }) => type), ["hello", "join"]);
  world.cut();
  await settle();
  assert.equal(sent("hello")[0].token, "two");
});

test("while a token is fetched nothing is asked, and nothing expected; what was due is asked then", async () => {
  const tokens = [];
  world = new World({ token: () => new Promise((resolve) => tokens.push(resolve)) });
  world.client.session(SESSION);
  say(welcome());
  world.clock.advance(3_600_000);
  world.page.hide();
  world.page.show();
  world.page.goOffline();
  world.clock.advance(3_600_000);
  world.page.goOnline();
  assert.deepEqual([world.socket.commands, world.state.name, world.clock.pending], [[], "open", 0]);
  tokens[0]("t");
  await settle();
  assert.deepEqual(world.socket.commands.map(({ type }) => type), ["hello", "ping", "join"]);
  world.clock.advance(4000);
  world.clock.advance(20_000); // for a snapshot, which may be large
  assert.equal(world.state.name, "reconnecting", "it had died meanwhile");
  world.client.reconnect();
  say(welcome("c2"));
  tokens[1]("t");
  await settle();
  assert.deepEqual(world.socket.commands.map(({ type }) => type), ["hello", "join"], "nobody doubts this one");
  world.clock.advance(25_000);
  assert.equal(sent("ping").length, 1);
});

test("a token that comes for a connection that is gone is not said on the next", async () => {
  const waiting = [];
  world = new World({ token: () => new Promise((resolve) => waiting.push(resolve)) });
  say(welcome("c1"));
  world.cut();
  waiting[0]("old");
  await settle();
  assert.deepEqual(world.socket.commands, []);
  waiting[1]("new");
  await settle();
  assert.deepEqual(sent("hello").map(({ token }) => token), ["new"]);
});

test("a token that cannot be had is told, and tried again later", async () => {
  let isBroken = true;
  world = new World({
    token() {
      if (isBroken) throw new Error("the other server is away");
      return "t";
    },
  });
  say(welcome());
  await settle();
  assert.deepEqual(
    world.errors.map(({ code, cause }) => [code, cause.message]), [["token", "the other server is away"]]);
  assert.equal(world.state.name, "reconnecting");
  isBroken = false;
  world.client.reconnect();
  say(welcome("c2"));
  await settle();
  assert.equal(sent("hello").length, 1);
});

test("after 4401 nobody comes back, also with a function for the token; reconnect fetches another", async () => {
  const tokens = ["old", "older", "new"];
  let fetched = 0;
  world = new World({ token: () => tokens[fetched++] });
  const session = world.client.session(SESSION);
  const refuse = () => {
    const message = "The token has expired.";
    say({ type: "error", id: "hello", command: "hello", code: "unauthorized", message, retryable: false });
    world.socket.die(4401);
  };
  for (const attempt of [1, 2]) {
    say(welcome(`c${attempt}`));
    await settle();
    refuse();
    world.page.goOnline();
    world.page.show();
    world.clock.advance(3_600_000);
    await settle();
    assert.deepEqual([fetched, world.Socket.made.length], [attempt, attempt]);
    const { name, code, reason } = world.state;
    assert.deepEqual([name, code, reason], ["closed", 4401, "The token has expired."]);
    await assert.rejects(session.ready, { code: "unauthorized", message: "The token has expired." });
    world.client.reconnect();
  }
  say(welcome("c3"));
  await settle();
  assert.deepEqual(sent("hello").map(({ token }) => token), ["new"]);
  world.answerJoin(joined("e", 0));
  await session.ready;
});

test("what the server closes for good fails with the protocol's word for it", async () => {
  const codes = { 4401: "unauthorized", 4403: "forbidden", 1009: "bad_request", 1008: "bad_request" };
  for (const [code, expected] of Object.entries(codes)) {
    world = new World();
    const session = world.joined();
    const models = world.client.models();
    const request = session.chat("hi");
    world.socket.die(Number(code));
    await assert.rejects(models, { code: expected, name: "TributaryError" });
    await assert.rejects(request.done, { code: expected });
    assert.equal(request.status, "interrupted");
    assert.equal(world.clock.pending, 0);
  }
});

test("who comes back after that sees the session as it is, and old requests stay as they were", async () => {
  const session = world.joined();
  const request = session.chat("hi");
  say({ type: "request", session: SESSION, request: request.id, seq: 1, n: 0, input: "hi", upstream: "u", at: 1 });
  world.socket.die(4401);
  client.reconnect();
  say(welcome("c2"));
  assert.equal(sent("join")[0].after, undefined);
  world.answerJoin(
    joined("e", 2, { messages: [], requests: [{ request: request.id, n: 1, input: "hi", at: 1, text: "on" }] }));
  assert.deepEqual(session.turns.map(({ status, choices }) => [status, choices[0].text]), [["running", "on"]]);
  assert.equal(request.status, "interrupted");
  assert.equal(session.request(request.id).status, "running");
});

test("models and keys are answered, each its own, and refusals are errors", async () => {
  say(welcome());
  const models = client.models();
  const one = client.models({ upstream: "u", key: "k" });
  const key = client.checkKey("k", { upstream: "u" });
  const [first, second] = sent("models");
  assert.deepEqual([second.upstream, second.key], ["u", "k"]);
  const list = [{ id: "m", upstream: "u" }];
  say({
    type: "error", id: second.id, command: "models", code: "invalid_key", message: "No.", retryable: false, status: 401,
  });
  say({ type: "key", id: sent("key.check")[0].id, valid: false, upstream: "u", message: "No." });
  say({ type: "models", id: first.id, models: list });
  assert.deepEqual(await models, { models: list, failed: [] });
  await assert.rejects(one, { code: "invalid_key", status: 401 });
  assert.deepEqual(await key, { valid: false, upstream: "u", message: "No." });
});

test("a question that was not answered is asked again, after a cut and of a draining server's successor", async () => {
  const models = client.models();
  say(welcome());
  assert.equal(sent("models").length, 1);
  world.cut();
  const [{ id }] = sent("models");
  say({ type: "error", id, command: "models", code: "draining", message: "Later.", retryable: true });
  world.cut();
  say({ type: "models", id, models: [] });
  assert.deepEqual(await models, { models: [], failed: [] });
});

test("no more questions are under way than the server takes at once", async () => {
  say(welcome());
  const all = Array.from({ length: 6 }, () => client.models());
  assert.equal(sent("models").length, 4);
  const answer = (index) => say({ type: "models", id: sent("models")[index].id, models: [] });
  for (let index = 0; index < 6; index += 1) answer(index);
  assert.equal((await Promise.all(all)).length, 6);
});

test("closed, it rejects what waits and what comes", async () => {
  const session = world.joined();
  const waiting = [client.models(), client.checkKey("k"), session.chat("hi").done, world.client.session("other").ready];
  const stopped = session.requests[0].abort();
  client.close();
  const late = [client.models(), session.chat("more").done, client.session("late").ready];
  for (const promise of [...waiting, stopped, ...late]) {
    await assert.rejects(promise, (error) => error instanceof TributaryError && error.code === "closed");
  }
  assert.deepEqual(await session.ready, undefined, "it had been joined");
  assert.equal(world.clock.pending + world.page.listeners, 0);
  assert.equal(sent("abort").length, 1, "asked before; closing aborts nothing");
});

test("every frame is shown to tools; errors that belong to nobody are errors of the client", () => {
  const frames = [];
  const stop = client.on("frame", (frame) => frames.push(frame.type));
  say(welcome(), { type: "sparkle" }, { type: "error", code: "internal", message: "Oh.", retryable: true });
  stop();
  say({ type: "sparkle" });
  assert.deepEqual(frames, ["welcome", "sparkle", "error"]);
  assert.deepEqual(world.errors.map(({ code }) => code), ["internal"]);
});

test("an error that nobody listens for goes to the console", (context) => {
  const { mock } = context.mock.method(console, "error", () => {});
  const WebSocket = fakeSockets();
  const alone = connect("ws://here/v1/ws", { WebSocket });
  WebSocket.latest.say({ type: "error", code: "internal", message: "Oh.", retryable: true });
  alone.close();
  assert.deepEqual(mock.calls.map((call) => call.arguments), [["internal: Oh."]]);
});

test("sessions of one connection do not mix, also within a message", () => {
  const a = world.joined("e", "a");
  const b = world.joined("e", "b");
  const asked = (session, input) => (
    { type: "request", session, request: "r", seq: 1, n: 0, input, upstream: "u", at: 1 });
  const said = (session, seq, n, text) => ({ type: "delta", session, request: "r", seq, n, text });
  say(asked("a", "1"), asked("b", "2"), said("b", 2, 1, "B"), said("a", 2, 1, "A"));
  assert.deepEqual([a.request("r").text, b.request("r").text], ["A", "B"]);
  say(said("a", 9, 2, "?"));
  assert.deepEqual([a.position, b.position], [null, { epoch: "e", seq: 2 }]);
  assert.deepEqual(client.sessions, [a, b]);
  world.cut();
  world.answerJoin(recovered("e", 2, { session: "b" }));
  assert.deepEqual([a.isJoined, b.isJoined], [false, true]);
});

test("closed by a listener, all listeners hear of it last", () => {
  const heard = [];
  const session = world.joined();
  client.on("state", ({ name }) => name === "reconnecting" && client.close());
  client.on("state", ({ name }) => heard.push(name));
  world.socket.die(1006);
  assert.deepEqual(heard, ["reconnecting", "closed"]);
  assert.equal(session.getSnapshot().state.name, "closed");
  assert.equal(world.clock.pending + world.page.listeners, 0);
});

test("closed or tried again by who is told of a session's change, it is closed, or has one socket", () => {
  for (const method of ["close", "reconnect"]) {
    world = new World();
    const session = world.joined();
    world.joined("e", "other");
    let calls = 0;
    session.subscribe(() => {
      calls += 1;
      if (calls === 1) world.client[method]();
    });
    world.socket.die(1006);
    world.clock.advance(15_000);
    assert.equal(world.Socket.made.length, method === "close" ? 1 : 2);
    assert.equal(world.client.state.name, method === "close" ? "closed" : "reconnecting");
    assert.equal(world.state.name, world.client.state.name);
  }
});

test("what the server closed for good fails whatever is asked then, until somebody tries again", async () => {
  const session = client.session(SESSION);
  const first = session.ready;
  say(welcome());
  world.socket.die(4401);
  await assert.rejects(first, { code: "unauthorized" });
  const fresh = client.session("new");
  const late = [session.ready, session.chat("hi").done, client.models(), client.checkKey("k"), fresh.ready];
  for (const promise of [...late, fresh.chat("hi").done]) await assert.rejects(promise, { code: "unauthorized" });
  client.reconnect();
  const [ready, chat, models] = [session.ready, session.chat("again"), client.models()];
  say(welcome("c2"));
  world.answerJoin(joined("e", 0));
  await ready;
  assert.equal(sent("chat")[0].input, "again");
  assert.equal(chat.status, "waiting");
  say({ type: "models", id: sent("models")[0].id, models: [] });
  assert.deepEqual((await models).models, []);
  await assert.rejects(first, { code: "unauthorized" }, "a promise does not change its mind");
});

test("tried again by who is told that the server closed it, all sessions live on", () => {
  const session = client.session("a");
  const other = client.session("b");
  say(welcome());
  for (const id of ["a", "b"]) world.answerJoin(joined("e", 0, undefined, { session: id }));
  const stop = session.subscribe(() => {
    if (client.state.name !== "closed") return;
    stop();
    client.reconnect();
  });
  world.socket.die(4401);
  assert.deepEqual(world.states.slice(-2).map(({ name }) => name), ["closed", "reconnecting"]);
  assert.deepEqual(["a", "b"].map((id) => client.session(id).chat("hi").status), ["waiting", "waiting"]);
  say(welcome("c2"));
  assert.deepEqual(sent("join").map((join) => join.after), [undefined, { epoch: "e", seq: 0 }]);
  assert.equal(other.isJoined, false);
});

test("an idle client stays away until something is asked of it", async () => {
  for (const want of [() => client.session("s"), () => client.models().catch(({ code }) => code === "closed")]) {
    world = new World();
    client = world.client;
    const session = world.joined();
    world.socket.die(4408);
    world.clock.advance(500);
    assert.equal(world.Socket.made.length, 2, "there is a session to join");
    say(welcome("c2"));
    session.leave();
    world.socket.die(4408);
    world.clock.advance(3_600_000);
    assert.equal(world.Socket.made.length, 2);
    want();
    assert.equal(world.Socket.made.length, 3);
    client.close();
  }
});

test("states are told once connect has returned, all of them and in order", async () => {
  const WebSocket = fakeSockets();
  const heard = [];
  const mine = connect("ws://here/v1/ws", { WebSocket, onState: (state) => heard.push([state.name, mine.state.name]) });
  WebSocket.latest.say(welcome());
  assert.deepEqual(heard, []);
  await settle();
  mine.close();
  assert.deepEqual(heard, [["connecting", "open"], ["open", "open"], ["closed", "closed"]]);
});
