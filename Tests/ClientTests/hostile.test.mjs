import assert from "node:assert/strict";
import { test } from "node:test";
import { joined, welcome } from "./kit/frames.mjs";
import { projection } from "./kit/projection.mjs";
import { Random } from "./kit/random.mjs";
import { ServerModel } from "./kit/server-model.mjs";
import { World, settle } from "./kit/world.mjs";
import { TributaryError } from "../../public/client/index.js";

const LIVES = Number(process.env.TRIBUTARY_LIVES ?? 300);
const FIRST = Number(process.env.TRIBUTARY_SEED ?? 1);
const NAMES = ["s1", "s2", "s3"];

/** What the lives had in them, all told: a test that met nothing shows nothing. */
const met = {};
const note = (what) => (met[what] = (met[what] ?? 0) + 1);

/**
 * One life of a client: some hundred things that happen, friendly and not, then peace, in which all must come out even.
 */
class Life {
  random;
  world;
  server;
  sessions = new Map();
  /** Every request that was asked here, and what is known of its end. */
  asked = [];
  /** What was asked under an id that something had before. */
  repeats = [];
  ends = new Map();
  readers = [];
  rejections = [];

  constructor(seed) {
    this.random = new Random(seed);
    this.world = new World({ backoff: { firstMs: 100, capMs: 3000 } }, { random: this.random.next });
    this.server = new ServerModel(this.random);
    this.#meet();
    for (const name of NAMES.slice(0, 1 + this.random.below(3))) this.#join(name);
  }

  /** Sockets that were made since are connections of the server. */
  #meet() {
    while (this.server.links.length < this.world.Socket.made.length) {
      this.server.accept(this.world.Socket.made[this.server.links.length]);
    }
  }

  #join(name) {
    const session = this.world.client.session(name);
    this.sessions.set(name, session);
    session.on("end", ({ request }) => this.ends.set(request, (this.ends.get(request) ?? 0) + 1));
    session.on("request", ({ request }) => {
      if (!request.isOurs && this.random.chance(0.3)) this.#read(request);
    });
  }

  get #session() {
    return this.random.pick([...this.sessions.values()]);
  }

  async step() {
    const link = this.server.link;
    const act = this.random.weighted({
      hear: 20, write: 25, deliver: 25, progress: 30, advance: 6, read: 4,
      chat: 5, again: 0.5, abort: 1.2, abortAll: 0.2, other: 1, models: 0.5,
      cut: 1, silence: 0.3, forget: 1.5, restart: 0.15, drain: 0.6, network: 0.5, wake: 0.5, leave: 0.15, unheard: 3,
      twice: 0.8, swapped: 0.8, lost: 0.8, forged: 0.8, broken: 0.3,
    });
    switch (act) {
      case "hear": link?.hear(); break;
      case "write": if (link && link.toClient.length < 5) link.write(); break;
      case "deliver": this.#deliver(link); break;
      case "progress": this.#anySession((session) => this.server.progress(session)); break;
      case "advance": this.world.clock.advance(this.random.below(this.random.chance(0.2) ? 20_000 : 500)); break;
      case "chat": this.#chat(); break;
      case "again": this.#again(); break;
      case "abort": this.#abort(); break;
      case "abortAll": this.#promise(this.#session.abort()); break;
      case "other": this.#anySession((session) => this.#askElsewhere(session)); break;
      case "models": this.#promise(this.world.client.models()); break;
      case "read": this.#readOn(); break;
      case "cut": if (link) note("cut"), link.die(this.random.pick([1006, 1006, 1001, 1011])); break;
      case "silence": if (link) note("silence"), (link.isSilent = true); break;
      case "forget": this.#anySession((session) => (session.base = this.random.below(session.head + 1))); break;
      case "restart": note("restart"); this.server.restart(1012); break;
      case "drain": this.#drain(link); break;
      case "network": this.random.chance(0.5) ? this.world.page.goOffline() : this.world.page.goOnline(); break;
      case "wake": this.world.page.hide(), this.world.page.show(); break;
      case "leave": this.#leave(); break;
      case "unheard": this.#unheard(link); break;
      case "twice": this.#twice(link); break;
      case "swapped": this.#swapped(link); break;
      case "lost": this.#lost(link); break;
      case "forged": this.#forged(link); break;
      case "broken": if (link?.isAlive && !link.isSilent) link.socket.onmessage?.({ data: '{"type":"del' }); break;
    }
    this.#meet();
    if (this.random.chance(0.1)) await settle();
  }

  #anySession(body) {
    const session = this.random.pick([...this.server.sessions.values()]);
    if (session !== undefined) body(session);
  }

  /** Another tab asks. */
  #askElsewhere(session) {
    this.server.begin(session, `other${this.random.below(1e9)}`, { input: "theirs" });
  }

  #promise(promise) {
    const entry = { isSettled: false };
    promise.then(() => (entry.isSettled = true), (error) => {
      entry.isSettled = true;
      assert.ok(error instanceof TributaryError, error);
    }).catch((error) => this.rejections.push(error));
    this.promises.push(entry);
  }

  promises = [];

  #chat() {
    const session = this.#session;
    const shown = session.turns.filter((turn) => !turn.isLocal && turn.isStored);
    const controller = new AbortController();
    const input = this.random.chance(0.8) ? "hi" : { messages: [{ role: "user", content: "all" }] };
    const request = session.chat(input, {
      ...(this.random.chance(0.1) && { store: false }),
      ...(this.random.chance(0.15) && shown.length > 0 && { replaces: this.random.pick(shown).request }),
      ...(this.random.chance(0.2) && { signal: controller.signal }),
      ...(this.random.chance(0.2) && { key: "sk-secret" }),
      ...(this.random.chance(0.2) && { model: "m-2" }),
      ...(this.random.chance(0.2) && { upstream: "v" }),
    });
    this.asked.push({ request, session, input, controller });
    if (this.random.chance(0.6)) this.#promise(request.done);
    if (this.random.chance(0.6)) this.#read(request);
  }

  /** What was asked, perhaps before the session was left, is asked once more under its id; or something else is. */
  #again(session = this.#session) {
    const earlier = this.asked.filter((each) => each.session.id === session.id);
    if (earlier.length === 0) return;
    const ended = earlier.filter(({ request }) => request.status === "ended");
    const { request: { id }, input } = this.random.pick(ended.length > 0 && this.random.chance(0.7) ? ended : earlier);
    const chosen = this.random.chance(0.6) ? input : `not ${id}`;
    note(chosen === input ? "again" : "taken");
    const request = session.chat(chosen, { request: id });
    this.repeats.push({ request, input: chosen });
    this.#promise(request.done);
  }

  #abort() {
    const chosen = this.random.pick([...this.#session.requests]);
    if (chosen === undefined) return;
    const asked = this.asked.find(({ request }) => request === chosen);
    if (asked && this.random.chance(0.3)) asked.controller.abort();
    else this.#promise(chosen.abort());
  }

  #leave() {
    const [name, session] = this.random.pick([...this.sessions]);
    session.leave();
    note("leave");
    this.#join(name);
    if (this.random.chance(0.5)) this.#again(this.sessions.get(name)); // as after a reload
  }

  #drain(link) {
    if (!this.server.isDraining) return this.server.drain();
    note("drain");
    if (this.random.chance(0.5)) return this.server.restart(1012);
    this.server.isDraining = false;
    link?.die(1012);
  }

  /** The server loses a join, a chat or an abort, or the answer to one. */
  #unheard(link) {
    if (!link) return;
    const type = this.random.pick(["join", "chat", "abort"]);
    const isLost = [
      [link.toServer, (data) => JSON.parse(data).type === type],
      [link.outbox, ({ id }) => id?.startsWith?.(`${type}:`)],
    ];
    for (const [messages, isChosen] of isLost) {
      const index = messages.findIndex(isChosen);
      if (index < 0) continue;
      note(`unheard ${type}`);
      messages.splice(index, 1);
      return;
    }
  }

  /** Somebody who iterates over an answer, and takes a delta now and then. */
  #read(request) {
    const iterator = request[Symbol.asyncIterator]();
    this.readers.push({ request, iterator, text: "", calls: new Map(), extra: [], error: null, isDone: false, isBusy: false });
  }

  #readOn(readers = [this.random.pick(this.readers)]) {
    for (const reader of readers) {
      if (reader === undefined || reader.isDone || reader.isBusy) continue;
      reader.isBusy = true;
      reader.iterator.next().then(({ value, done }) => {
        Object.assign(reader, { isBusy: false, isDone: done });
        if (done || value.choice !== 0) return;
        reader.text += value.text ?? "";
        reader.extra.push(...value.extra ?? []);
        for (const { index, arguments: piece = "" } of value.toolCalls ?? []) {
          reader.calls.set(index, (reader.calls.get(index) ?? "") + piece);
        }
      }, (error) => Object.assign(reader, { isBusy: false, isDone: true, error }));
    }
  }

  #say(link, frames) {
    link.socket.say(...frames);
  }

  #deliver(link) {
    if (!link || link.isSilent || link.toClient.length === 0) return;
    this.#say(link, link.toClient.shift());
    if (this.server.isDraining || !this.random.chance(0.02)) return;
    this.#check();
  }

  /** What is shown never runs ahead of, or apart from, what the server has. */
  #check() {
    for (const [name, session] of this.sessions) {
      const model = this.server.sessions.get(name);
      if (!model || session.position?.epoch !== model.epoch) continue;
      for (const turn of session.turns) {
        const told = model.record(turn.request)?.said.get(0)?.text ?? "";
        assert.ok(turn.isLocal || told.startsWith(turn.choices[0].text), `${turn.request} is no beginning of the log's`);
      }
    }
  }

  // What a network must not do, and a client has to see. Only messages with nothing but log frames are meddled with:
  // that the others are answers that come once is TCP's to see to.

  #logOf(frames, name) {
    return frames.filter((frame) => frame.n !== undefined && frame.session === name);
  }

  #isPure(frames) {
    return frames?.every((frame) => frame.n !== undefined) === true;
  }

  /** Sessions that are live and have log frames in all of these messages. */
  #liveIn(...messages) {
    return [...this.sessions].filter(([name, session]) =>
      session.isJoined && session.position && messages.every((frames) => this.#logOf(frames, name).length > 0));
  }

  /** After `body` nothing of these sessions has changed, but that their position is not trusted any more. */
  #mustRefuse(what, sessions, body) {
    const before = sessions.map(([, session]) => JSON.stringify(projection(session.turns)));
    body();
    if (sessions.length > 0) note(what);
    sessions.forEach(([name, session], index) => {
      assert.equal(session.position, null, `${what}: ${name} trusts its position`);
      assert.equal(JSON.stringify(projection(session.turns)), before[index], `${what}: ${name} applied it`);
    });
  }

  /** The next two messages, of which each has what came after the one before. Those before them arrive. */
  #nextTwo(link) {
    if (!link || link.isSilent) return [];
    while (link.isAlive && link.toClient.length > 0) this.#say(link, link.toClient.shift());
    for (let message = 0; message < 2 && link.isAlive && link.outbox.length === 0; message += 1) {
      for (const session of this.server.sessions.values()) this.server.progress(session);
      link.write();
    }
    return link.toClient;
  }

  #twice(link) {
    const [first] = this.#nextTwo(link);
    if (!this.#isPure(first)) return;
    const sessions = this.#liveIn(first);
    this.#say(link, link.toClient.shift());
    this.#mustRefuse("twice", sessions, () => this.#say(link, first));
  }

  #swapped(link) {
    const [first, second] = this.#nextTwo(link);
    if (!this.#isPure(first) || !this.#isPure(second)) return;
    link.toClient.splice(0, 2);
    const sessions = this.#liveIn(first, second);
    if ([first, second].some((frames) => this.#liveIn(frames).length > sessions.length)) return link.die(1006);
    this.#mustRefuse("swapped", sessions, () => {
      this.#say(link, second);
      this.#say(link, first);
    });
  }

  #lost(link) {
    const [first, second] = this.#nextTwo(link);
    if (!this.#isPure(first) || !this.#isPure(second)) return;
    const sessions = this.#liveIn(first, second);
    if (sessions.length < this.#liveIn(first).length) return;
    link.toClient.splice(0, 2);
    const others = this.#liveIn(second).filter(([name]) => !sessions.some(([each]) => each === name));
    if (others.length > 0) return link.die(1006);
    this.#mustRefuse("lost", sessions, () => this.#say(link, second));
  }

  #forged(link) {
    const live = [...this.sessions].filter(([, session]) => session.isJoined && session.position);
    if (live.length === 0 || !link?.isAlive || link.isSilent) return;
    const [name, session] = this.random.pick(live);
    const { epoch, seq } = session.position;
    const forgeries = [
      { type: "joined", session: name, epoch: "another", seq, recovered: true, tabs: 1 },
      { type: "delta", session: name, request: "r", seq: seq + 2, n: 3, text: "forged" },
      { type: "delta", session: name, request: "r", seq: seq + 1, n: 3, from: 2, text: "forged" },
      { type: "delta", session: name, request: "r", seq, n: 3, text: "forged" },
      ...(seq > 0 ? [{ type: "joined", session: name, epoch, seq: seq - 1, recovered: true, tabs: 1 }] : []),
    ];
    this.#mustRefuse("forged", [[name, session]], () => this.#say(link, [this.random.pick(forgeries)]));
  }

  /** No more mischief: everything that is open comes to its end. */
  async settleDown() {
    this.world.page.goOnline();
    if (this.server.isDraining) this.server.restart(1012);
    for (let round = 0; round < 3000; round += 1) {
      this.#meet();
      const link = this.server.link;
      if (link) {
        if (link.isSilent) this.world.clock.advance(1000);
        while (link.isAlive && !link.isSilent && link.toServer.length > 0) link.hear();
        link.write();
        while (link.isAlive && !link.isSilent && link.toClient.length > 0) this.#say(link, link.toClient.shift());
      }
      for (const session of this.server.sessions.values()) {
        if (round > 20) for (const { request } of session.running) this.server.end(session, request);
      }
      this.world.clock.advance(round % 10 === 0 ? 3000 : 50);
      this.#readOn(this.readers);
      await null;
      if (round > 30 && this.#isQuiet) break;
    }
    assert.ok(this.#isQuiet, `not everything came to its end: ${this.#unquiet}`);
    for (let turn = 0; turn < 20; turn += 1) {
      this.#readOn(this.readers);
      await settle();
    }
  }

  get #isQuiet() {
    return this.#unquiet.length === 0;
  }

  /** What is still open. */
  get #unquiet() {
    const sessions = [...this.sessions].flatMap(([name, session]) => {
      const model = this.server.sessions.get(name);
      const { epoch, seq } = session.position ?? {};
      const isThere = session.isJoined && epoch === model?.epoch && seq === model?.head;
      return [
        ...(isThere ? [] : [`${name} is not there`]), ...session.requests.map(({ id, status }) => `${id} ${status}`),
      ];
    });
    const open = this.promises.filter((promise) => !promise.isSettled);
    return [...sessions, ...(open.length > 0 ? [`${open.length} promises`] : [])];
  }

  judge() {
    assert.deepEqual(this.rejections, []);
    for (const [name, session] of this.sessions) {
      const model = this.server.sessions.get(name);
      assert.deepEqual(projection(session.turns), projection(lateTurns(name, model)), name);
    }
    for (const { request, session } of this.asked) this.#judgeRequest(request, session);
    for (const { request, input } of this.repeats) this.#judgeRepeat(request, input);
    for (const { request, input } of [...this.asked, ...this.repeats]) this.#judgeTaken(request, input);
    for (const [request, count] of this.ends) assert.equal(count, 1, `${request.id} ended ${count} times`);
    for (const { request, text, calls, extra, error, isDone } of this.readers) {
      assert.ok(isDone, `${request.id} is not read to its end`);
      const told = request.toolCalls.map((call) => call.arguments);
      const extras = request.turn.choices[0]?.extra ?? [];
      const read = [...calls].sort(([a], [b]) => a - b).map(([, whole]) => whole);
      if (request.status === "interrupted") { // perhaps just after a snapshot from a moment ago
        assert.ok(text.startsWith(request.text), `${request.id}: what was read is the text`);
        assert.ok(told.every((whole, index) => read[index]?.startsWith(whole)), `${request.id}: calls`);
        assert.deepEqual(extra.slice(0, extras.length), extras, `${request.id}: extras`);
      } else {
        assert.equal(text, request.text, `${request.id}: what was read is the text`);
        assert.deepEqual(read, told, `${request.id}: calls`);
        assert.deepEqual(extra, extras, `${request.id}: extras`);
      }
      assert.equal(error, request.error);
    }
    assert.doesNotMatch(
      JSON.stringify([...this.sessions.values()].map((session) => session.getSnapshot())), /sk-secret/);
  }

  #judgeRequest(request, session) {
    const { id, status } = request;
    assert.equal(this.ends.get(request), 1, `${id} settled ${this.ends.get(request)} times`);
    note(status);
    if (this.repeats.some((each) => each.request.id === id)) return; // it may have been lost or refused, and begun then
    assert.ok((this.server.begun.get(id) ?? 0) <= 1, `${id} was begun ${this.server.begun.get(id)} times`);
    const record = this.server.sessions.get(session.id)?.record(id);
    if (record === undefined || this.sessions.get(session.id) !== session) return;
    const isInSnapshots = !record.isDropped && record.entry.store !== false;
    if (isInSnapshots) assert.equal(status, record.status, `${id} is not as the server has it`);
    else assert.ok([record.status, "interrupted"].includes(status), `${id} is ${status}, not ${record.status}`);
  }

  /** Nobody is told the answer to another question. */
  #judgeRepeat(request, input) {
    const { id, status, turn } = request;
    assert.ok(["ended", "aborted", "failed", "interrupted"].includes(status), `${id} is ${status}`);
    if (status === "ended") assert.deepEqual(turn.prompts, input.messages ?? [{ role: "user", content: input }], id);
  }

  /** Nobody is told here that the id is another's who asked what all did; the server compares more than the input. */
  #judgeTaken({ id, error }, input) {
    if (error?.code !== "request_exists" || error.message.startsWith("No: ")) return;
    const isOther = (each) => each.request.id === id && JSON.stringify(each.input) !== JSON.stringify(input);
    assert.ok([...this.asked, ...this.repeats].some(isOther), `${id} is told that its question is another one`);
    note("told that it is another's");
  }

  /** Closed in the middle of everything: all who wait are told, once. */
  async closeEarly() {
    note("closed early");
    this.close();
    await settle();
    assert.deepEqual(this.promises.filter((promise) => !promise.isSettled), [], "promises are left");
    for (const { request } of this.asked) assert.equal(this.ends.get(request), 1, `${request.id} settled not once`);
    for (let turn = 0; turn < 20; turn += 1) {
      this.#readOn(this.readers);
      await settle();
    }
    for (const { request, text, isDone } of this.readers) {
      assert.ok(isDone, `${request.id} is not read to its end`);
      // A snapshot may have been from a moment ago, and what had been read since not told again yet.
      assert.ok(text.startsWith(request.text), `${request.id}: what was read is the text`);
    }
    assert.deepEqual(this.rejections, []);
  }

  close() {
    const { client, clock, page, Socket } = this.world;
    client.close();
    assert.equal(clock.pending, 0, "timers are left");
    assert.equal(page.listeners, 0, "listeners are left");
    for (const socket of Socket.made) assert.equal(socket.onmessage ?? socket.onclose, null);
  }
}

/** The turns of a tab that joins in the end. */
function lateTurns(name, model) {
  const world = new World();
  const session = world.client.session(name);
  world.socket.say(welcome());
  world.answerJoin(joined(model.epoch, model.head, model.snapshot(), { session: name }));
  return session.turns;
}

const LAW = "nothing is lost, doubled or begun twice, and all comes to its end";

test(`${LIVES} lives with a hostile network: ${LAW}`, async (context) => {
  for (let seed = FIRST; seed < FIRST + LIVES; seed += 1) {
    try {
      const life = new Life(seed);
      const steps = 100 + life.random.below(500);
      for (let step = 0; step < steps; step += 1) await life.step();
      if (life.random.chance(0.25)) {
        await life.closeEarly();
        continue;
      }
      await life.settleDown();
      life.judge();
      life.close();
    } catch (error) {
      throw new Error(`seed ${seed} (TRIBUTARY_SEED=${seed} TRIBUTARY_LIVES=1): ${error.message}`, { cause: error });
    }
  }
  context.diagnostic(JSON.stringify(met));
  if (LIVES < 100) return;
  const mischief = [
    "twice", "swapped", "lost", "forged", "cut", "silence", "restart", "drain", "leave", "closed early",
    "unheard join", "unheard chat", "unheard abort", "again", "taken", "told that it is another's",
  ];
  for (const what of mischief) {
    assert.ok(met[what] >= LIVES / 10, `${what}: only ${met[what]} times`);
  }
  for (const status of ["ended", "aborted", "failed", "interrupted"]) assert.ok(met[status] >= LIVES / 4, status);
});
