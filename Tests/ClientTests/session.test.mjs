import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { SESSION, asked, end, frame, joined, recovered, text, welcome } from "./kit/frames.mjs";
import { World, settle } from "./kit/world.mjs";
import { TributaryError } from "../../public/client/index.js";

let world;
let session;

beforeEach(() => {
  world = new World();
  session = world.joined();
});

const sent = (type) => world.socket.ofType(type);
const say = (...frames) => world.socket.say(...frames);
const statuses = () => session.turns.map((turn) => turn.status);
const accepted = (request, fields) => (
  { type: "accepted", session: SESSION, request, id: `chat:${request}`, ...fields });
const refusal = (command, request, code, retryable = false) => ({
  type: "error", command, session: SESSION, request, code, message: "No.", retryable, id: `${command}:${request}`,
});

test("a session joins without a position, and after a cut with the one it has reached", async () => {
  const fresh = world.client.session("t");
  assert.deepEqual(sent("join"), [{ type: "join", id: "join:2", session: "t" }]);
  assert.equal(world.client.session("t"), fresh, "the same object for the same id");
  assert.throws(() => world.client.session("no spaces"), TypeError);
  say(asked("a", 1, "hi"), text("a", 2, 1, "x"));
  world.cut();
  assert.equal(session.isJoined, false);
  const join = sent("join").find((each) => each.session === SESSION);
  assert.deepEqual(join.after, { epoch: "e", seq: 2 });
  world.answerJoin(recovered("e", 4), text("a", 4, 3, "yz", { from: 2 }));
  assert.equal(session.turns[0].choices[0].text, "xyz");
  assert.ok(["c1", "c2"].every((id) => world.client.isOurs(id)) && !world.client.isOurs("c3"));
  await session.ready;
});

test("a message with a gap is not applied at all, and a snapshot mends it", () => {
  say(asked("a", 1, "hi"), text("a", 3, 2, "lost before me"));
  assert.deepEqual(session.turns, []);
  assert.equal(session.position, null);
  assert.deepEqual(sent("join"), []);
  world.clock.advance(100);
  assert.equal(sent("join").at(-1).after, undefined);
  say(text("a", 4, 3, "still in flight"));
  world.answerJoin(
    joined("e", 4, { messages: [], requests: [{ request: "a", n: 3, input: "hi", at: 1, text: "all of it" }] }));
  say(text("a", 5, 4, "!"));
  assert.equal(session.request("a").text, "all of it!");
});

test("a server whose log never adds up is asked ever more rarely", () => {
  let answered = 0;
  for (let round = 0; round < 1000; round += 1) {
    say(text("a", 7, 0, "x"));
    world.clock.advance(100);
    if (!session.isJoined && sent("join").length > answered) {
      answered += 1;
      world.answerJoin(joined("e", 0));
    }
  }
  assert.ok(sent("join").length < 20, `${sent("join").length} joins in 100 s`);
  assert.ok(sent("join").length > 5);
});

test("while a join is not answered nothing of the session's log counts", () => {
  world.cut();
  say(asked("a", 1, "of another subscription"), { ...joined("f", 9), id: "join:0" });
  assert.deepEqual(session.turns, []);
  assert.equal(session.isJoined, false);
});

test("a session that may not be joined says so, to all who wait", async () => {
  const errors = [];
  const other = world.client.session("other");
  other.on("error", ({ error }) => errors.push(error.code));
  const chat = other.chat("hi");
  const { id } = sent("join").at(-1);
  const error = {
    type: "error", command: "join", session: "other", code: "forbidden", message: "No.", retryable: false, id,
  };
  say(error);
  await assert.rejects(other.ready, { code: "forbidden" });
  await assert.rejects(chat.done, { code: "forbidden", name: "TributaryError" });
  assert.deepEqual(errors, ["forbidden"]);
});

test("a join that may succeed later is tried again", () => {
  const other = world.client.session("other");
  const { id } = sent("join").at(-1);
  say({
    type: "error", command: "join", session: "other", code: "too_many_requests", message: "Full.", retryable: true, id,
  });
  world.clock.advance(100);
  assert.equal(sent("join").length, 2);
  world.answerJoin(joined("e", 0, undefined, { session: "other" }));
  assert.ok(other.isJoined);
});

test("a chat waits for the join, then goes out with the epoch", () => {
  world = new World();
  session = world.client.session(SESSION);
  const request = session.chat("hi", { model: "m", upstream: undefined, params: { n: 2 } });
  assert.equal(request.status, "waiting");
  assert.deepEqual(session.messages.map(({ role, content, status }) => [role, content, status]), [
    ["user", "hi", undefined], ["assistant", "", "waiting"],
  ]);
  say(welcome());
  assert.deepEqual(sent("chat"), []);
  world.answerJoin(joined("e", 0));
  const { id } = request;
  const asked = { input: "hi", model: "m", params: { n: 2 }, epoch: "e" };
  assert.deepEqual(sent("chat"), [{ type: "chat", id: `chat:${id}`, session: SESSION, request: id, ...asked }]);
  assert.match(id, /^[A-Za-z0-9_-]{22}$/);
});

test("what can never be sent is a TypeError at once", () => {
  const wrong = ["", [], {}, null, undefined, 7, { messages: [] }];
  for (const input of wrong) assert.throws(() => session.chat(input), TypeError);
  assert.throws(() => session.chat("hi", { request: "a b" }), TypeError);
});

test("options say how something is asked, and nothing else", () => {
  const others = { type: "leave", id: "x", session: "other", epoch: "f", input: "ho", messages: [{ role: "user" }] };
  const { id } = session.chat("hi", { ...others, model: "m" });
  const chat = { type: "chat", id: `chat:${id}`, session: SESSION, request: id, input: "hi", model: "m", epoch: "e" };
  assert.deepEqual(world.socket.commands, [chat]);
});

test("an unanswered chat is sent again, unchanged, also into another epoch, whose refusal is final", async () => {
  const request = session.chat("hi");
  const [first] = sent("chat");
  world.cut();
  assert.deepEqual(sent("chat"), [], "not before joined");
  world.answerJoin(joined("f", 0));
  assert.deepEqual(sent("chat"), [first]);
  say(refusal("chat", request.id, "interrupted", true));
  await assert.rejects(request.done, { code: "interrupted", retryable: true });
  assert.equal(request.status, "failed");
});

test("a chat that was accepted or shown is not sent again", () => {
  const [one, two] = ["1", "2"].map((input) => session.chat(input));
  say(accepted(one.id));
  say(asked(two.id, 1, "2"));
  assert.deepEqual([one.status, two.status], ["accepted", "running"]);
  world.cut();
  world.answerJoin(recovered("e", 2), asked(one.id, 2, "1"));
  assert.deepEqual(sent("chat"), []);
  assert.deepEqual(statuses(), ["running", "running"]);
});

test("a chat that a snapshot shows is not sent again, and its request goes on", async () => {
  const [runs, over] = ["1", "2"].map((input) => session.chat(input));
  world.cut();
  world.answerJoin(joined("e", 6, {
    messages: [
      { request: over.id, role: "user", content: "2", at: 1 },
      { request: over.id, role: "assistant", content: "yes", status: "ended", reason: "stop", at: 2 },
    ],
    requests: [{ request: runs.id, n: 2, input: "1", at: 1, text: "so far" }],
  }));
  assert.deepEqual(sent("chat"), []);
  assert.equal((await over.done).text, "yes");
  assert.deepEqual([runs.status, runs.text, runs.isOurs], ["running", "so far", true]);
});

test("a chat that was accepted in a log that is gone was interrupted", async () => {
  const request = session.chat("hi");
  say(accepted(request.id));
  world.cut();
  world.answerJoin(joined("f", 0));
  await assert.rejects(request.done, { code: "interrupted", retryable: true });
  assert.deepEqual(statuses(), ["interrupted"]);
  assert.equal(session.turns[0].isLocal, true);
  assert.ok(session.dismiss(request.id));
  assert.deepEqual(session.turns, []);
});

test("a chat that was accepted and that the log has not shown by its head was interrupted", async () => {
  const request = session.chat("hi");
  say(accepted(request.id));
  world.cut();
  world.answerJoin(recovered("e", 2));
  assert.equal(request.status, "accepted", "the log may still show it");
  say(asked("a", 1, "other"), text("a", 2, 1, "x"));
  await assert.rejects(request.done, { code: "interrupted" });
});

test("a chat that may have begun and ended before a snapshot is asked for by joining again", async () => {
  const request = session.chat("hi", { store: false });
  world.cut();
  world.answerJoin(joined("e", 9));
  assert.equal(sent("chat").length, 1);
  say(accepted(request.id, { duplicate: true }));
  assert.deepEqual(sent("join").at(-1).after, { epoch: "e", seq: 9 });
  world.answerJoin(recovered("e", 9));
  await assert.rejects(request.done, { code: "interrupted" });
});

test("a refused chat says why, is not sent again, and stays in sight until somebody does something", async () => {
  say(asked("zero", 1, "first"), end("zero", 2, 1));
  const request = session.chat("hi", { replaces: "zero", params: { n: 2 } });
  say({ ...refusal("chat", request.id, "bad_request"), field: "params.n" });
  const error = await request.done.catch((reason) => reason);
  assert.ok(error instanceof TributaryError);
  assert.deepEqual(
    [error.code, error.field, error.retryable, error.request], ["bad_request", "params.n", false, request.id]);
  world.cut();
  world.answerJoin(recovered("e", 2));
  assert.deepEqual(sent("chat"), []);
  assert.deepEqual(statuses(), ["ended", "failed"]);
  const again = session.retry(request.id, { params: {} });
  assert.deepEqual(session.turns.map((turn) => turn.request), ["zero", again.id]);
  const { input, replaces, params } = sent("chat")[0];
  assert.deepEqual({ input, replaces, params }, { input: "hi", replaces: "zero", params: {} });
});

test("what a draining server refused goes to its successor, in the epoch there", () => {
  const { id } = session.chat("hi");
  say(refusal("chat", id, "draining", true));
  session.chat("and more");
  assert.equal(sent("chat").length, 2, "not again on this connection");
  world.cut();
  world.answerJoin(joined("f", 0));
  assert.deepEqual(sent("chat").map((chat) => [chat.request, chat.epoch])[0], [id, "f"]);
});

test("a question that waits says whether it may have arrived, and goes out again before what replaces it", () => {
  const early = world.client.session("t").chat("early");
  const first = session.chat("hi");
  const second = session.chat("hello", { replaces: first.id });
  assert.deepEqual([early, first, second].map(({ turn }) => turn.isUnsent), [true, false, false]);
  world.cut();
  world.answerJoin(recovered("e", 0));
  const chats = sent("chat").filter((chat) => chat.session === SESSION).map((chat) => chat.request);
  assert.deepEqual(chats, [first.id, second.id], "on the new connection");
  say(refusal("chat", first.id, "draining", true));
  assert.deepEqual(session.turns.map((turn) => turn.isUnsent), [true, false], "that server has not taken it");
  say(accepted(second.id));
  assert.deepEqual(session.turns.map((turn) => turn.isUnsent), [true, false]);
});

test("a server that has forgotten the join is joined again, then asked again", () => {
  const { id } = session.chat("hi");
  say(refusal("chat", id, "not_joined"));
  world.clock.advance(100);
  world.answerJoin(recovered("e", 0));
  assert.equal(sent("chat").length, 2);
});

test("a message over the server's limit is refused here, since the server would close", async () => {
  const request = session.chat("ü".repeat(1000));
  assert.deepEqual(sent("chat"), []);
  await assert.rejects(request.done, { code: "bad_request", message: /2000 bytes/ });
});

test("a key goes out with its chat and is kept no longer than until the answer", () => {
  const { id } = session.chat("hi", { key: "sk-1" });
  assert.equal(sent("chat")[0].key, "sk-1");
  assert.doesNotMatch(JSON.stringify(session.getSnapshot()), /sk-1/);
  say(accepted(id));
  world.cut();
  world.answerJoin(recovered("e", 0));
  assert.deepEqual(sent("chat"), []);
});

test("retry asks the same after a reload: parameters, and of model and upstream what was named", () => {
  const ended = { request: "a", role: "assistant", content: "x", status: "ended", at: 2 };
  const running = { request: "b", n: 2, input: "more", upstream: "spare", provider: "p", model: "m-2", at: 3 };
  const named = { model: "m", upstream: "main" };
  world.cut();
  world.answerJoin(joined("e", 9, {
    messages: [
      { request: "a", role: "user", content: "hi", at: 1 },
      { ...ended, model: "m-1", requested_model: "m", upstream: "u", params: { temperature: 1 } },
    ],
    requests: [{ ...running, requested_model: "m", params: { seed: 7 }, named }],
  }));
  const wished = ({ input, model, upstream, params, replaces }) => ({ input, model, upstream, params, replaces });
  session.retry("a");
  assert.deepEqual(wished(sent("chat").at(-1)), {
    input: "hi", model: undefined, upstream: undefined, params: { temperature: 1 }, replaces: "a",
  });
  say(end("b", 10, 3));
  session.retry("b");
  assert.deepEqual(wished(sent("chat").at(-1)), {
    input: "more", model: "m", upstream: "main", params: { seed: 7 }, replaces: "b",
  });
});

test("retry without parameters that a snapshot left out is refused here, and asks with those that are given", () => {
  const ended = { request: "a", role: "assistant", content: "x", status: "ended", params_omitted: true, at: 2 };
  world.cut();
  world.answerJoin(joined("e", 9, { messages: [{ request: "a", role: "user", content: "hi", at: 1 }, ended], requests: [] }));
  assert.throws(() => session.retry("a"), { code: "bad_request", message: "Not all of its parameters are here." });
  assert.throws(() => session.retry("a", { model: "m" }), { code: "bad_request", request: "a" });
  assert.deepEqual(sent("chat"), []);
  session.retry("a", { params: { tools: [] } });
  assert.deepEqual(sent("chat").map(({ params, replaces }) => [params, replaces]), [[{ tools: [] }, "a"]]);
});

test("retry asks a turn's messages again in its place", () => {
  const start = frame("start", "a", 2, 1, { model: "m-2", requested_model: "m" });
  say(asked("a", 1, "hi", { model: "m", named: { model: "m" }, params: { seed: 1 } }), start, end("a", 3, 2));
  session.retry("a");
  const { input, replaces, model, params } = sent("chat")[0];
  assert.deepEqual({ input, replaces, model, params }, { input: "hi", replaces: "a", model: "m", params: { seed: 1 } });
  const messages = [{ role: "system", content: "s" }, { role: "user", content: "u" }];
  say(frame("request", "b", 4, 0, { messages, upstream: "u", at: 4 }), end("b", 5, 1));
  session.retry("b");
  assert.deepEqual([sent("chat")[1].messages, sent("chat")[1].replaces], [messages, undefined]);
  say(frame("request", "c", 6, 0, { messages, omitted: 3, upstream: "u", at: 4 }), end("c", 7, 1));
  assert.throws(() => session.retry("c"), { code: "bad_request" });
  assert.throws(() => session.retry("nothing"), { code: "bad_request" });
});

test("the same chat under the same id is one request", () => {
  const first = session.chat("hi", { request: "mine" });
  assert.equal(session.chat("hi", { request: "mine" }), first);
  assert.equal(sent("chat").length, 1);
  say(asked("mine", 1, "hi"), end("mine", 2, 1));
  assert.equal(session.chat("hi", { request: "mine" }), first);
});

test("stop cancels every running request, and the asked ones that the log does not show yet", async () => {
  say(asked("a", 1, "1"), asked("b", 2, "2"), end("b", 3, 1));
  const { id } = session.chat("3");
  const stopped = session.abort();
  assert.deepEqual(new Set(sent("abort").map((abort) => abort.request)), new Set(["a", id]));
  say({ type: "ok", command: "abort", session: SESSION, requests: ["a"], id: "abort:a" });
  say({ type: "ok", command: "abort", session: SESSION, requests: [], id: `abort:${id}` });
  assert.deepEqual(await stopped, ["a"]);
});

test("a chat that was never sent is just taken back", async () => {
  world.socket.die(1006);
  const request = session.chat("hi");
  await request.abort();
  assert.equal((await request.done).status, "aborted");
  assert.deepEqual([session.turns, session.requests], [[], []]);
  world.client.reconnect();
  say(welcome("c2"));
  world.answerJoin(recovered("e", 0));
  assert.deepEqual([...sent("chat"), ...sent("abort")], []);
});

test("a stop that nobody has answered is asked for again after a reconnect, until the end is seen", async () => {
  say(asked("a", 1, "1"));
  world.socket.die(1006);
  const stopped = session.request("a").abort();
  world.client.reconnect();
  say(welcome("c2"));
  world.answerJoin(recovered("e", 1));
  assert.deepEqual(sent("abort").map((abort) => abort.request), ["a"]);
  say(frame("aborted", "a", 2, 1, { by: "c2" }));
  await stopped;
  assert.equal(session.request("a").abortedBy, "c2");
  world.cut();
  world.answerJoin(recovered("e", 2));
  assert.deepEqual(sent("abort"), []);
});

test("a chat stopped after a cut is not sent again, but cancelled where it had arrived", async () => {
  const request = session.chat("hi");
  world.socket.die(1006);
  const stopped = request.abort();
  world.client.reconnect();
  say(welcome("c2"));
  world.answerJoin(recovered("e", 0));
  assert.deepEqual(sent("chat"), []);
  assert.deepEqual(sent("abort").map((abort) => abort.request), [request.id]);
  say(refusal("abort", request.id, "unknown_request"));
  await stopped;
  assert.equal((await request.done).status, "aborted");
  assert.deepEqual(session.turns, []);
});

test("a stop that the server refuses is an error, for who asked", async () => {
  say(asked("a", 1, "1"));
  const stopped = session.request("a").abort();
  say(refusal("abort", "a", "internal", true));
  await assert.rejects(stopped, { code: "internal" });
});

test("stopping what has ended needs no server", async () => {
  say(asked("a", 1, "1"), end("a", 2, 1));
  await session.request("a").abort();
  assert.deepEqual(await session.abort(), []);
  assert.deepEqual(sent("abort"), []);
});

test("an AbortSignal stops a request, before and after, and is let go at the end", async () => {
  const controller = new AbortController();
  let listeners = 0;
  const { signal } = controller;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args) => void ((listeners += 1), addEventListener.apply(signal, args));
  signal.removeEventListener = (...args) => void ((listeners -= 1), removeEventListener.apply(signal, args));
  const request = session.chat("hi", { signal });
  const other = session.chat("ho", { signal });
  say(asked(other.id, 1, "ho"), end(other.id, 2, 1));
  assert.equal(listeners, 1);
  controller.abort();
  assert.deepEqual(sent("abort").map((abort) => abort.request), [request.id]);
  say(asked(request.id, 3, "hi"), frame("aborted", request.id, 4, 1, { by: "c1" }));
  assert.equal((await request.done).status, "aborted");
  assert.equal(listeners, 0);
  world.socket.die(1006);
  assert.equal(session.chat("hi", { signal }).status, "aborted");
});

test("done resolves for an answer and for a stop, and rejects with the protocol's words for a failure", async () => {
  say(asked("a", 1, "1"), asked("b", 2, "2"), asked("c", 3, "3"));
  const { a, b, c } = Object.fromEntries(["a", "b", "c"].map((id) => [id, session.request(id)]));
  const all = Promise.allSettled([a.done, b.done, c.done]);
  const upstream = { type: "requests", message: "Slow down." };
  say(end("a", 4, 1, { usage: { input: 1, output: 2, source: "upstream" } }), frame("aborted", "b", 5, 1, { by: "x" }));
  say(frame("error", "c", 6, 1, {
    code: "upstream_rate_limited", message: "Slow.", stage: "headers", retryable: true, status: 429, upstream,
    retry_after_ms: 2000,
  }));
  const [first, second, third] = await all;
  assert.equal(first.value, a);
  assert.equal(a.usage.output, 2);
  assert.equal(second.value.abortedBy, "x");
  const { code, stage, retryable, status, retryAfterMs, message } = third.reason;
  assert.deepEqual(
    [code, stage, retryable, status, retryAfterMs, message, third.reason.upstream],
    ["upstream_rate_limited", "headers", true, 429, 2000, "Slow.", upstream]);
  assert.equal(c.error, third.reason);
  await assert.rejects(c.done, third.reason, "also for who asks later");
});

test("nobody who does not ask is told of a rejection", async () => {
  const rejections = [];
  const note = (reason) => rejections.push(reason);
  process.on("unhandledRejection", note);
  session.chat("hi");
  world.client.close();
  await settle();
  process.off("unhandledRejection", note);
  assert.deepEqual(rejections, []);
});

test("presence, requests of other tabs and their ends are events, told once the message was taken in", () => {
  const events = [];
  for (const type of ["request", "delta", "end", "tabs", "replaced", "change"]) {
    session.on(type, (event) => events.push([event.type, event.request?.text ?? event.tabs]));
  }
  say({ type: "presence", session: SESSION, tabs: 3 }, { type: "presence", session: "t", tabs: 9 });
  assert.deepEqual(events.splice(0), [["tabs", 3], ["change", undefined]]);
  say(asked("a", 1, "hi"), text("a", 2, 1, "x"), text("a", 3, 2, "y"), end("a", 4, 3));
  assert.deepEqual(events, [["request", "xy"], ["delta", "xy"], ["delta", "xy"], ["end", "xy"], ["change", undefined]]);
});

test("a listener that throws disturbs nobody", () => {
  const reported = [];
  globalThis.reportError = (error) => reported.push(error.message);
  const heard = [];
  session.on("request", () => {
    throw new Error("mine");
  });
  session.on("request", () => heard.push("also"));
  say(asked("a", 1, "hi"));
  delete globalThis.reportError;
  assert.deepEqual([heard, reported], [["also"], ["mine"]]);
});

test("subscribers are told once a message, and the snapshot is the same object until then", () => {
  let calls = 0;
  const { subscribe, getSnapshot } = session;
  const stop = subscribe(() => (calls += 1));
  const before = getSnapshot();
  assert.equal(getSnapshot(), before);
  say(asked("a", 1, "hi"), text("a", 2, 1, "x"), text("a", 3, 2, "y"));
  assert.equal(calls, 1);
  const after = getSnapshot();
  assert.notEqual(after, before);
  assert.equal(after.requests.length, 1);
  say(text("a", 4, 3, "z"));
  assert.equal(getSnapshot().requests, after.requests, "what has not changed is the same");
  assert.ok(Object.isFrozen(after) && Object.isFrozen(after.turns) && Object.isFrozen(after.turns[0]));
  stop();
  say(text("a", 5, 4, "!"));
  assert.equal(calls, 2);
  world.socket.die(1006);
  assert.equal(getSnapshot().state.name, "reconnecting");
});

test("a joined that comes by itself replaces everything", () => {
  say(asked("a", 1, "hi"), end("a", 2, 1));
  say(joined("e", 900, { messages: [], requests: [{ request: "z", n: 4, input: "new", at: 1 }] }));
  assert.deepEqual(session.turns.map((turn) => turn.request), ["z"]);
  say(text("z", 901, 5, "x"));
  assert.equal(session.request("z").text, "x");
});

test("leaving says so, aborts nothing, and ends what waits", async () => {
  const { id } = session.chat("hi");
  say(asked(id, 1, "hi"));
  const request = session.request(id);
  session.leave();
  assert.deepEqual([sent("leave").length, sent("abort").length], [1, 0]);
  await assert.rejects(request.done, { code: "closed" });
  await assert.rejects(session.chat("more").done, { code: "closed" });
  assert.deepEqual(world.client.sessions, []);
  const next = world.client.session(SESSION);
  assert.notEqual(next, session);
  say({ type: "left", session: SESSION, id: "leave" });
  world.answerJoin(joined("e", 1, { messages: [], requests: [{ request: id, n: 0, input: "hi", at: 1 }] }));
  assert.equal(next.request(id).status, "running");
  assert.equal(request.status, "interrupted", "the one that was left hears nothing more");
});

test("a large snapshot on a slow line is waited for", () => {
  world.cut();
  world.clock.advance(54_000);
  assert.equal(world.state.name, "open", "35 s, were there no join under way");
  world.answerJoin(recovered("e", 0));
  world.clock.advance(34_999);
  assert.equal(world.state.name, "open");
  world.clock.advance(1);
  assert.equal(world.state.name, "reconnecting");
});

const joinRefusal = (fields) => (
  { type: "error", command: "join", session: SESSION, message: "No.", retryable: false, ...fields });

test("a session that may not be joined again interrupts what ran, and refuses what is asked until it may", async () => {
  say(asked("a", 1, "hi"), text("a", 2, 1, "so far"));
  const running = session.request("a");
  const accepts = session.chat("and");
  world.cut();
  world.answerJoin(joinRefusal({ code: "forbidden" }));
  await assert.rejects(running.done, { code: "forbidden" });
  await assert.rejects(accepts.done, { code: "forbidden" });
  await assert.rejects(session.chat("more").done, { code: "forbidden" });
  assert.deepEqual([running.status, running.text, accepts.status], ["interrupted", "so far", "failed"]);
  assert.deepEqual(session.requests, []);
  world.cut();
  const again = session.chat("now?");
  assert.equal(sent("join").at(-1).after, undefined, "what was missed is not known");
  const requests = [{ request: "a", n: 3, input: "hi", at: 1, text: "so far, so good" }];
  world.answerJoin(joined("e", 4, { messages: [], requests }));
  assert.equal(session.request("a").text, "so far, so good");
  assert.deepEqual(sent("chat").map(({ request }) => request), [again.id]);
});

test("a refused join is told by the client where nobody listens to the session", async () => {
  const { client } = world;
  const refused = (id) => world.answerJoin(joinRefusal({ code: "forbidden", session: id }));
  client.session("silent");
  refused("silent");
  assert.deepEqual(world.errors.map(({ code, session: id }) => [code, id]), [["forbidden", "silent"]]);
  client.session("heard").on("error", () => {});
  refused("heard");
  const { ready } = client.session("awaited");
  refused("awaited");
  await assert.rejects(ready, { code: "forbidden" });
  assert.equal(world.errors.length, 1);
});

test("how many tabs there are is not known without a connection", () => {
  const told = [];
  session.on("tabs", ({ tabs }) => told.push(tabs));
  world.socket.die(1006);
  assert.deepEqual([session.tabs, session.getSnapshot().tabs], [0, 0]);
  world.client.reconnect();
  say(welcome("c2"));
  world.answerJoin(recovered("e", 0, { tabs: 2 }));
  world.socket.die(4403);
  assert.deepEqual([told, session.tabs], [[0, 2, 0], 0]);
});

test("what JSON cannot hold is a TypeError for who asks it, and strands nobody else", () => {
  const circle = {};
  circle.circle = circle;
  for (const params of [{ seed: 1n }, circle]) assert.throws(() => session.chat("hi", { params }), TypeError);
  assert.deepEqual([session.turns, session.requests], [[], []]);
  session.chat("hi");
  assert.equal(sent("chat").length, 1);
});

test("what is changed after it was asked changes nothing", () => {
  world.socket.die(1006);
  const params = { stop: ["a"] };
  const parts = [{ type: "text", text: "hi" }];
  const { id } = session.chat(parts, { params });
  params.stop.push("b");
  params.seed = 1n;
  parts[0].text = "changed";
  world.client.reconnect();
  say(welcome("c2"));
  world.answerJoin(recovered("e", 0));
  const [chat] = sent("chat");
  assert.deepEqual([chat.params, chat.input], [{ stop: ["a"] }, [{ type: "text", text: "hi" }]]);
  assert.equal(session.turns[0].prompts[0].content[0].text, "hi");
  say(refusal("chat", id, "bad_request"));
  session.retry(id);
  assert.deepEqual(sent("chat")[1].params, { stop: ["a"] });
});

test("retry replaces only what the server knows: after its restart, nothing", () => {
  say(asked("a", 1, "1"), end("a", 2, 1));
  const { id } = session.chat("2", { replaces: "a" });
  say(asked(id, 3, "2", { replaces: "a" }));
  world.cut();
  world.answerJoin(joined("f", 0));
  assert.deepEqual(statuses(), ["interrupted"]);
  const { id: again } = session.retry(id);
  assert.deepEqual(sent("chat").map(({ input, replaces }) => [input, replaces]), [["2", undefined]]);
  say(refusal("chat", again, "bad_request"));
  const local = session.chat("3", { replaces: again });
  say(refusal("chat", local.id, "bad_request"));
  session.retry(local.id);
  assert.equal(sent("chat").at(-1).replaces, undefined, "that turn was never there either");
});

test("retry asks the same upstream and model whoever asked; the same context and orphan where this tab did", () => {
  const wishes = { upstream: "mine", context: { max_tokens: 100 }, orphan: "abort" };
  const { id } = session.chat("hi", wishes);
  const told = { model: "m", upstream: "other", named: { upstream: "mine" }, at: 1 };
  say(asked(id, 1, "hi", told));
  world.cut();
  world.answerJoin(joined("e", 2, { messages: [], requests: [{ request: id, n: 1, input: "hi", ...told }] }));
  say(end(id, 3, 2));
  session.retry(id);
  const of = ({ model, upstream, context, orphan }) => ({ model, upstream, context, orphan });
  assert.deepEqual(of(sent("chat")[0]), { model: undefined, ...wishes });
  say(asked("of another tab", 4, "ho", { ...told, named: { model: "m" } }), end("of another tab", 5, 1));
  session.retry("of another tab");
  const unknown = { upstream: undefined, context: undefined, orphan: undefined };
  assert.deepEqual(of(sent("chat")[1]), { model: "m", ...unknown });
  say(asked("of nobody's choice", 6, "he", { model: "m", upstream: "u" }), end("of nobody's choice", 7, 1));
  session.retry("of nobody's choice");
  assert.deepEqual(of(sent("chat")[2]), { model: undefined, ...unknown });
});

test("retry of a turn whose question is not here is an error, and takes nothing out of sight", () => {
  const answer = { request: "cut", role: "assistant", content: "yes", status: "ended", at: 1 };
  say(joined("e", 5, { messages: [answer], requests: [], truncated: 1 }));
  assert.throws(() => session.retry("cut"), { code: "bad_request", name: "TributaryError" });
  const { id } = session.chat("hi");
  say(refusal("chat", id, "bad_request"));
  assert.throws(() => session.retry(id, { params: { seed: 1n } }), TypeError);
  assert.deepEqual(session.turns.map((turn) => turn.request), ["cut", id]);
});

test("another question under an id that is known is refused; the same one may be stopped", async () => {
  const first = session.chat("hi", { request: "mine" });
  const other = session.chat("ho", { request: "mine" });
  await assert.rejects(other.done, { code: "request_exists", request: "mine" });
  assert.deepEqual([session.turns.length, session.request("mine"), sent("chat").length], [1, first, 1]);
  say(asked("mine", 1, "hi"));
  await assert.rejects(session.chat([{ type: "text", text: "hi" }], { request: "mine" }).done);
  const controller = new AbortController();
  assert.equal(session.chat({ messages: [{ content: "hi", role: "user" }] }, { request: "mine" }), first);
  assert.equal(session.chat("hi", { request: "mine", signal: controller.signal }), first);
  controller.abort();
  assert.deepEqual(sent("abort").map(({ request }) => request), ["mine"]);
});

test("what a listener makes happen does not overtake what it was told, neither for who iterates", async () => {
  const heard = [];
  const iterator = session[Symbol.asyncIterator]();
  session.on("end", () => session.chat("more", { request: "next" }));
  for (const type of ["request", "end"]) session.on(type, ({ request }) => heard.push(`${type} ${request.id}`));
  say(asked("a", 1, "hi"), end("a", 2, 1));
  assert.deepEqual(heard, ["request a", "end a", "request next"]);
  const iterated = [];
  while (iterated.length < 5) {
    const { value: event } = await iterator.next();
    iterated.push([event.type, event.request?.id].join(" ").trim());
  }
  assert.deepEqual(iterated, ["request a", "end a", "change", "request next", "change"]);
});

test("a refusal that may pass is told by the client, also where somebody waits for ready, which goes on", async () => {
  const other = world.client.session("other");
  const { ready } = other;
  world.answerJoin(joinRefusal({ code: "too_many_requests", session: "other", retryable: true }));
  assert.deepEqual(world.errors.map(({ code }) => code), ["too_many_requests"]);
  world.clock.advance(100);
  world.answerJoin(joined("e", 0, undefined, { session: "other" }));
  await ready;
});
