import { TributaryError } from "./errors.js";
import { Exchange } from "./exchange.js";
import { News } from "./news.js";
import { Readiness } from "./readiness.js";
import { deltaOf } from "./reader.js";
import { Requests } from "./requests.js";
import { unlessSame } from "./views.js";

/**
 * @typedef {import("./turn.js").Turn} Turn
 * @typedef {import("./index.js").Session} Contract
 * @typedef {import("./index.js").SessionEvent} SessionEvent
 * @typedef {import("./index.js").SessionSnapshot} SessionSnapshot
 * @typedef {import("./wire.js").Port} Port
 * @typedef {import("./wire.js").Wire} Wire
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
  /** @type {Requests} */
  #requests;
  /** For good: it was left, or the client closed. */
  #isOver = false;
  #readiness = new Readiness();
  /** @type {SessionSnapshot | null} */
  #snapshot = null;
  /**
   * The newest one that was made, of which parts may still be right.
   * @type {SessionSnapshot | null}
   */
  #lastSnapshot = null;
  #news = new News();

  /**
   * @param {string} id
   * @param {Wire} wire
   * @param {(port: Port) => void} connect hands the client what only it may call
   */
  constructor(id, wire, connect) {
    this.#id = id;
    this.#wire = wire;
    this.#exchange = new Exchange(id, wire, {
      began: (turn) => this.#news.note({ type: "request", request: this.#requests.of(turn) }),
      said: (turn, frame) => this.#said(turn, frame),
      settled: (turn) => this.#news.note({ type: "end", request: this.#requests.of(turn) }),
      tabsChanged: (tabs) => this.#news.note({ type: "tabs", tabs }),
      replaced: () => this.#news.note({ type: "replaced" }),
      joined: () => this.#readiness.joined(),
      failed: (error) => this.#failed(error),
      refused: (error) => this.#readiness.refused(error),
      changed: () => this.#tell(),
    });
    this.#requests = new Requests(this, this.#exchange, wire.clock, (error) => this.#failed(error));
    connect({
      opened: () => {
        this.#readiness.renew();
        this.#exchange.opened();
      },
      reopening: () => {
        this.#readiness.renew();
        this.#exchange.reopening();
      },
      lost: () => this.#exchange.lost(),
      received: (frames) => this.#exchange.received(frames),
      closed: (error) => this.#closed(error),
      stateChanged: () => this.#tell(),
      isJoining: () => this.#exchange.isJoining,
    });
  }

  get id() {
    return this.#id;
  }

  get isJoined() {
    return this.#exchange.isJoined;
  }

  get ready() {
    return this.#readiness.promise;
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
    return this.#requests.chat(input, options);
  }

  /**
   * @param {string} request
   * @param {import("./index.js").ChatOptions} [options]
   */
  retry(request, options = {}) {
    return this.#requests.retry(request, options);
  }

  /** @param {string} id */
  request(id) {
    return this.#requests.get(id);
  }

  abort() {
    return this.#requests.abort();
  }

  /** @param {string} request */
  dismiss(request) {
    return this.#exchange.dismiss(request);
  }

  leave() {
    if (this.#isOver) return;
    this.#wire.send({ type: "leave", id: "leave", session: this.#id });
    this.#wire.left();
    this.#over(new TributaryError({ code: "closed", message: "This tab has left the session.", session: this.#id }));
  }

  /**
   * @template {SessionEvent["type"]} Type
   * @param {Type} type
   * @param {(event: Extract<SessionEvent, { type: Type }>) => void} listener
   */
  on(type, listener) {
    return this.#news.on(type, listener);
  }

  /** @type {import("./index.js").Session["subscribe"]} */
  subscribe = (listener) => this.#news.on("change", () => listener());

  /** @type {import("./index.js").Session["getSnapshot"]} */
  getSnapshot = () => (this.#snapshot ??= this.#lastSnapshot = this.#snapshotNow());

  [Symbol.asyncIterator]() {
    return this.#news.iterate();
  }

  // Within.

  /**
   * @param {Turn} turn
   * @param {import("./index.js").Frame} frame
   */
  #said(turn, frame) {
    if (!this.#news.matters("delta")) return;
    this.#news.note({ type: "delta", request: this.#requests.of(turn), delta: deltaOf(frame) });
  }

  /**
   * Something failed that nobody need wait for: where nobody listens here, the client tells.
   * @param {TributaryError} error
   */
  #failed(error) {
    const isTold = this.#readiness.isAwaited && !error.retryable; // by `ready`
    const isHeard = this.#news.matters("error") || isTold || error.code === "closed";
    if (!isHeard) this.#wire.failed(error);
    this.#news.note({ type: "error", error });
    this.#tell();
  }

  /** @param {TributaryError} error */
  #closed(error) {
    if (error.code === "closed") return this.#over(error);
    this.#readiness.refused(error);
    this.#exchange.close(error);
  }

  /**
   * For good.
   * @param {TributaryError} error
   */
  #over(error) {
    this.#isOver = true;
    this.#readiness.refused(error);
    this.#exchange.close(error);
    this.#news.end();
  }

  #tell() {
    this.#snapshot = null;
    this.#news.tell();
  }

  /** @returns {SessionSnapshot} */
  #snapshotNow() {
    const { transcript, turns, tabs, isJoined } = this.#exchange;
    const last = this.#lastSnapshot;
    return Object.freeze({
      turns: unlessSame(last?.turns, turns.map((turn) => turn.view)),
      messages: unlessSame(last?.messages, turns.flatMap((turn) => turn.messages)),
      requests: unlessSame(last?.requests, this.#requests.open),
      tabs,
      isJoined,
      truncated: transcript.truncated,
      state: this.#wire.state(),
    });
  }
}
