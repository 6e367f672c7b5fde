import assert from "node:assert/strict";
import { test } from "node:test";
import { asked, frame, joined, recovered, text } from "./kit/frames.mjs";
import { Position } from "../../public/client/position.js";

/** A position in epoch `e` at `seq`, with running requests as `{request, n}`. */
function at(seq, ...requests) {
  const position = new Position("s");
  position.accept([joined("e", seq, { messages: [], requests })]);
  return position;
}

test("a position is unknown until a joined says where we are", () => {
  const position = new Position("s");
  assert.equal(position.after, undefined);
  assert.deepEqual(position.accept([text("a", 5, 3, "x")]), [], "log frames before it are not ours to apply");
  assert.equal(position.after, undefined);
  position.accept([joined("e", 4)]);
  assert.deepEqual(position.after, { epoch: "e", seq: 4 });
});

test("frames that follow each other are applied and move the position", () => {
  const position = at(0);
  const frames = [asked("a", 1, "hi"), frame("start", "a", 2, 1), text("a", 3, 2, "x")];
  assert.deepEqual(position.accept(frames), frames);
  assert.deepEqual(position.after, { epoch: "e", seq: 3 });
});

test("a merged delta counts for as many entries as it holds", () => {
  const position = at(4, { request: "a", n: 2 });
  assert.ok(position.accept([text("a", 7, 5, "xyz", { from: 3 })]));
  assert.equal(position.after.seq, 7);
});

test("a delta merged across another request's frame leaves a hole in seq that the sum fills", () => {
  const position = at(4, { request: "a", n: 2 });
  assert.ok(position.accept([asked("b", 6, "hi"), text("a", 7, 4, "xy", { from: 3 })]));
  assert.equal(position.after.seq, 7);
});

test("the same frames in two messages are a gap, because a position is only true at a message's end", () => {
  const position = at(4, { request: "a", n: 2 });
  assert.equal(position.accept([asked("b", 6, "hi")]), null);
});

test("a lost entry is a gap", () => {
  assert.equal(at(4, { request: "a", n: 2 }).accept([text("a", 6, 4, "x")]), null);
});

test("a lost entry of another request is a gap by the sum alone", () => {
  assert.equal(at(4, { request: "a", n: 2 }).accept([text("a", 6, 3, "x")]), null);
});

test("an entry that comes twice is a gap", () => {
  const position = at(4, { request: "a", n: 2 });
  assert.ok(position.accept([text("a", 5, 3, "x")]));
  assert.equal(position.accept([text("a", 5, 3, "x")]), null);
});

test("entries out of order are a gap", () => {
  assert.equal(at(4, { request: "a", n: 2 }).accept([text("a", 6, 4, "y"), text("a", 5, 3, "x")]), null);
});

test("a hole in one request's n is a gap, even where the sum happens to be right", () => {
  assert.equal(at(4, { request: "a", n: 2 }).accept([text("a", 6, 5, "xy", { from: 4 })]), null);
});

test("a from beyond n is a gap", () => {
  assert.equal(at(4, { request: "a", n: 2 }).accept([text("a", 5, 2, "x", { from: 3 })]), null);
});

test("a from beyond n is a gap, even where another frame's surplus would even it out", () => {
  const position = at(4, { request: "a", n: 2 });
  assert.equal(position.accept([text("a", 5, 2, "x", { from: 3 }), text("b", 6, 1, "yz", { from: 0 })]), null);
});

test("two frames at one seq are a gap, even where the sum is right", () => {
  assert.equal(at(4, { request: "a", n: 2 }).accept([text("b", 6, 0, "y"), text("a", 6, 3, "x")]), null);
});

test("after a gap nothing counts until the next joined", () => {
  const position = at(4);
  assert.equal(position.accept([asked("a", 9, "hi")]), null);
  assert.equal(position.after, undefined);
  assert.deepEqual(position.accept([text("a", 10, 1, "x")]), []);
  assert.equal(position.accept([joined("e", 10)]).length, 1);
  assert.equal(position.after.seq, 10);
});

test("a recovered join keeps the position and what was known of running requests", () => {
  const position = at(4, { request: "a", n: 2 });
  assert.ok(position.accept([recovered("e", 6), text("a", 6, 4, "xy", { from: 3 })]));
  assert.equal(position.after.seq, 6);
});

test("recovered in an epoch that we never had is a gap", () => {
  assert.equal(at(4).accept([recovered("f", 6)]), null);
});

test("recovered behind our own position is a gap", () => {
  assert.equal(at(4).accept([recovered("e", 3)]), null);
});

test("a joined in mid-message ends one sum and begins another", () => {
  const position = at(4, { request: "a", n: 2 });
  const snapshot = { messages: [], requests: [{ request: "b", n: 7 }] };
  assert.ok(position.accept([text("a", 5, 3, "x"), joined("e", 90, snapshot), text("b", 91, 8, "y")]));
  assert.equal(position.after.seq, 91);
});

test("a gap before a joined in the same message is a gap", () => {
  assert.equal(at(4, { request: "a", n: 2 }).accept([text("a", 6, 3, "x"), joined("e", 90)]), null);
});

test("a new epoch forgets what was expected of requests: the same id may begin again", () => {
  const position = at(4, { request: "a", n: 2 });
  assert.ok(position.accept([joined("f", 0)]));
  assert.ok(position.accept([asked("a", 1, "hi")]));
});

test("an unknown type of log frame is counted like any other", () => {
  const position = at(4, { request: "a", n: 2 });
  assert.ok(position.accept([frame("sparkle", "a", 5, 3), text("a", 6, 4, "x")]));
});

test("a running request that a snapshot does not list may begin anywhere, then it must be dense", () => {
  const position = at(4);
  assert.ok(position.accept([text("dropped", 5, 17, "x")]));
  assert.equal(position.accept([text("dropped", 6, 19, "x")]), null);
});

test("other sessions and connection frames do not count", () => {
  const position = at(4);
  const others = [{ ...text("a", 1, 0, "x"), session: "t" }, { type: "presence", session: "s", tabs: 2 }];
  assert.deepEqual(position.accept(others), []);
  assert.equal(position.after.seq, 4);
});

test("a command's error is no log frame", () => {
  const position = at(4);
  assert.deepEqual(position.accept([{ type: "error", session: "s", code: "draining" }]), []);
});

test("every way to merge a log of two requests adds up, and leaving out any frame does not", () => {
  const log = [asked("a", 1, "hi"), asked("b", 2, "ho")];
  for (let index = 0; index < 6; index += 1) {
    const request = index % 2 ? "b" : "a";
    log.push(text(request, 3 + index, 1 + Math.floor(index / 2), String(index)));
  }
  for (let cut = 0; cut <= log.length; cut += 1) {
    const position = at(0);
    assert.ok(position.accept(merged(log.slice(0, cut))));
    assert.ok(position.accept(merged(log.slice(cut))));
    assert.equal(position.after.seq, log.length);
    for (const lost of merged(log.slice(0, cut))) {
      const broken = at(0);
      const first = broken.accept(merged(log.slice(0, cut)).filter((each) => each.seq !== lost.seq));
      const second = first && broken.accept([...merged(log.slice(cut)), frame("end", "c", 9, 0)]);
      assert.ok(first === null || second === null, `without ${lost.seq}, cut at ${cut}`);
    }
  }
});

/** As a server merges: deltas of one request into one frame, which stands where the last of them stood. */
function merged(entries) {
  const last = new Map();
  for (const entry of entries) {
    const key = entry.type === "delta" ? `delta ${entry.request}` : `entry ${entry.seq}`;
    const before = last.get(key);
    last.delete(key);
    last.set(key, before ? { ...entry, text: before.text + entry.text, from: before.from ?? before.n } : entry);
  }
  return [...last.values()].sort((a, b) => a.seq - b.seq);
}
