import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { SESSION, asked, end, frame, joined, text } from "./kit/frames.mjs";
import { World, settle } from "./kit/world.mjs";

let world;
let session;
let request;

beforeEach(() => {
  world = new World();
  session = world.joined();
  world.socket.say(asked("a", 1, "hi"));
  request = session.request("a");
});

const say = (...frames) => world.socket.say(...frames);

/** Everything that iterating gives, and how it ends. */
async function all(iterable) {
  const deltas = [];
  try {
    for await (const delta of iterable) deltas.push(delta);
    return { deltas };
  } catch (error) {
    return { deltas, error };
  }
}

test("whoever keeps up gets every delta as it came, then the end", async () => {
  const iterator = request[Symbol.asyncIterator]();
  for (const [index, piece] of ["one ", "two"].entries()) {
    const next = iterator.next();
    say(text("a", 2 + index, 1 + index, piece));
    assert.deepEqual(await next, { value: { choice: 0, text: piece }, done: false });
  }
  const next = iterator.next();
  say(end("a", 4, 3));
  assert.deepEqual(await next, { value: undefined, done: true });
  assert.equal((await iterator.next()).done, true);
});

test("whoever comes late gets what is there as one delta a field, also after the end", async () => {
  const call = (...pieces) => ({ tool_calls: pieces });
  say(
    frame("delta", "a", 2, 1, { reasoning: "h" }), frame("delta", "a", 3, 2, { reasoning: "m" }), text("a", 4, 3, "x"),
    text("a", 5, 4, "other", { choice: 1 }), text("a", 6, 5, "y"),
    frame("delta", "a", 7, 6, call({ index: 0, id: "c", name: "f", arguments: "{" })),
    frame("delta", "a", 8, 7, call({ index: 0, arguments: "}" })), frame("delta", "a", 9, 8, { extra: { a: 1 } }),
    end("a", 10, 9));
  const { deltas } = await all(request);
  assert.deepEqual(deltas, [
    { choice: 0, reasoning: "hm" }, { choice: 0, text: "xy" },
    { choice: 0, toolCalls: [{ index: 0, id: "c", name: "f", arguments: "{}" }] }, { choice: 0, extra: [{ a: 1 }] },
    { choice: 1, text: "other" },
  ]);
});

test("what was not pulled is merged, in the order in which the fields spoke", async () => {
  const iterator = request[Symbol.asyncIterator]();
  say(text("a", 2, 1, "x"));
  await iterator.next();
  say(
    text("a", 3, 2, "y", { logprobs: [1] }), frame("delta", "a", 4, 3, { reasoning: "hm" }),
    text("a", 5, 4, "z", { logprobs: [2] }));
  assert.deepEqual((await iterator.next()).value, { choice: 0, text: "yz", logprobs: [[1], [2]] });
  assert.deepEqual((await iterator.next()).value, { choice: 0, reasoning: "hm" });
});

test("a tool call's name is told once, its arguments in pieces", async () => {
  const iterator = request[Symbol.asyncIterator]();
  say(frame("delta", "a", 2, 1, { tool_calls: [{ index: 3, id: "c", name: "f" }] }));
  assert.deepEqual((await iterator.next()).value.toolCalls, [{ index: 3, id: "c", name: "f" }]);
  say(frame("delta", "a", 3, 2, { tool_calls: [{ index: 3, arguments: "{}" }] }));
  assert.deepEqual((await iterator.next()).value.toolCalls, [{ index: 3, arguments: "{}" }]);
});

test("a tool call's name or id may come after its first piece, and is told then, once", async () => {
  const iterator = request[Symbol.asyncIterator]();
  const next = async () => (await iterator.next()).value.toolCalls;
  say(frame("delta", "a", 2, 1, { tool_calls: [{ index: 0, id: "c" }] }));
  assert.deepEqual(await next(), [{ index: 0, id: "c" }]);
  say(frame("delta", "a", 3, 2, { tool_calls: [{ index: 0, name: "f" }] }));
  assert.deepEqual(await next(), [{ index: 0, name: "f" }]);
  say(frame("delta", "a", 4, 3, { tool_calls: [{ index: 0, name: "f", arguments: "{}" }] }));
  assert.deepEqual(await next(), [{ index: 0, arguments: "{}" }]);
  say(frame("delta", "a", 5, 4, { tool_calls: [{ index: 1, name: "g", arguments: "{" }] }));
  say(frame("delta", "a", 6, 5, { tool_calls: [{ index: 1, id: "d", arguments: "}" }] }));
  assert.deepEqual(await next(), [{ index: 1, id: "d", name: "g", arguments: "{}" }]);
  assert.deepEqual(request.toolCalls, [
    { id: "c", name: "f", arguments: "{}" }, { id: "d", name: "g", arguments: "{}" },
  ]);
  const tool_calls = request.toolCalls.map((call, index) => ({ index, ...call }));
  say(joined("e", 6, { messages: [], requests: [{ request: "a", n: 5, input: "hi", at: 1000, tool_calls }] }));
  say(end("a", 7, 6));
  assert.equal((await iterator.next()).done, true, "a snapshot tells neither again");
});

test("what a snapshot leaves out of many extras, a reader has had; what follows is new", async () => {
  const iterator = request[Symbol.asyncIterator]();
  const citation = (seq) => frame("delta", "a", seq, seq - 1, { extra: { seq } });
  say(citation(2), citation(3), citation(4));
  await iterator.next();
  const kept = [{ seq: 2 }];
  say(joined("e", 4, { messages: [], requests: [{ request: "a", n: 3, input: "hi", at: 1000, extra: kept }] }));
  say(citation(5));
  assert.deepEqual((await iterator.next()).value.extra, [{ seq: 5 }]);
  say(end("a", 6, 5));
  assert.equal((await iterator.next()).done, true);
});

test("extras that follow an older snapshot are not read twice", async () => {
  const citation = (seq) => frame("delta", "a", seq, seq - 1, { extra: { seq } });
  const older = [{ request: "a", n: 1, input: "hi", at: 1000, extra: [{ seq: 2 }] }];
  const without = [{ request: "a", n: 0, input: "hi", at: 1000 }];
  const seen = all(request);
  say(citation(2), citation(3), citation(4));
  await settle();
  say(joined("e", 2, { messages: [], requests: older }), citation(3));
  say(joined("e", 1, { messages: [], requests: without }), citation(2), citation(3), citation(4), citation(5));
  await settle();
  say(citation(6), end("a", 7, 6));
  const { deltas } = await seen;
  assert.deepEqual(deltas.flatMap(({ extra }) => extra.map(({ seq }) => seq)), [2, 3, 4, 5, 6]);
});

test("attempts that failed stay known when a snapshot comes in the middle of the answer", () => {
  const retry = { attempt: 1, after_ms: 10, code: "upstream_error", status: 500 };
  say(frame("retry", "a", 2, 1, retry), text("a", 3, 2, "x"));
  say(joined("e", 4, { messages: [], requests: [{ request: "a", n: 3, input: "hi", at: 1000, text: "xy" }] }));
  assert.deepEqual([request.retries, request.text], [[retry], "xy"]);
});

test("a failure is thrown once all was told", async () => {
  say(text("a", 2, 1, "half"), frame(
    "error", "a", 3, 2, { code: "upstream_closed", message: "It broke.", retryable: true }));
  const { deltas, error } = await all(request);
  assert.deepEqual(deltas, [{ choice: 0, text: "half" }]);
  assert.equal(error, request.error);
  assert.equal(error.code, "upstream_closed");
});

test("two iterate without disturbing each other, and one who stops holds nothing up", async () => {
  const first = all(request);
  say(text("a", 2, 1, "x"));
  for await (const delta of request) {
    assert.equal(delta.text, "x");
    break;
  }
  say(text("a", 3, 2, "y"), end("a", 4, 3));
  assert.equal((await first).deltas.map((delta) => delta.text).join(""), "xy");
});

test("several may wait for the next at once", async () => {
  const iterator = request[Symbol.asyncIterator]();
  const both = Promise.all([iterator.next(), iterator.next()]);
  say(text("a", 2, 1, "x"));
  say(text("a", 3, 2, "y"));
  assert.deepEqual((await both).map(({ value }) => value.text), ["x", "y"]);
});

test("a snapshot tells nothing again and leaves nothing out, whether it is ahead or from a moment ago", async () => {
  const iterator = request[Symbol.asyncIterator]();
  say(text("a", 2, 1, "one "), text("a", 3, 2, "two "));
  const read = [(await iterator.next()).value.text];
  const snapshot = (seq, n, said) => joined(
    "e", seq, { messages: [], requests: [{ request: "a", n, input: "hi", at: 1000, text: said }] });
  say(snapshot(2, 1, "one "));
  say(text("a", 3, 2, "two "), text("a", 4, 3, "three "));
  read.push((await iterator.next()).value.text);
  say(snapshot(9, 8, "one two three four "));
  read.push((await iterator.next()).value.text);
  assert.deepEqual(read, ["one two ", "three ", "four "]);
  assert.equal(request.text, "one two three four ");
});

test("a snapshot from before the first word tells none of it again", async () => {
  const iterator = request[Symbol.asyncIterator]();
  say(text("a", 2, 1, "one "));
  assert.equal((await iterator.next()).value.text, "one ");
  say(joined("e", 1, { messages: [], requests: [{ request: "a", n: 0, input: "hi", at: 1000 }] }));
  say(text("a", 2, 1, "one "), text("a", 3, 2, "two"));
  assert.equal((await iterator.next()).value.text, "two");
  assert.equal(request.text, "one two");
});

test("iterating a session gives its events from now on, and ends when it is left", async () => {
  const events = [];
  const over = (async () => {
    for await (const event of session) events.push(event.type);
  })();
  say(text("a", 2, 1, "x"), end("a", 3, 2));
  await settle();
  session.leave();
  await over;
  assert.deepEqual(events, ["delta", "end", "change", "tabs", "change"].slice(0, events.length));
  assert.deepEqual(events.slice(0, 3), ["delta", "end", "change"]);
  for await (const event of session) assert.fail(`${event.type} after the end`);
});

test("whoever is too slow for a session's events gets one that says so", async () => {
  const iterator = session[Symbol.asyncIterator]();
  for (let index = 0; index < 2000; index += 1) say(text("a", 2 + index, 1 + index, "x"));
  assert.equal((await iterator.next()).value.type, "replaced");
  await iterator.return();
  say(end("a", 2002, 2001));
  assert.equal((await iterator.next()).done, true);
});

test("a request of another tab is one like ours, with its metadata", () => {
  const retry = { attempt: 1, after_ms: 10, code: "upstream_error", status: 500, upstream: "spare", dropped: ["seed"] };
  const start = { model: "m-2", requested_model: "m", upstream: "spare", provider: "openai", attempt: 2, ttfb_ms: 5 };
  say(frame("retry", "a", 2, 1, retry), frame("start", "a", 3, 2, start));
  assert.equal(request.isOurs, false);
  assert.deepEqual(
    [request.id, request.session, request.model, request.requestedModel, request.upstream, request.provider],
    ["a", session, "m-2", "m", "spare", "openai"]);
  assert.deepEqual(request.retries, [retry]);
  assert.deepEqual([request.dropped, request.turn.hasStarted], [["seed"], true]);
  assert.equal(request.session.id, SESSION);
});
