import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { SESSION, asked, end, frame, joined, text } from "./kit/frames.mjs";
import { World, settle } from "./kit/world.mjs";
import { Beat } from "../../public/client/binding/beat.js";
import { clientKey } from "../../public/client/binding/shared.js";
import { ModelQuery } from "../../public/client/binding/model-query.js";
import { paced } from "../../public/client/binding/paced.js";
import { Speaker } from "../../public/client/binding/speaker.js";
import { Tenancy } from "../../public/client/binding/tenancy.js";

let world;
let session;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  world = new World();
  session = world.joined();
});

const FRAME_MS = 16;
const say = (...frames) => world.socket.say(...frames);
const chats = () => world.socket.ofType("chat");
const aborts = () => world.socket.ofType("abort");

/** Subscribes, and counts. */
function look(store) {
  const seen = { calls: 0 };
  seen.stop = store.subscribe(() => void (seen.calls += 1));
  return seen;
}

test("a beat comes once, however often it is asked for, and not when it is cancelled", () => {
  let beats = 0;
  const beat = new Beat(() => void (beats += 1));
  beat.ask();
  beat.ask();
  mock.timers.tick(FRAME_MS);
  assert.equal(beats, 1);
  beat.ask();
  beat.cancel();
  mock.timers.tick(1000);
  assert.equal(beats, 1);
});

test("a beat comes with the frame, or without one where a tab stops drawing", () => {
  const frames = [];
  globalThis.requestAnimationFrame = (body) => frames.push(body);
  globalThis.cancelAnimationFrame = (id) => void (frames[id - 1] = null);
  try {
    let beats = 0;
    const beat = new Beat(() => void (beats += 1));
    beat.ask();
    beat.ask();
    mock.timers.tick(FRAME_MS);
    assert.deepEqual([beats, frames.length], [0, 1]);
    frames[0]();
    assert.equal(beats, 1);
    mock.timers.tick(1000);
    assert.equal(beats, 1, "its timer has gone with the frame");
    beat.ask();
    mock.timers.tick(250);
    assert.equal(beats, 2);
    assert.equal(frames[1], null, "its frame has gone with the timer");
  } finally {
    delete globalThis.requestAnimationFrame;
    delete globalThis.cancelAnimationFrame;
  }
});

test("who looks at a session sees one state until the next frame, and all the same", () => {
  const [one, other] = [look(paced(session)), look(paced(session))];
  const before = paced(session).getSnapshot();
  say(asked("r", 1, "hi"));
  say(text("r", 2, 1, "a"));
  say(text("r", 3, 2, "b"));
  assert.equal(paced(session).getSnapshot(), before);
  assert.equal(one.calls, 0);
  mock.timers.tick(FRAME_MS);
  assert.deepEqual([one.calls, other.calls], [1, 1]);
  assert.equal(paced(session).getSnapshot().messages.at(-1).content, "ab");
});

test("what changes nothing is no change", () => {
  const seen = look(paced(session));
  const before = paced(session).getSnapshot();
  say({ type: "presence", session: SESSION, tabs: 1 });
  mock.timers.tick(FRAME_MS);
  assert.equal(seen.calls, 0);
  assert.equal(paced(session).getSnapshot(), before);
});

test("nobody looks: nothing is due, and the newest is there for the next who does", () => {
  const seen = look(paced(session));
  say(asked("r", 1, "hi"));
  seen.stop();
  mock.timers.tick(1000);
  assert.equal(seen.calls, 0);
  assert.equal(paced(session).getSnapshot(), session.getSnapshot());
  look(paced(session));
  assert.equal(paced(session).getSnapshot().turns.length, 1);
});

test("a shared thing is made by the first, and ended a moment after the last", () => {
  const ended = [];
  let made = 0;
  let isBusy = false;
  const tenancy = new Tenancy(() => isBusy, (thing) => ended.push(thing));
  const make = () => (made += 1);
  assert.equal(tenancy.get("key", make), 1);
  const releases = [tenancy.hold("key", make), tenancy.hold("key", make)];
  mock.timers.tick(10_000);
  releases[0]();
  releases[0]();
  mock.timers.tick(10_000);
  assert.deepEqual(ended, [], "let go of twice by one, it is still the other's");
  releases[1]();
  const again = tenancy.hold("key", make);
  mock.timers.tick(10_000);
  assert.deepEqual([made, ended], [1, []], "who comes back at once finds it");
  isBusy = true;
  again();
  mock.timers.tick(10_000);
  assert.deepEqual(ended, []);
  isBusy = false;
  mock.timers.tick(1000);
  assert.deepEqual(ended, [1]);
  assert.equal(tenancy.get("key", make), 2);
  mock.timers.tick(1000);
  assert.deepEqual(ended, [1, 2], "what was made for somebody who never held it goes, too");
});

test("clients are told apart by address and token", () => {
  assert.equal(clientKey("a", { token: () => "1" }), clientKey(new String("a"), { token: () => "2" }));
  assert.notEqual(clientKey("a", { token: "1" }), clientKey("a", { token: "2" }));
  assert.notEqual(clientKey("a", {}), clientKey(undefined, {}));
});

test("a start is asked when it is known that nothing was, once", async () => {
  world = new World();
  session = world.client.session(SESSION);
  const [one, other] = [new Speaker(session), new Speaker(session)];
  for (const speaker of [one, other]) {
    speaker.options = { start: "Count.", model: "m" };
    look(speaker).stop(); // as in StrictMode
    look(speaker);
    speaker.options = { start: "Count.", model: "m" };
  }
  await settle();
  assert.equal(session.turns.length, 0);
  world.joined();
  await settle();
  one.options = { start: "Count.", model: "m" };
  assert.deepEqual(chats().map(({ request, input, model }) => [request, input, model]), [["start", "Count.", "m"]]);
});

test("a start that comes later than its component is asked, too; one in a conversation is not", async () => {
  const speaker = new Speaker(session);
  look(speaker);
  await settle();
  assert.equal(chats().length, 0);
  speaker.options = { start: "Count." };
  assert.equal(chats().length, 1);
  const { id } = chats()[0];
  say({ type: "error", command: "chat", session: SESSION, id, code: "bad_request", message: "No.", retryable: false });
  session.dismiss("start");
  speaker.options = { start: "Count." };
  assert.equal(chats().length, 1, "what was refused is not asked again by itself");
  say(asked("r", 1, "Another tab's."));
  const late = new Speaker(session);
  late.options = { start: "Something else." };
  look(late);
  await settle();
  assert.equal(chats().length, 1);
});

test("what a component asked is aborted when it has gone for good, and nothing else", async () => {
  const speaker = new Speaker(session);
  speaker.options = { abortOnUnmount: true };
  let seen = look(speaker);
  const { id } = speaker.send("Count.");
  session.chat("Somebody else's.");
  assert.deepEqual(chats().map(({ orphan }) => orphan), ["abort", undefined]);
  seen.stop();
  seen = look(speaker);
  mock.timers.tick(1000);
  assert.deepEqual(aborts(), []);
  seen.stop();
  mock.timers.tick(1);
  assert.deepEqual(aborts().map(({ request }) => request), [id]);
});

test("what has ended is not aborted, and without the option nothing is", async () => {
  for (const abortOnUnmount of [true, false]) {
    const speaker = new Speaker(session);
    speaker.options = { abortOnUnmount };
    const seen = look(speaker);
    const { id } = speaker.send("Count.");
    if (abortOnUnmount) say(asked(id, 1, "Count."), end(id, 2, 1));
    await settle();
    seen.stop();
    mock.timers.tick(1);
    assert.deepEqual(aborts(), []);
  }
});

test("the last turn's error is shown until it is asked again, with its own model and the component's key", () => {
  const speaker = new Speaker(session);
  speaker.options = { model: "default", key: "k" };
  look(speaker);
  assert.equal(speaker.retry(), null, "nothing was asked");
  const { id } = speaker.send("Count.", { model: "m" });
  assert.equal(speaker.retry(), null, "it is not answered");
  const error = { code: "upstream_error", message: "No.", retryable: true, stage: "headers", timing: {} };
  say(asked(id, 1, "Count.", { model: "m", named: { model: "m" } }), frame("error", id, 2, 1, error));
  mock.timers.tick(FRAME_MS);
  assert.deepEqual([speaker.getSnapshot().error.code, speaker.getSnapshot().isRunning], ["upstream_error", false]);
  speaker.retry();
  mock.timers.tick(FRAME_MS);
  assert.deepEqual([speaker.getSnapshot().error, speaker.getSnapshot().isRunning], [null, true]);
  const again = chats().at(-1);
  assert.deepEqual([again.model, again.key, again.replaces, again.input], ["m", "k", id, "Count."]);
});

test("a turn whose parameters a snapshot left out is asked again with the component's", () => {
  const speaker = new Speaker(session);
  look(speaker);
  const ended = { request: "a", role: "assistant", content: "x", status: "ended", params_omitted: true, at: 2 };
  world.cut();
  world.answerJoin(joined("e", 9, { messages: [{ request: "a", role: "user", content: "hi", at: 1 }, ended], requests: [] }));
  mock.timers.tick(FRAME_MS);
  assert.equal(speaker.retry(), null);
  mock.timers.tick(FRAME_MS);
  assert.equal(speaker.getSnapshot().error.code, "bad_request");
  speaker.options = { params: { tools: [] } };
  speaker.retry();
  assert.deepEqual(chats().map(({ params, replaces }) => [params, replaces]), [[{ tools: [] }, "a"]]);
});

test("a session that may not be joined is an error, until it is joined", async () => {
  world = new World();
  session = world.client.session(SESSION);
  const speaker = new Speaker(session);
  look(speaker);
  world.socket.say({ type: "welcome", version: 1, connection: "c", heartbeat_ms: 25_000, limits: {} });
  const { id } = world.socket.ofType("join")[0];
  const error = { code: "forbidden", message: "Not yours.", retryable: false };
  say({ type: "error", command: "join", session: SESSION, id, ...error });
  await settle();
  assert.equal(speaker.getSnapshot().error.code, "forbidden");
  world.cut();
  world.answerJoin(joined("e", 0));
  mock.timers.tick(FRAME_MS);
  assert.equal(speaker.getSnapshot().error, null);
});

test("what is to be asked first is asked once the session is joined, also after a final close", async () => {
  world = new World();
  session = world.client.session(SESSION);
  const speaker = new Speaker(session);
  speaker.options = { start: "Begin." };
  look(speaker);
  world.socket.die(4401);
  await settle();
  assert.equal(speaker.getSnapshot().error.code, "unauthorized");
  world.cut();
  world.answerJoin(joined("e", 0));
  mock.timers.tick(FRAME_MS);
  assert.deepEqual(world.socket.ofType("chat").map(({ input }) => input), ["Begin."]);
  assert.equal(speaker.getSnapshot().error, null);
});

test("that a session asks again is no error of a chat", async () => {
  const errors = [];
  session.on("error", ({ error }) => errors.push(error.code));
  const speaker = new Speaker(session);
  look(speaker);
  speaker.send("Count.");
  world.clock.advance(30_000);
  for (const { t, id } of world.socket.ofType("ping")) say({ type: "pong", t, id });
  await settle();
  assert.deepEqual([chats().length, errors, speaker.getSnapshot().error], [2, ["internal"], null]);
});

test("a stop by signal that fails is an error", async () => {
  const speaker = new Speaker(session);
  look(speaker);
  const controller = new AbortController();
  const { id } = speaker.send("Count.", { signal: controller.signal });
  say(asked(id, 1, "Count."));
  controller.abort();
  const error = { code: "internal", message: "No.", retryable: true };
  say({ type: "error", command: "abort", session: SESSION, id: `abort:${id}`, ...error });
  await settle();
  assert.deepEqual([speaker.getSnapshot().error?.code, world.errors], ["internal", []]);
});

test("a question whose id another one has is an error, though no turn shows it", async () => {
  const speaker = new Speaker(session);
  look(speaker);
  speaker.send("rivers", { request: "a" });
  say(asked("a", 1, "pears"), end("a", 2, 1));
  await settle();
  assert.deepEqual([speaker.getSnapshot().error?.code, session.turns[0].error], ["request_exists", null]);
  speaker.send("pears", { request: "b" });
  assert.equal(speaker.getSnapshot().error, null);
  speaker.send("rivers", { request: "a" });
  await settle();
  assert.equal(speaker.getSnapshot().error?.code, "request_exists", "known at once");
});

test("a stop that fails is an error, and no rejection", async () => {
  const speaker = new Speaker(session);
  look(speaker);
  const { id } = speaker.send("Count.");
  say(asked(id, 1, "Count."));
  const stopped = speaker.stop();
  const error = { code: "internal", message: "No.", retryable: true };
  say({ type: "error", command: "abort", session: SESSION, id: `abort:${id}`, ...error });
  await stopped;
  assert.equal(speaker.getSnapshot().error.code, "internal");
  speaker.stop();
  assert.equal(speaker.getSnapshot().error, null);
});

test("without a session there is nothing to see, and nothing can be said", async () => {
  const speaker = new Speaker(null);
  look(speaker);
  const { messages, isRunning, error, isJoined } = speaker.getSnapshot();
  assert.deepEqual([messages, isRunning, error, isJoined], [[], false, null, false]);
  assert.throws(() => speaker.send("hi"), TypeError);
  assert.equal(speaker.retry(), null);
  await speaker.stop();
});

test("models are asked for once by whoever stays, and an older answer is not shown", async () => {
  const answers = [];
  const client = { models: () => new Promise((resolve, reject) => answers.push({ resolve, reject })) };
  const query = new ModelQuery(client, { upstream: "u" });
  look(query).stop();
  const seen = look(query);
  mock.timers.tick(1);
  assert.equal(answers.length, 1);
  query.getSnapshot().reload();
  answers[1].resolve({ models: [{ id: "new" }], failed: [] });
  answers[0].resolve({ models: [{ id: "old" }], failed: [] });
  await settle();
  assert.deepEqual([query.getSnapshot().models, query.getSnapshot().isLoading], [[{ id: "new" }], false]);
  query.getSnapshot().reload();
  answers[2].reject(new Error("No."));
  await settle();
  assert.deepEqual(query.getSnapshot().models, [{ id: "new" }]);
  assert.equal(query.getSnapshot().error.message, "No.");
  const { calls } = seen;
  seen.stop();
  query.getSnapshot().reload();
  assert.equal(seen.calls, calls);
});
