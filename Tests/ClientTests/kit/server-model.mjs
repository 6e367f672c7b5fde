import assert from "node:assert/strict";
import { commandErrors } from "./schema.mjs";
import { SessionModel } from "./session-model.mjs";

/**
 * A server as docs/protocol.md describes it, in front of a network that the test controls: what is said stays in flight
 * until `deliver` is called, and is lost with its connection. Nothing in it knows the library.
 */
export class ServerModel {
  /** How often a chat was begun, by request, in whatever epoch. */
  begun = new Map();
  sessions = new Map();
  links = [];
  isDraining = false;
  #random;
  #epochs = 0;

  constructor(random) {
    this.#random = random;
  }

  session(id) {
    if (!this.sessions.has(id)) {
      this.#epochs += 1;
      this.sessions.set(
        id, Object.assign(new SessionModel(id, `epoch${this.#epochs}`), { seen: new Map(), kept: null }));
    }
    return this.sessions.get(id);
  }

  accept(socket) {
    const link = new Link(this, socket, `c${this.links.length + 1}`, this.#random);
    this.links.push(link);
    link.outbox.push(
      { type: "welcome", version: 1, connection: link.id, heartbeat_ms: 5000, limits: { message_bytes: 1e6 } });
    if (this.isDraining) link.outbox.push({ type: "goaway", reason: "drain", reconnect_after_ms: 700 });
  }

  /** The connection that lives. */
  get link() {
    return this.links.findLast((link) => link.isAlive);
  }

  /** Everything that was known is lost. */
  restart(code) {
    this.isDraining = false;
    this.sessions.clear();
    for (const link of this.links) link.die(code);
  }

  drain() {
    this.isDraining = true;
    this.link?.outbox.push({ type: "goaway", reason: "drain", reconnect_after_ms: 700 });
  }

  /** Somebody, here or in another tab, begins a request. */
  begin(session, request, fields) {
    this.begun.set(request, (this.begun.get(request) ?? 0) + 1);
    const { model, upstream } = fields;
    const named = { ...(model !== undefined && { model }), ...(upstream !== undefined && { upstream }) };
    session.append("request", request, {
      model: "m", upstream: "u", ...fields, ...(Object.keys(named).length > 0 && { named }),
      at: 1_000_000 + session.head,
    });
  }

  /** The upstreams say something: one running request goes on. */
  progress(session) {
    const record = this.#random.pick(session.running);
    if (record === undefined) return;
    const { request } = record;
    if (record.start === undefined) {
      const isOver = this.#random.chance(0.1);
      if (isOver) return this.fail(session, request);
      const fails = this.#random.chance(0.1);
      if (fails) return session.append("retry", request, { attempt: 1, after_ms: 5, code: "upstream_error" });
      return this.#start(session, record);
    }
    const act = this.#random.weighted({ delta: 30, end: 1, fail: 0.5 });
    if (act === "delta") session.append("delta", request, this.#delta(record));
    else if (act === "end") this.end(session, request);
    else this.fail(session, request);
  }

  #start(session, { request, entry }) {
    const { model, upstream } = entry;
    session.append("start", request, {
      model: "m", ...(model !== "m" && { requested_model: model }), upstream, provider: "p", attempt: 1, ttfb_ms: 1,
    });
  }

  #delta(record) {
    const random = this.#random;
    const piece = random.pick(["word ", "Ä", "🙂", "\u2028", "\n\n", "} ", "0"]) + random.below(1000);
    const choice = random.chance(0.1) && { choice: 1 };
    const fields = random.weighted({ text: 8, reasoning: 3, refusal: 0.3, calls: 2, extra: 0.3, logprobs: 0.3 });
    if (fields === "calls") {
      const index = random.below(2);
      const isFirst = !record.said.get(choice ? 1 : 0)?.calls.has(index);
      return {
        ...choice, tool_calls: [{ index, ...(isFirst && { id: `call${index}`, name: "f" }), arguments: piece }],
      };
    }
    if (fields === "extra") return { ...choice, extra: { citation: piece } };
    if (fields === "logprobs") return { ...choice, text: piece, logprobs: [piece] };
    return { ...choice, [fields]: piece };
  }

  end(session, request) {
    const record = session.record(request);
    if (record.start === undefined) this.#start(session, record);
    session.append("end", request, { reason: "stop", finish_reason: "stop", timing: { total_ms: session.head } });
  }

  fail(session, request) {
    session.append("error", request, {
      code: "upstream_closed", message: "It broke.", stage: "stream", retryable: true,
      timing: { total_ms: session.head },
    });
  }
}

/** One connection, and what is in flight on it. */
class Link {
  isAlive = true;
  /** Nothing arrives any more, and nobody is told. */
  isSilent = false;
  toServer = [];
  toClient = [];
  /** Frames without a place in a log, and `joined`s to be made when they leave. */
  outbox = [];
  /** Session → the cursor; null until its `joined` has left. */
  cursors = new Map();
  #server;
  #random;

  constructor(server, socket, id, random) {
    Object.assign(this, { socket, id });
    this.#server = server;
    this.#random = random;
    socket.onsent = (data) => this.isAlive && this.toServer.push(data);
    socket.onclosed = () => this.die(null);
  }

  /** The connection ends; what is in flight is lost. `code`: what the client learns, or null where it closed itself. */
  die(code) {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.toServer = [];
    this.toClient = [];
    for (const id of this.cursors.keys()) {
      // A session in which nothing was ever asked may be gone before its tab is back, or not.
      const isEmpty = this.#server.sessions.get(id)?.head === 0;
      if (isEmpty && this.#random.chance(0.5)) this.#server.sessions.delete(id);
    }
    if (code !== null) this.socket.die(code);
  }

  /** One message from the client arrives. */
  hear() {
    if (this.isSilent || this.toServer.length === 0) return;
    for (const line of this.toServer.shift().split("\n")) {
      const command = JSON.parse(line);
      assert.deepEqual(commandErrors(command), [], line);
      this.#obey(command);
    }
  }

  #obey(command) {
    const { type, id, session, after, t } = command;
    if (type === "ping") this.outbox.push({ type: "pong", t, id });
    if (type === "models") this.#answerModels(id);
    if (type === "join") {
      this.cursors.set(session, null);
      this.#server.session(session);
      this.outbox.push({ type: "joined", id, session, after });
    }
    if (type === "key.check") this.outbox.push({ type: "key", id, valid: true, upstream: "default" });
    if (type === "leave") {
      this.cursors.delete(session);
      this.outbox.push({ type: "left", id, session });
    }
    if (type === "chat") this.#chat(command);
    if (type === "abort") this.#abort(command);
  }

  #answerModels(id) {
    if (this.#server.isDraining) return this.#refuse({ type: "models", id }, "draining", true);
    this.outbox.push({ type: "models", id, models: [{ id: "model-1", upstream: "default" }] });
  }

  #refuse({ type, id, session, request }, code, retryable = false) {
    this.outbox.push({ type: "error", id, command: type, session, request, code, message: `No: ${code}.`, retryable });
  }

  #chat(command) {
    const { id, key, type, session: name, request, ...fields } = command;
    if (!this.cursors.has(name)) return this.#refuse(command, "not_joined");
    const session = this.#server.session(name);
    const fingerprint = JSON.stringify(fields);
    if (session.seen.has(request)) {
      if (session.seen.get(request) !== fingerprint) return this.#refuse(command, "request_exists");
      return this.outbox.push({ type: "accepted", id, session: name, request, duplicate: true });
    }
    if (fields.epoch !== session.epoch) return this.#refuse(command, "interrupted", true);
    if (this.#server.isDraining) return this.#refuse(command, "draining", true);
    if (this.#random.chance(0.03)) return this.#refuse(command, "too_many_requests", true);
    const replaced = fields.replaces && session.record(fields.replaces);
    if (fields.replaces && (!replaced || replaced.isDropped || replaced.entry.store === false)) {
      return this.#refuse(command, "unknown_request");
    }
    session.seen.set(request, fingerprint);
    const { epoch, ...asked } = fields;
    if (this.#random.chance(0.1)) {
      this.#keep(session);
      this.cursors.set(name, Infinity); // its subscription starts afresh, perhaps from just before this
    }
    this.#server.begin(session, request, asked);
    this.outbox.push({ type: "accepted", id, session: name, request });
  }

  #abort(command) {
    const { id, session: name, request } = command;
    if (!this.cursors.has(name)) return this.#refuse(command, "not_joined");
    const session = this.#server.session(name);
    const record = session.record(request);
    if (record === undefined) return this.#refuse(command, "unknown_request");
    const isRunning = record.status === "running";
    if (isRunning) session.append("aborted", request, { by: this.id, timing: { total_ms: session.head } });
    this.outbox.push({ type: "ok", id, command: "abort", session: name, requests: isRunning ? [request] : [] });
  }

  /** Writes one message: some of what waits, and, once that is empty, what the logs have. */
  write() {
    const frames = this.outbox.splice(0, this.#random.chance(0.7) ? Infinity : 1).map((frame) => this.#leaving(frame));
    if (this.outbox.length === 0) {
      for (const [id, cursor] of this.cursors) {
        if (cursor === null || this.#random.chance(0.2)) continue;
        frames.push(...this.#logFrames(this.#server.session(id), id, cursor));
      }
    }
    if (frames.length > 0) this.toClient.push(frames);
  }

  /** `joined` tells how things stand when it leaves. */
  #leaving(frame) {
    if (frame.type !== "joined") return frame;
    const { after, ...joined } = frame;
    const session = this.#server.session(frame.session);
    const isKnown = after?.epoch === session.epoch && after.seq >= session.base && after.seq <= session.head;
    if (!isKnown) return this.#snapshot(session, joined);
    this.cursors.set(frame.session, after.seq);
    return { ...joined, epoch: session.epoch, seq: session.head, recovered: true, tabs: 1 };
  }

  #snapshot(session, joined) {
    if (session.kept === null || session.kept.seq < session.base || this.#random.chance(0.5)) this.#keep(session);
    const { seq, snapshot } = session.kept;
    this.cursors.set(joined.session, seq);
    return { ...joined, epoch: session.epoch, seq, recovered: false, tabs: 1, snapshot };
  }

  #keep(session) {
    session.kept = { seq: session.head, snapshot: structuredClone(session.snapshot()) };
  }

  #logFrames(session, id, cursor) {
    const isForgotten = cursor > session.head || cursor < session.base;
    if (isForgotten) return [this.#snapshot(session, { type: "joined", session: id })];
    if (cursor === session.head) return [];
    const until = this.#random.chance(0.5) ? session.head : cursor + 1 + this.#random.below(session.head - cursor);
    const style = this.#random.next();
    this.cursors.set(id, until);
    // No snapshot lacks a request that was told; one that was only accepted it may.
    if (session.log.slice(session.kept?.seq, until).some(({ type }) => type === "request")) session.kept = null;
    return session.message(cursor, until, () => this.#random.chance(style));
  }
}
