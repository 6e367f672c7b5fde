import { Backlog } from "./backlog.js";
import { chatCommand } from "./chat-command.js";
import { Emitter } from "./emitter.js";
import { TributaryError } from "./errors.js";
import { Exchange } from "./exchange.js";
import { deltaOf } from "./reader.js";
import { ChatRequest } from "./request.js";
import { Turn } from "./turn.js";

/**
 * @typedef {import("./index.js").Session} Contract
 * @typedef {import("./index.js").SessionEvent} SessionEvent
 * @typedef {import("./index.js").SessionSnapshot} SessionSnapshot
 * @typedef {import("./exchange.js").Wire} Wire
 *
 * @typedef {object} Port what a client tells a session
 * @property {() => void} opened
 * @property {() => void} lost
 * @property {(frames: readonly import("./index.js").Frame[]) => void} received the session's frames of one message, in order
 * @property {(error: TributaryError) => void} closed the connection does not come back by itself
 * @property {() => void} stateChanged
 */

/**
 * One session as the library's users hold it: its state as frozen views, and its events.
 * @implements {Contract}
 */
export class Session {
  #id;
  #wire;
  /** @type {Exchange} */
  #exchange;
  /**
   * Why it is over for good: it was left, or the client closed.
   * @type {TributaryError | null}
   */
  #end = null;
  #wasJoined = false;
  /**
   * Why it cannot be joined.
   * @type {TributaryError | null}
   */
  #refusal = null;
  /** @type {Promise<void> | null} */
  #ready = null;
  /**
   * Those who wait for the first `joined`.
   * @type {{ resolve: () => void, reject: (error: TributaryError) => void }[]}
   */
  #waiting = [];
  /** @type {WeakMap<Turn, ChatRequest>} */
  #handles = new WeakMap();
  /** @type {SessionSnapshot | null} */
  #snapshot = null;
  /**
   * The newest one that was made, of which parts may still be right.
   * @type {SessionSnapshot | null}
   */
  #lastSnapshot = null;
  /** @type {Emitter<{ [Type in SessionEvent["type"]]: Extract<SessionEvent, { type: Type }> }>} */
  #events = new Emitter();
  /** @type {Set<Backlog>} */
  #backlogs = new Set();
  /**
   * What happened and was not told yet.
   * @type {SessionEvent[]}
   */
  #news = [];

  /**
   * @param {string} id
   * @param {Wire} wire
   * @param {(port: Port) => void} connect hands the client what only it may call
   */
  constructor(id, wire, connect) {
    this.#id = id;
    this.#wire = wire;
    this.#exchange = new Exchange(id, wire, {
      began: (turn) => this.#news.push({ type: "request", request: this.#handle(turn) }),
      said: (turn, frame) => this.#said(turn, frame),
      settled: (turn) => this.#news.push({ type: "end", request: this.#handle(turn) }),
      tabsChanged: (tabs) => this.#news.push({ type: "tabs", tabs }),
      replaced: () => this.#news.push({ type: "replaced" }),
      joined: () => this.#joined(),
      failed: (error) => this.#failed(error),
      refused: (error) => this.#neverReady(error),
      changed: () => this.#tell(),
    });
    connect({
      opened: () => this.#exchange.opened(),
      lost: () => this.#exchange.lost(),
      received: (frames) => this.#exchange.received(frames),
      closed: (error) => this.#closed(error),
      stateChanged: () => this.#tell(),
    });
  }

  get id() {
    return this.#id;
  }

  get isJoined() {
    return this.#exchange.isJoined;
  }

  get ready() {
    return (this.#ready ??= new Promise((resolve, reject) => {
      if (this.#wasJoined) resolve();
      else if (this.#refusal !== null) reject(this.#refusal);
      else this.#waiting.push({ resolve, reject });
    }));
  }

  get turns() {
    return this.getSnapshot().turns;
  }

  get messages() {
    return this.getSnapshot().messages;
  }

  get requests() {
    return this.getSnapshot().requests;
  }

  get tabs() {
    return this.#exchange.tabs;
  }

  get truncated() {
    return this.#exchange.transcript.truncated;
  }

  get position() {
    return this.#exchange.position;
  }

  /**
   * @param {import("./index.js").ChatInput} input
   * @param {import("./index.js").ChatOptions} [options]
   */
  chat(input, options = {}) {
    const command = chatCommand(this.#id, input, options);
    const known = this.#turn(command.request);
    if (known !== undefined && !known.isLocal) return this.#handle(known);
    const turn = new Turn(command.request);
    turn.isOurs = true;
    turn.ask({ ...command, at: this.#wire.clock.date() });
    const request = this.#handle(turn);
    this.#exchange.chat(turn, command);
    if (this.#end !== null) this.#exchange.close(this.#end);
    if (options.signal) this.#heed(options.signal, turn);
    return request;
  }

  /**
   * @param {string} request
   * @param {import("./index.js").ChatOptions} [options]
   */
  retry(request, options = {}) {
    const turn = this.#exchange.transcript.turn(request);
    if (turn === undefined || turn.omitted > 0) {
      const message = turn === undefined ? "This tab does not know that request." : "This tab has not all of its messages.";
      throw new TributaryError({ code: "bad_request", message, request, session: this.#id });
    }
    const { input, messages } = turn.asked;
    const isReplaceable = turn.isStored && !turn.isLocal && messages === undefined;
    const again = {
      model: turn.requestedModel ?? turn.model ?? undefined,
      params: turn.params ?? undefined,
      store: turn.isStored ? undefined : false,
      replaces: isReplaceable ? request : turn.isLocal ? turn.replaces ?? undefined : undefined,
    };
    this.#exchange.transcript.dismiss(request);
    return this.chat(messages === undefined ? input : { messages }, { ...again, ...options });
  }

  /** @param {string} id */
  request(id) {
    const turn = this.#turn(id);
    return turn && this.#handle(turn);
  }

  async abort() {
    const answers = this.#open().map(async (turn) => ((await this.#exchange.abort(turn)) ? [turn.request] : []));
    return (await Promise.all(answers)).flat();
  }

  /** @param {string} request */
  dismiss(request) {
    return this.#exchange.dismiss(request);
  }

  leave() {
    if (this.#end !== null) return;
    this.#exchange.leave();
    this.#wire.left();
    this.#over(new TributaryError({ code: "closed", message: "This tab has left the session.", session: this.#id }));
  }

  /**
   * @template {SessionEvent["type"]} Type
   * @param {Type} type
   * @param {(event: Extract<SessionEvent, { type: Type }>) => void} listener
   */
  on(type, listener) {
    return this.#events.on(type, listener);
  }

  /** @type {import("./index.js").Session["subscribe"]} */
  subscribe = (listener) => this.#events.on("change", () => listener());

  /** @type {import("./index.js").Session["getSnapshot"]} */
  getSnapshot = () => (this.#snapshot ??= this.#lastSnapshot = this.#snapshotNow());

  [Symbol.asyncIterator]() {
    const backlog = new Backlog((left) => void this.#backlogs.delete(left));
    if (this.#end === null) this.#backlogs.add(backlog);
    else backlog.end();
    return backlog;
  }

  // Within.

  /** @param {string} request */
  #turn(request) {
    return this.#exchange.outbox.get(request)?.turn ?? this.#exchange.transcript.turn(request);
  }

  /** What runs or is not answered yet. */
  #open() {
    return [...this.#exchange.transcript.running, ...this.#exchange.outbox.chats.map((chat) => chat.turn)];
  }

  /**
   * @param {Turn} turn
   * @returns {ChatRequest}
   */
  #handle(turn) {
    let handle = this.#handles.get(turn);
    if (handle === undefined) {
      handle = new ChatRequest(this, turn, async () => void (await this.#exchange.abort(turn)));
      this.#handles.set(turn, handle);
    }
    return handle;
  }

  /**
   * @param {AbortSignal} signal
   * @param {Turn} turn
   */
  #heed(signal, turn) {
    const abort = () => {
      // Whether it worked shows in the request; only a closed client could not even ask.
      this.#exchange.abort(turn).catch((error) => this.#failed(error));
    };
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort);
    turn.follow({ settled: () => signal.removeEventListener("abort", abort) });
  }

  /**
   * @param {Turn} turn
   * @param {import("./index.js").Frame} frame
   */
  #said(turn, frame) {
    if (this.#backlogs.size === 0 && !this.#events.has("delta")) return;
    this.#news.push({ type: "delta", request: this.#handle(turn), delta: deltaOf(frame) });
  }

  #joined() {
    this.#wasJoined = true;
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  /**
   * Something failed that nobody waits for.
   * @param {TributaryError} error
   */
  #failed(error) {
    this.#news.push({ type: "error", error });
    this.#tell();
  }

  /** @param {TributaryError} error */
  #neverReady(error) {
    this.#refusal = error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  /** @param {TributaryError} error */
  #closed(error) {
    if (error.code === "closed") this.#over(error);
    else this.#exchange.close(error);
  }

  /**
   * For good.
   * @param {TributaryError} error
   */
  #over(error) {
    this.#end = error;
    this.#neverReady(error);
    this.#exchange.close(error);
    for (const backlog of this.#backlogs) backlog.end();
    this.#backlogs.clear();
  }

  /** Tells what happened, to everybody who wants to know. */
  #tell() {
    this.#snapshot = null;
    const news = this.#news;
    this.#news = [];
    for (const event of [...news, /** @type {const} */ ({ type: "change" })]) {
      this.#events.emit(event.type, /** @type {any} */ (event));
      for (const backlog of this.#backlogs) backlog.push(event);
    }
  }

  /** @returns {SessionSnapshot} */
  #snapshotNow() {
    const { transcript, outbox, tabs, isJoined } = this.#exchange;
    const last = this.#lastSnapshot;
    const turns = [...transcript.turns, ...outbox.chats.map((chat) => chat.turn)];
    return Object.freeze({
      turns: unlessSame(last?.turns, turns.map((turn) => turn.view)),
      messages: unlessSame(last?.messages, turns.flatMap((turn) => turn.messages)),
      requests: unlessSame(last?.requests, this.#open().map((turn) => this.#handle(turn))),
      tabs,
      isJoined,
      truncated: transcript.truncated,
      state: this.#wire.state(),
    });
  }
}

/**
 * A frozen list: the old one, where the new one has the same members.
 * @template Member
 * @param {readonly Member[] | undefined} before
 * @param {Member[]} now
 * @returns {readonly Member[]}
 */
function unlessSame(before, now) {
  const isSame = before?.length === now.length && now.every((member, index) => member === before[index]);
  return isSame ? /** @type {readonly Member[]} */ (before) : Object.freeze(now);
}
