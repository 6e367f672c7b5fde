import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { SESSION, asked, joined, recovered, welcome } from "./kit/frames.mjs";
import { World, settle } from "./kit/world.mjs";

let world;
let session;

beforeEach(() => {
  world = new World();
  session = world.joined();
});

const sent = (type) => world.socket.ofType(type);
const say = (...frames) => world.socket.say(...frames);

/** Time passes, and the server answers every ping, and nothing else. */
async function live(seconds) {
  for (let second = 0; second < seconds; second += 1) {
    world.clock.advance(1000);
    for (const { t, id } of sent("ping")) say({ type: "pong", t, id });
    world.socket.sent = world.socket.sent.filter((data) => !data.includes('"ping"'));
    for (let turn = 0; turn < 5; turn += 1) await null;
  }
}

test("a join whose answer was lost is sent again, ever more rarely, and that is told", async () => {
  world = new World();
  session = world.client.session(SESSION);
  say(welcome());
  await live(29);
  assert.equal(sent("join").length, 1);
  await live(2);
  assert.deepEqual(sent("join").map(({ id }) => id), ["join:1", "join:2"]);
  assert.deepEqual(world.errors.map(({ code, retryable, session: id }) => [code, retryable, id]), [
    ["internal", true, SESSION],
  ]);
  await live(3600);
  assert.ok(sent("join").length <= 18, `${sent("join").length} joins in an hour`);
  assert.ok(sent("join").length >= 15);
  world.answerJoin(joined("e", 0));
  assert.ok(session.isJoined);
  const { length } = sent("join");
  await live(600);
  assert.equal(sent("join").length, length);
  assert.equal(world.state.name, "open");
  world.cut();
  await live(31);
  assert.equal(sent("join").length, 2, "once answered, it is doubted as early as at first");
});

test("upstreams that are slow to list their models put off no doubt about a join", async () => {
  world = new World();
  session = world.client.session(SESSION);
  say(welcome());
  const lists = Array.from({ length: 5 }, () => world.client.models());
  await live(31);
  assert.deepEqual([sent("models").length, sent("join").length], [4, 2]);
  for (const { id } of sent("models")) say({ type: "models", id, models: [] });
  say({ type: "models", id: sent("models")[4].id, models: [] });
  assert.equal((await Promise.all(lists)).length, 5);
});

test("a snapshot that is only slow is not asked for again", async () => {
  world = new World();
  session = world.client.session(SESSION);
  say(welcome());
  world.clock.advance(35_000); // the line is full: not even a pong comes through
  const pings = sent("ping");
  assert.ok(pings.some(({ id }) => id !== undefined));
  world.answerJoin(joined("e", 0), ...pings.map(({ t, id }) => ({ type: "pong", t, id })));
  await settle();
  await live(600);
  assert.equal(sent("join").length, 1);
  assert.ok(session.isJoined);
});

test("who has left, or lost the connection, waits for no answer any more", async () => {
  world = new World();
  session = world.client.session(SESSION);
  say(welcome());
  world.clock.advance(30_000);
  session.leave();
  await live(5);
  assert.equal(sent("join").length, 1);
  world.client.session("t");
  world.clock.advance(30_000);
  world.client.close();
  await settle();
  assert.equal(world.clock.pending, 0);
  assert.deepEqual(world.errors, []);
});

test("a chat or a stop that is never answered is sent again, ever more rarely, and that is told", async () => {
  const request = session.chat("hi", { key: "sk-1" });
  say(asked("other", 1, "ho"));
  const stopped = session.request("other").abort();
  const [chat] = sent("chat");
  await live(31);
  assert.deepEqual(sent("chat"), [chat, chat], "unchanged");
  assert.deepEqual(sent("abort").map((abort) => abort.request), ["other", "other"]);
  assert.deepEqual(world.errors.map(({ code, retryable, session: id }) => [code, retryable, id]), [
    ["internal", true, SESSION],
  ]);
  await live(58);
  assert.equal(sent("chat").length, 2);
  await live(5);
  assert.equal(sent("chat").length, 3);
  say(
    { type: "accepted", session: SESSION, request: request.id, id: `chat:${request.id}`, duplicate: true },
    { type: "ok", command: "abort", session: SESSION, requests: [], id: "abort:other" });
  await stopped;
  await live(3600);
  assert.deepEqual([sent("chat").length, sent("abort").length, request.status], [3, 3, "accepted"]);
});

test("what was sent after a ping is not judged by its pong; what was answered is not sent again", async () => {
  const first = session.chat("1");
  world.clock.advance(30_000);
  const second = session.chat("2");
  say({
    type: "error", command: "chat", session: SESSION, request: first.id, id: `chat:${first.id}`, code: "bad_request",
    message: "No.", retryable: false,
  });
  await live(1);
  assert.deepEqual(sent("chat").map(({ request }) => request), [first.id, second.id]);
  await live(30);
  assert.deepEqual(sent("chat").map(({ request }) => request), [first.id, second.id, second.id]);
});

test("a chat whose tokens the server still counts is not sent again, nor one on a line that is full", async () => {
  session.chat("hi");
  world.clock.advance(30_000);
  const pings = sent("ping").filter(({ id }) => id !== undefined);
  assert.equal(pings.length, 1);
  await settle();
  assert.equal(sent("chat").length, 1, "until the pong");
  world.cut();
  world.answerJoin(recovered("e", 0));
  for (const { id } of [...pings, ...sent("ping")]) say({ type: "pong", id });
  await settle();
  assert.equal(sent("chat").length, 1, "a doubt of another connection");
});
