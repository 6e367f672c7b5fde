import assert from "node:assert/strict";
import { test } from "node:test";
import { joined, welcome } from "./kit/frames.mjs";
import { projection } from "./kit/projection.mjs";
import { commandErrors } from "./kit/schema.mjs";
import { SessionModel } from "./kit/session-model.mjs";
import { goldenTranscripts } from "./kit/transcripts.mjs";
import { World, settle } from "./kit/world.mjs";
import { TributaryError, isId } from "../../public/client/index.js";

/**
 * One tab of a golden transcript, with the library in it: the transcript's server says what it says; what the
 * transcript's tab sends is asked of the library in its own words, and what comes of it is compared.
 */
class Play {
  world = new World();
  sessions = new Map();
  /** `session` → the log as this tab saw it, while it saw all of it from the beginning. */
  models = new Map();
  /** Every request that was ever shown or asked: how it settled. */
  outcomes = new Map();
  /** What asked and was answered: `[promise, the frame that answers]`. */
  answers = [];
  /** Promises that only a later connection would answer. */
  unanswered = [];
  /** What the library sent as the transcript's tab did. */
  agreed = 0;
  #questions = [];
  #answered = new Set();
  #asked = new Set();

  /** Does what the line says. False: no library would do that, and what follows is about it. */
  take(line) {
    if (line.connect) this.#connect(line.connect);
    if (line.send) return line.send.every((command) => this.#intend(command));
    if (line.receive) this.world.socket.say(...line.receive.flatMap((frame) => this.#adapted(frame)));
    if (line.cut) this.world.socket.die(1006);
    if (line.closed) this.world.socket.die(line.closed);
    return true;
  }

  #connect({ sessions = [] }) {
    if (this.world.state.name !== "connecting") this.world.client.reconnect();
    sessions.forEach((id) => this.#session(id));
  }

  #session(id) {
    if (!isId(id)) return assert.throws(() => this.world.client.session(id ?? null), TypeError);
    const session = this.world.client.session(id);
    if (this.sessions.get(id) === session) return session;
    this.sessions.set(id, session);
    session.on("request", ({ request }) => this.#watch(request));
    session.on("replaced", () => session.requests.forEach((request) => this.#watch(request)));
    return session;
  }

  #watch(request) {
    if (this.#asked.has(request)) return;
    this.#asked.add(request);
    request.done.then(
      () => this.outcomes.set(request.id, { request }),
      (error) => this.outcomes.set(request.id, { request, error }));
  }

  #sent(type, session) {
    return this.world.socket.ofType(type).filter((command) => session === undefined || command.session === session);
  }

  #pendingJoin(session) {
    return this.#sent("join", session).findLast(
      ({ id }) => !this.#answered.has(`${session} ${id} ${this.world.Socket.made.length}`));
  }

  #intend(command) {
    const { type, id, session: name, request, ...fields } = command;
    const session = this.sessions.get(name);
    switch (type) {
      case "join": {
        if (!isId(name) || session === undefined || !this.world.client.sessions.includes(session)) this.#session(name);
        if (!isId(name)) return true;
        const join = this.#pendingJoin(name);
        if (join === undefined) return false;
        if (JSON.stringify(join.after) !== JSON.stringify(command.after)) return false;
        this.agreed += 1;
        return true;
      }
      case "chat":
        return this.#chat(session, command);
      case "abort":
        if (session === undefined) return true;
        if (request === undefined) this.answers.push([session.abort(), null]);
        else session.request(request)?.abort().catch(() => {});
        return true;
      case "leave":
        session?.leave();
        return true;
      case "models":
        this.#ask(this.world.client.models(fields));
        return true;
      case "key.check":
        if (typeof fields.key === "string") this.#ask(this.world.client.checkKey(fields.key, fields));
        return true;
      default:
        return true;
    }
  }

  #chat(session, { type, id, session: name, request, input, messages, epoch, ...options }) {
    if (!session?.isJoined || session.request(request) !== undefined) return true;
    const before = this.#sent("chat").length;
    try {
      this.#watch(session.chat(messages === undefined ? input : { messages }, { request, ...options }));
    } catch (error) {
      assert.ok(error instanceof TypeError, error);
      return true;
    }
    const [{ id: ours, epoch: sent, ...command }] = this.#sent("chat").slice(before);
    assert.equal(sent, session.position.epoch);
    const given = Object.entries(options).filter(([, value]) => value !== null && value !== "");
    const asked = messages === undefined ? { input } : { messages };
    assert.deepEqual(command, { type, session: name, request, ...asked, ...Object.fromEntries(given) });
    this.agreed += 1;
    return epoch === undefined || epoch === sent;
  }

  /** A frame as it answers what the library sent: with the library's ids. None: it did not send that. */
  #adapted(frame) {
    const { type, command = type, session, request } = frame;
    this.#observe(frame);
    if (type === "joined") {
      const join = this.#pendingJoin(session);
      if (join) this.#answered.add(`${session} ${join.id} ${this.world.Socket.made.length}`);
      const { id, ...rest } = frame;
      return [join ? { ...rest, id: join.id } : rest];
    }
    if (frame.n !== undefined || ["welcome", "goaway", "presence", "left"].includes(type)) return [frame];
    if (type === "accepted" || command === "chat") return [{ ...frame, id: `chat:${request}` }];
    if (command === "abort") {
      const isAll = request === undefined && type === "ok";
      const ids = isAll ? this.#sent("abort", session).map(({ id }) => id) : [`abort:${request}`];
      return ids.map((id) => ({ ...frame, id }));
    }
    if (["models", "key", "key.check"].includes(command)) return this.#answerQuestion(frame, command);
    return command === "error" || type === "error" && frame.command === undefined ? [frame] : [];
  }

  #ask(promise) {
    promise.catch(() => {}); // looked at in the end
    this.#questions.push(promise);
  }

  #answerQuestion(frame, command) {
    const type = command === "key" ? "key.check" : command;
    const sent = this.#sent(type).find(({ id }) => !this.#answered.has(id));
    if (sent === undefined) return [];
    this.#answered.add(sent.id);
    this.answers.push([this.#questions.shift(), frame]);
    return [{ ...frame, id: sent.id }];
  }

  /** Keeps the log as this tab sees it. */
  #observe(frame) {
    const { type, session, seq, epoch, recovered, snapshot } = frame;
    if (type === "joined" && !recovered) {
      const isEmpty = seq === 0 && snapshot.messages.length === 0 && snapshot.requests.length === 0;
      this.models.set(session, isEmpty ? new SessionModel(session, epoch) : null);
    } else if (frame.n !== undefined) {
      this.models.get(session)?.take(frame);
    }
  }
}

const totals = { tabs: 0, stopped: 0, agreed: 0, settled: 0, late: 0, alike: 0, commands: 0, answers: 0 };

for (const { name, lines } of goldenTranscripts()) {
  test(`${name}: ${lines[0].transcript}`, async () => {
    const plays = new Map();
    const over = new Set();
    for (const line of lines) {
      if (line.tab === undefined || over.has(line.tab) || line.refused) continue;
      if (!plays.has(line.tab)) plays.set(line.tab, new Play());
      if (!plays.get(line.tab).take(line)) over.add(line.tab);
    }
    await settle();
    const states = new Map();
    for (const play of plays.values()) {
      await check(play);
      compare(play, states);
    }
    totals.tabs += plays.size;
    for (const play of plays.values()) totals.agreed += play.agreed;
    totals.stopped += over.size;
    for (const { world, unanswered } of plays.values()) {
      world.client.close();
      for (const promise of unanswered) await assert.rejects(promise, { code: "closed" });
      assert.equal(world.clock.pending, 0);
      assert.equal(world.page.listeners, 0);
    }
  });
}

test("the transcripts were really played", (context) => {
  context.diagnostic(JSON.stringify(totals));
  assert.ok(totals.tabs > 60 && totals.stopped < 7, "most were played to their end");
  assert.ok(
    totals.agreed > 100 && totals.settled > 110 && totals.late >= 40 && totals.alike > 15 && totals.answers > 10);
});

/** What was sent is legal; how each request settled is what the log, or the refusal, said. */
async function check(play) {
  const { world, outcomes, answers } = play;
  for (const socket of world.Socket.made) {
    for (const command of socket.commands) {
      assert.deepEqual(commandErrors(command), [], JSON.stringify(command));
      totals.commands += 1;
    }
  }
  assert.deepEqual(world.errors.map((error) => error.code).filter((code) => code === "unreadable"), []);
  for (const [id, { request, error }] of outcomes) {
    const { status } = request;
    assert.ok(
      ["ended", "aborted"].includes(status) ? error === undefined : error instanceof TributaryError, `${id} ${status}`);
    totals.settled += 1;
  }
  for (const session of play.sessions.values()) checkLog(play.models.get(session.id), session, outcomes);
  for (const [promise, frame] of answers) {
    if (frame === null) continue;
    totals.answers += 1;
    if (frame.code === "draining") {
      play.unanswered.push(promise); // its successor is asked
      continue;
    }
    if (frame.type === "error") {
      const { code, message, retryable, retry_after_ms: retryAfterMs } = frame;
      await assert.rejects(promise, { name: "TributaryError", code, message, retryable, retryAfterMs });
    } else {
      const { type, id, ...fields } = frame;
      assert.deepEqual(await promise, type === "models" ? { failed: [], ...fields } : fields);
    }
  }
}

/** The session is what its log says, and each request that ended there settled as it says. */
function checkLog(model, session, outcomes) {
  if (!model || session.position?.epoch !== model.epoch) return;
  const last = new Map(model.log.filter((entry) => entry?.timing).map((entry) => [entry.request, entry]));
  for (const [id, terminal] of last) {
    const { request, error } = outcomes.get(id);
    assert.equal(request.status, { end: "ended", aborted: "aborted", error: "failed" }[terminal.type]);
    if (terminal.type !== "error") continue;
    const { code, message, stage, status, retryable, retry_after_ms, upstream } = terminal;
    assert.deepEqual(
      [error.code, error.message, error.stage, error.status, error.retryable, error.retryAfterMs, error.upstream],
      [code, message, stage, status, retryable, retry_after_ms, upstream]);
  }
  const shown = session.turns.filter((turn) => !turn.isLocal && turn.status !== "waiting");
  assert.deepEqual(shown.map((turn) => turn.request), model.shown.map((record) => record.request));
  for (const turn of shown) {
    const text = model.record(turn.request).said.get(0)?.text ?? "";
    assert.equal(turn.choices[0].text, text);
    assert.equal(session.request(turn.request).text, text);
  }
}

/** The log's frames make what a snapshot at the same position makes: one of the server's own, and one by the rules. */
function compare(play, states) {
  for (const session of play.sessions.values()) {
    if (session.position === null) continue;
    const turns = projection(session.turns);
    const model = play.models.get(session.id);
    if (model && model.epoch === session.position.epoch) {
      assert.deepEqual(projection(lateJoiner(session.id, model).turns), turns);
      totals.late += 1;
    }
    const key = JSON.stringify([session.id, session.position]);
    if (states.has(key)) {
      assert.deepEqual(turns, states.get(key));
      totals.alike += 1;
    } else {
      states.set(key, turns);
    }
  }
}

/** A tab that joins now, and gets a snapshot. */
function lateJoiner(id, model) {
  const world = new World();
  const session = world.client.session(id);
  world.socket.say(welcome());
  world.answerJoin(joined(model.epoch, model.head, model.snapshot(), { session: id }));
  return session;
}
