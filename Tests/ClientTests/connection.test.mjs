import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Clock } from "./kit/clock.mjs";
import { fakeSockets } from "./kit/socket.mjs";
import { Surroundings } from "./kit/surroundings.mjs";
import { Backoff } from "../../public/client/backoff.js";
import { Connection } from "../../public/client/connection.js";

let clock;
let Socket;
let page;
let log;
let states;
let errors;
let connection;
let isNeeded;
let expectsMuch;

const latest = () => Socket.latest;
const attempts = () => Socket.made.length;
const state = () => states.at(-1);
const waitMs = () => state().retryAt - clock.date();
const welcome = { type: "welcome", connection: "c1", heartbeat_ms: 25_000 };

beforeEach(() => {
  clock = new Clock();
  Socket = fakeSockets();
  page = new Surroundings();
  log = [];
  states = [];
  errors = [];
  isNeeded = true;
  expectsMuch = false;
  connection = new Connection("ws://here/v1/ws", {
    welcomed: (frame) => log.push(`welcomed ${frame.connection} before ${state().name}`),
    opened() {
      log.push("opened");
      connection.ready();
    },
    received: (frames) => log.push(frames.map((frame) => frame.type).join(" ")),
    lost: () => log.push("lost"),
    stateChanged: (state) => states.push(state),
    failed: (error) => errors.push(error),
    isNeeded: () => isNeeded,
    expectsMuch: () => expectsMuch,
  }, { WebSocket: Socket, clock, lifecycle: page.lifecycle, backoff: new Backoff({ first: 500, random: () => 1 }) });
  connection.open();
});

test("it offers the subprotocol, and is open with the welcome", () => {
  assert.deepEqual(latest().protocols, ["tributary.v1"]);
  connection.send({ type: "too early" });
  latest().say(welcome);
  connection.send({ type: "a" }, { type: "b" });
  assert.deepEqual(latest().sent, ['{"type":"a"}\n{"type":"b"}']);
  assert.deepEqual(states, [{ name: "connecting", attempt: 1 }, { name: "open", connection: "c1" }]);
  assert.ok(states.every(Object.isFrozen));
});

test("what the welcome says is known before the state says that it is open", () => {
  latest().say(welcome);
  assert.deepEqual(log, ["welcomed c1 before connecting", "opened", "welcome"]);
});

test("without a WebSocket it says what is missing", () => {
  assert.throws(() => new Connection("ws://here", {}, { WebSocket: null }), /give one/);
});

test("all frames of a message arrive together; a broken line is told and left out", () => {
  latest().onmessage({ data: '{"type":"x"}\n{broken\n\n"text"\n{"type":"y"}\n' });
  assert.deepEqual(log, ["x y"]);
  assert.deepEqual(errors.map((error) => error.code), ["unreadable", "unreadable"]);
  assert.doesNotMatch(errors[0].message, /broken/, "an error does not repeat content");
});

test("a message that is not text is told", () => {
  latest().onmessage({ data: new ArrayBuffer(1) });
  assert.deepEqual(errors.map((error) => error.code), ["unreadable"]);
});

for (const code of [1000, 1001, 1006, 1011, 1012, 4290, 4408, 4429, 4999]) {
  test(`it comes back after ${code}`, () => {
    latest().say(welcome);
    latest().die(code);
    assert.equal(state().name, "reconnecting");
    assert.equal(state().code, code);
    clock.advance(499);
    assert.equal(attempts(), 1);
    clock.advance(1);
    assert.equal(attempts(), 2);
    assert.deepEqual([state().name, state().retryAt], ["reconnecting", null], "an attempt is under way");
  });
}

for (const code of [1003, 1007, 1008, 1009, 4401, 4403]) {
  test(`it stays away after ${code}, and says why`, () => {
    latest().say(welcome);
    latest().die(code);
    clock.advance(3_600_000);
    page.goOnline();
    page.show();
    assert.equal(attempts(), 1);
    assert.deepEqual([state().name, state().code], ["closed", code]);
    assert.match(state().reason, /\w+ .*\.$/);
    assert.equal(clock.pending, 0);
  });
}

test("who was closed for good may try again by hand: with a new token, say", () => {
  latest().say(welcome);
  latest().die(4401);
  connection.reconnect();
  assert.equal(attempts(), 2);
  latest().say(welcome);
  assert.equal(state().name, "open");
});

test("an error before the close is the reason", () => {
  latest().say(
    { type: "error", code: "forbidden", message: "Pages of this origin may not connect.", retryable: false });
  latest().die(4403);
  assert.equal(state().reason, "Pages of this origin may not connect.");
  connection.reconnect();
  latest().die(1006);
  assert.equal(state().reason, "The server cannot be reached", "it was the reason of that connection alone");
});

test("attempts that fail wait longer and longer, and are counted", () => {
  const waits = [1, 2, 3].map(() => {
    latest().die(1006);
    const { attempt } = state();
    const ms = waitMs();
    clock.advance(ms);
    return [attempt, ms];
  });
  assert.deepEqual(waits, [[2, 500], [3, 1000], [4, 2000]]);
});

test("a server that welcomes and closes at once is not hammered", () => {
  const waits = [1, 2, 3].map(() => {
    latest().say(welcome);
    latest().die(1011);
    const ms = waitMs();
    clock.advance(ms);
    return ms;
  });
  assert.deepEqual(waits, [500, 1000, 2000]);
});

test("a connection that lived was a good one", () => {
  latest().die(1006);
  clock.advance(500);
  latest().say(welcome);
  clock.advance(10_001);
  latest().die(1006);
  assert.equal(waitMs(), 500);
});

test("a goaway says when to come back, counted from the close, and nothing hurries it but the user", () => {
  latest().say(welcome, { type: "goaway", reason: "drain", reconnect_after_ms: 7000 });
  clock.advance(20_000);
  latest().die(1012);
  assert.equal(waitMs(), 7000);
  page.goOnline();
  page.show();
  clock.advance(6999);
  assert.equal(attempts(), 1);
  clock.advance(1);
  assert.equal(attempts(), 2);
  latest().die(1006);
  assert.equal(waitMs(), 500, "the next failure is an ordinary one");
  connection.reconnect();
  assert.equal(attempts(), 3);
});

test("a network that is back ends the wait, and so do a page that is seen again and one from the cache", () => {
  for (const wake of [() => page.goOnline(), () => page.show(), () => page.comeBack()]) {
    latest().die(1006);
    const before = attempts();
    wake();
    assert.equal(attempts(), before + 1);
    wake();
    clock.advance(10_000);
    assert.equal(attempts(), before + 1, "one attempt at a time");
  }
});

test("an attempt that may have begun on a dead network is not waited for as long", () => {
  for (const wake of [() => page.goOnline(), () => page.show(), () => page.comeBack()]) {
    latest().die(1006);
    connection.reconnect();
    const before = attempts();
    clock.advance(1000);
    wake();
    clock.advance(3000);
    wake();
    assert.equal(attempts(), before);
    clock.advance(1000);
    assert.deepEqual([state().name, waitMs()], ["reconnecting", 500]);
    clock.advance(500);
    assert.equal(attempts(), before + 1);
    clock.advance(19_999);
    assert.equal(attempts(), before + 1, "the next one has its time");
  }
});

test("nor is one that came by itself just before, and the waits after it are the shortest again", () => {
  for (const wait of [500, 1000, 2000]) {
    latest().die(1006);
    clock.advance(wait);
  }
  const before = attempts();
  clock.advance(900);
  page.goOnline();
  clock.advance(4000);
  assert.deepEqual([state().name, waitMs(), attempts()], ["reconnecting", 500, before]);
});

test("an attempt that was made because of the network has its time, whatever else tells of that", () => {
  latest().die(1006);
  page.goOnline();
  const before = attempts();
  clock.advance(900);
  page.show();
  clock.advance(19_099);
  assert.deepEqual([attempts(), state().retryAt], [before, null], "it is under way");
  clock.advance(1);
  assert.equal(waitMs(), 500);
});

test("a page that is hidden hurries nothing", () => {
  latest().die(1006);
  page.hide();
  assert.equal(attempts(), 1);
});

test("without a network attempts pause, and the state says so", () => {
  latest().say(welcome);
  latest().die(1006);
  page.goOffline();
  assert.deepEqual([state().name, state().retryAt, state().isOffline], ["reconnecting", null, true]);
  clock.advance(29_999);
  assert.equal(attempts(), 1);
  page.goOnline();
  assert.equal(attempts(), 2);
  assert.equal(state().isOffline, false);
});

test("a browser may be wrong about the network: twice a minute it is tried all the same", () => {
  page.navigator.onLine = false;
  latest().die(1006);
  clock.advance(30_000);
  assert.equal(attempts(), 2);
  latest().say(welcome);
  assert.equal(state().name, "open");
});

test("a silent server is pinged, and left when it does not answer, within twice the interval", () => {
  latest().say(welcome);
  clock.advance(25_000);
  assert.match(latest().sent.at(-1), /"ping"/);
  latest().say({ type: "pong" });
  const heardAt = clock.now();
  clock.advance(25_000 + 9_999);
  assert.equal(log.at(-1), "pong");
  clock.advance(1);
  assert.equal(log.at(-1), "lost");
  assert.ok(clock.now() - heardAt <= 50_000, `${clock.now() - heardAt} ms`);
  assert.ok(latest().isClosed);
  assert.equal(state().name, "reconnecting");
});

for (const heartbeat of [1000, 4000, 10_000, 25_000, 120_000]) {
  test(`a half-open socket is found within two intervals of ${heartbeat} ms, whenever it went silent`, () => {
    for (const talk of [0, 0.3, 0.999, 1, 1.5, 2.7]) {
      connection.drop();
      connection.reconnect();
      latest().say({ ...welcome, heartbeat_ms: heartbeat });
      const answers = new Set();
      for (let passed = 0; passed < talk * heartbeat; passed += heartbeat / 100) {
        clock.advance(heartbeat / 100);
        for (const ping of latest().ofType("ping")) {
          if (!answers.has(ping.t)) latest().say({ type: "pong", t: ping.t });
          answers.add(ping.t);
        }
      }
      latest().say({ type: "last words" });
      const silentAt = clock.now();
      log = [];
      const until = (ms) => clock.now() - silentAt < ms && log.at(-1) !== "lost";
      while (until(3 * heartbeat)) clock.advance(heartbeat / 1000);
      assert.ok(clock.now() - silentAt <= 2 * heartbeat, `${clock.now() - silentAt} ms after ${talk} intervals`);
    }
  });
}

test("a server that talks is not pinged", () => {
  latest().say(welcome);
  for (let second = 0; second < 100; second += 1) {
    clock.advance(1000);
    latest().say({ type: "delta" });
  }
  assert.deepEqual(latest().sent, []);
});

test("a server without a heartbeat may be silent", () => {
  latest().say({ ...welcome, heartbeat_ms: 0 });
  clock.advance(3_600_000);
  assert.equal(log.at(-1), "welcome");
  assert.equal(clock.pending, 0);
});

test("a complaint is why a connection ended, where nothing came after it", () => {
  const reason = "The token has expired.";
  const complaint = { type: "error", code: "unauthorized", message: reason, retryable: false };
  latest().say(welcome, { type: "presence", session: "s", tabs: 1 }, complaint);
  latest().die(1006);
  assert.equal(state().reason, reason);
  connection.reconnect();
  latest().say(welcome, complaint);
  latest().say({ type: "pong" });
  latest().die(1006);
  assert.notEqual(state().reason, reason);
});

test("a page that wakes asks at once whether the socket lives", () => {
  latest().say(welcome);
  page.show();
  assert.equal(latest().ofType("ping").length, 1);
  clock.advance(3999);
  assert.equal(log.at(-1), "welcome");
  clock.advance(1);
  assert.equal(log.at(-1), "lost");
});

test("a page that wakes again and again does not put the verdict off", () => {
  latest().say(welcome);
  for (let second = 0; second < 4; second += 1) {
    page.show();
    clock.advance(1000);
  }
  assert.equal(log.at(-1), "lost");
});

test("a page that wakes to a live socket keeps it", () => {
  latest().say(welcome);
  page.show();
  latest().say({ type: "pong" });
  clock.advance(24_000);
  assert.equal(state().name, "open");
});

test("a timer that comes hours late is no proof: the page slept, and the answer may be there", () => {
  latest().say(welcome);
  clock.advance(25_000);
  clock.skip(3_600_000);
  clock.advance(0);
  assert.equal(state().name, "open");
  assert.equal(latest().ofType("ping").length, 2);
  clock.advance(4000);
  assert.equal(log.at(-1), "lost");
});

test("a long upload on a slow line is no silence", () => {
  latest().say(welcome);
  latest().bufferedAmount = 8_000_000;
  clock.advance(25_000);
  for (const left of [6_000_000, 4_000_000, 2_000_000]) {
    latest().bufferedAmount = left;
    clock.advance(10_000);
    assert.equal(state().name, "open", `${left} bytes left`);
  }
  clock.advance(10_000);
  assert.equal(log.at(-1), "lost", "now nothing moves any more");
});

test("a server that accepts and says nothing is left", () => {
  clock.advance(19_999);
  assert.deepEqual(log, []);
  clock.advance(1);
  assert.deepEqual(log, [], "who was never there is not lost");
  assert.ok(latest().isClosed);
  assert.equal(state().name, "reconnecting");
});

test("what a socket says after it was left is not heard", () => {
  latest().say(welcome);
  clock.advance(35_000);
  const [old] = Socket.made;
  const before = log.length;
  old.say({ type: "late" });
  old.die(1006);
  assert.equal(log.length, before);
});

test("closed for good, it leaves no timer and no listener, and says nothing more", () => {
  const situations = [() => {}, () => latest().say(welcome), () => latest().die(1006), () => latest().die(4403)];
  for (const situation of situations) {
    page.goOnline();
    situation();
    connection.close();
    assert.deepEqual([state().name, state().code], ["closed", null]);
    assert.equal(clock.pending, 0);
    assert.equal(page.listeners, 0);
    const count = states.length;
    connection.close();
    connection.reconnect();
    page.goOnline();
    assert.equal(states.length, count);
    connection = new Connection("ws://here/v1/ws", {
      welcomed() {}, opened() {}, received() {}, lost() {}, failed() {}, isNeeded: () => true, expectsMuch: () => false,
      stateChanged: (state) => states.push(state),
    }, { WebSocket: Socket, clock, lifecycle: page.lifecycle });
    connection.open();
  }
});

test("closed by who is told of a loss, it stays closed", () => {
  for (const word of ["lost", "reconnecting"]) {
    restart({
      lost: () => word === "lost" && connection.close(),
      stateChanged: ({ name }) => word === name && connection.close(),
    });
    latest().say(welcome);
    latest().die(1006);
    const before = attempts();
    clock.advance(3_600_000);
    page.goOnline();
    assert.equal(attempts(), before, word);
    assert.deepEqual([connection.state.name, connection.state.code], ["closed", null], word);
    assert.equal(clock.pending + page.listeners, 0, word);
  }
});

test("closed by who is told of an attempt or of the welcome, it opens nothing and leaves no timer", () => {
  for (const word of ["connecting", "open"]) {
    let opened = 0;
    restart({ stateChanged: ({ name }) => word === name && connection.close(), opened: () => (opened += 1) });
    latest().say(welcome);
    assert.deepEqual([opened, clock.pending, page.listeners], [0, 0, 0], word);
    assert.equal(connection.state.name, "closed", word);
    assert.ok(latest().isClosed, word);
  }
});

test("tried again by who is told of a loss, it has one socket, after a final code too", () => {
  for (const code of [1006, 4401]) {
    restart({ lost: () => connection.reconnect() });
    latest().say(welcome);
    const before = attempts();
    latest().die(code);
    clock.advance(15_000);
    assert.equal(attempts(), before + 1);
    assert.equal(connection.state.name, "reconnecting");
    latest().say(welcome);
    assert.equal(connection.state.name, "open");
  }
});

test("tried again by who is told that it was closed for good, it stays closed", () => {
  restart({ lost: () => connection.reconnect() });
  latest().say(welcome);
  const before = attempts();
  connection.close();
  assert.equal(attempts(), before);
  assert.deepEqual([connection.state.name, clock.pending], ["closed", 0]);
});

test("a page that was just loaded has not woken", () => {
  latest().say(welcome);
  page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: false }));
  clock.advance(20_000);
  assert.deepEqual([latest().sent, state().name], [[], "open"]);
});

test("a verdict that is late for the second time is one: a hidden page's timers may always be late", () => {
  latest().say(welcome);
  let minutes = 0;
  for (; minutes < 10 && log.at(-1) !== "lost"; minutes += 1) {
    clock.skip(60_000);
    clock.advance(0);
  }
  assert.equal(log.at(-1), "lost");
  assert.equal(minutes, 3, "silence, a verdict put off, a verdict");
});

test("something large on a slow line is no silence, neither when the page wakes", () => {
  latest().say(welcome);
  expectsMuch = true;
  page.show();
  clock.advance(4000);
  page.show();
  clock.advance(19_999);
  assert.equal(state().name, "open");
  latest().say({ type: "all of it" });
  expectsMuch = false;
  page.show();
  clock.advance(4000);
  assert.equal(log.at(-1), "lost", "now nothing of the kind is awaited");
});

test("where something large never came, the next connection waits longer for it, up to three minutes", () => {
  const silence = () => {
    latest().say(welcome);
    expectsMuch = true;
    const began = clock.now();
    while (log.at(-1) !== "lost") clock.advance(1000);
    connection.reconnect();
    return (clock.now() - began) / 1000;
  };
  assert.deepEqual(Array.from({ length: 6 }, silence), [55, 75, 115, 195, 215, 215]);
  latest().say(welcome);
  clock.advance(30_000);
  latest().say({ type: "all of it" });
  expectsMuch = false;
  clock.advance(5000);
  latest().say({ type: "pong" });
  connection.drop();
  connection.reconnect();
  assert.equal(silence(), 55, "it came: the line is not so slow");
});

test("before the first welcome the reason is that the server cannot be reached", () => {
  latest().die(1006);
  assert.equal(state().reason, "The server cannot be reached");
  clock.advance(500);
  latest().die(4429);
  assert.equal(state().reason, "The server has too many connections");
  clock.advance(1000);
  latest().say(welcome);
  latest().die(1006);
  assert.equal(state().reason, "The connection was lost");
});

test("an idle connection that is not needed comes back when it is, or when told to, and not by itself", () => {
  for (const method of ["need", "reconnect"]) {
    latest().say(welcome);
    isNeeded = false;
    latest().die(4408);
    const before = attempts();
    page.goOnline();
    page.show();
    clock.advance(3_600_000);
    assert.equal(attempts(), before);
    assert.deepEqual([state().name, state().code, state().retryAt], ["reconnecting", 4408, null]);
    connection[method]();
    connection[method]();
    assert.equal(attempts(), before + 1);
  }
  latest().say(welcome);
  latest().die(1006);
  connection.need();
  assert.equal(waitMs(), 500, "any other wait is waited");
  connection.close();
  connection.need();
  assert.equal(state().name, "closed");
});

/** Another connection, of whose listener the test plays a part. */
function restart(listener) {
  connection.close();
  connection = new Connection("ws://here/v1/ws", {
    welcomed() {}, opened() {}, received() {}, lost() {}, failed() {}, stateChanged() {}, isNeeded: () => true,
    expectsMuch: () => false, ...listener,
  }, { WebSocket: Socket, clock, lifecycle: page.lifecycle, backoff: new Backoff({ first: 500, random: () => 1 }) });
  connection.open();
}
