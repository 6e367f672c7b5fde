import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Clock } from "./frames.mjs";
import { Backoff } from "../../public/backoff.js";
import { Connection } from "../../public/connection.js";

/** A socket that the test plays the server of. */
class FakeSocket {
  static made = [];
  sent = [];
  isClosed = false;

  constructor(url, protocols) {
    Object.assign(this, { url, protocols });
    FakeSocket.made.push(this);
  }

  send(data) {
    this.sent.push(data);
  }

  close() {
    this.isClosed = true;
  }

  say(...frames) {
    this.onmessage?.({ data: frames.map((frame) => JSON.stringify(frame)).join("\n") });
  }

  die(code) {
    this.onclose?.({ code });
  }
}

let clock;
let log;
let states;
let connection;
const latest = () => FakeSocket.made.at(-1);

beforeEach(() => {
  clock = new Clock();
  log = [];
  states = [];
  FakeSocket.made = [];
  connection = new Connection("ws://here/v1/ws", {
    opened: (welcome) => log.push(`opened ${welcome.connection}`),
    received: (frames) => log.push(frames.map((frame) => frame.type).join(" ")),
    lost: () => log.push("lost"),
    stateChanged: (state) => states.push(state),
  }, { WebSocket: FakeSocket, backoff: new Backoff({ first: 500, random: () => 1 }) });
  connection.open();
});

afterEach(() => clock.restore());

const welcome = { type: "welcome", connection: "c1", heartbeat_ms: 25_000 };

test("it offers the subprotocol, and is open with the welcome", () => {
  assert.deepEqual(latest().protocols, ["tributary.v1"]);
  connection.send({ type: "too early" });
  latest().say(welcome);
  connection.send({ type: "a" }, { type: "b" });
  assert.deepEqual(latest().sent, ['{"type":"a"}\n{"type":"b"}']);
  assert.deepEqual(states.map((state) => state.name), ["connecting", "open"]);
});

test("all frames of a message arrive together; a broken line is left out", (context) => {
  context.mock.method(console, "error", () => {});
  latest().onmessage({ data: '{"type":"x"}\n{broken\n\n{"type":"y"}\n' });
  assert.deepEqual(log, ["x y"]);
});

for (const code of [1000, 1001, 1006, 1011, 1012, 4290, 4408, 4429, 4999]) {
  test(`it comes back after ${code}`, () => {
    latest().say(welcome);
    latest().die(code);
    assert.equal(states.at(-1).name, "waiting");
    clock.advance(499);
    assert.equal(FakeSocket.made.length, 1);
    clock.advance(1);
    assert.equal(FakeSocket.made.length, 2);
  });
}

for (const code of [1003, 1007, 1008, 1009, 4401, 4403]) {
  test(`it stays away after ${code}, and says why`, () => {
    latest().say(welcome);
    latest().die(code);
    clock.advance(3_600_000);
    assert.equal(FakeSocket.made.length, 1);
    assert.equal(states.at(-1).name, "closed");
    assert.match(states.at(-1).reason, /\w+ .*\.$/);
    assert.equal(clock.pending, 0);
  });
}

test("attempts that fail wait longer and longer", () => {
  const waits = [1, 2, 3].map(() => {
    latest().die(1006);
    clock.advance(states.at(-1).retryInMs);
    return states.at(-2).retryInMs;
  });
  assert.deepEqual(waits, [500, 1000, 2000]);
});

test("a server that welcomes and closes at once is not hammered", () => {
  const waits = [1, 2, 3].map(() => {
    latest().say(welcome);
    latest().die(1011);
    const { retryInMs } = states.at(-1);
    clock.advance(retryInMs);
    return retryInMs;
  });
  assert.deepEqual(waits, [500, 1000, 2000]);
});

test("a goaway says when to come back, counted from the close, and nothing hurries it", () => {
  latest().say(welcome, { type: "goaway", reason: "drain", reconnect_after_ms: 7000 });
  clock.advance(20_000);
  latest().die(1012);
  assert.equal(states.at(-1).retryInMs, 7000);
  connection.retryNow();
  clock.advance(6999);
  assert.equal(FakeSocket.made.length, 1);
  clock.advance(1);
  assert.equal(FakeSocket.made.length, 2);
  latest().die(1006);
  assert.equal(states.at(-1).retryInMs, 500, "the next failure is an ordinary one");
});

test("a network that is back ends the wait", () => {
  latest().die(1006);
  connection.retryNow();
  assert.equal(FakeSocket.made.length, 2);
  connection.retryNow();
  clock.advance(10_000);
  assert.equal(FakeSocket.made.length, 2, "one attempt at a time");
});

test("a silent server is pinged, and left when it does not answer", () => {
  latest().say(welcome);
  clock.advance(25_000);
  assert.match(latest().sent.at(-1), /"ping"/);
  latest().say({ type: "pong" });
  clock.advance(25_000 + 9_999);
  assert.equal(log.at(-1), "pong");
  clock.advance(1);
  assert.equal(log.at(-1), "lost");
  assert.ok(latest().isClosed);
  assert.equal(states.at(-1).name, "waiting");
});

test("pings more frequent than the patience do not renew it", () => {
  latest().say({ ...welcome, heartbeat_ms: 4000 });
  clock.advance(4000 + 9_999);
  assert.equal(log.at(-1), "welcome");
  clock.advance(1);
  assert.equal(log.at(-1), "lost");
  clock.advance(15_000);
  assert.equal(log.filter((line) => line === "lost").length, 1, "a connection is lost once");
});

test("a server that accepts and says nothing is left", () => {
  clock.advance(19_999);
  assert.deepEqual(log, []);
  clock.advance(1);
  assert.deepEqual(log, ["lost"]);
  assert.ok(latest().isClosed);
  assert.equal(states.at(-1).name, "waiting");
});

test("what a socket says after it was left is not heard", () => {
  latest().say(welcome);
  clock.advance(35_000);
  const [old] = FakeSocket.made;
  const before = log.length;
  old.say({ type: "late" });
  old.die(1006);
  assert.equal(log.length, before);
});
