import { askedAgain, askedTurn, chatCommand, isAskedAs } from "./chat-command.js";
import { TributaryError } from "./errors.js";
import { Exchange } from "./exchange.js";
import { News } from "./news.js";
import { Readiness } from "./readiness.js";
import { deltaOf } from "./reader.js";
import { ChatRequest } from "./request.js";
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
  /** For good: it was left, or the client closed. */
  #isOver = false;
  #readiness = new Readiness();
  /** @type {WeakMap<Turn, ChatRequest>} */
  #handles = new WeakMap();
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
      began: (turn) => this.#news.note({ type: "request", request: this.#handle(turn) }),
      said: (turn, frame) => this.#said(turn, frame),
      settled: (turn) => this.#news.note({ type: "end", request: this.#handle(turn) }),
      tabsChanged: (tabs) => this.#news.note({ type: "tabs", tabs }),
      replaced: () => this.#news.note({ type: "replaced" }),
      joined: () => this.#readiness.joined(),
      failed: (error) => this.#failed(error),
      refused: (error) => this.#readiness.refused(error),
      changed: () => this.#tell(),
    });
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
    return this.#chat(chatCommand(this.#id, input, options), options.signal);
  }

  /**
   * @param {string} request
   * @param {import("./index.js").ChatOptions} [options]
   */
  retry(request, options = {}) {
    const { transcript } = this.#exchange;
    const turn = transcript.turn(request);
    if (turn === undefined || turn.omitted > 0 || turn.prompts.length === 0) {
      const message = turn === undefined ? "There is no such request here." : "Not all of its messages are here.";
      throw new TributaryError({ code: "bad_request", message, request, session: this.#id });
    }
    const again = askedAgain(turn, (id) => transcript.turn(id)?.isLocal === false);
    const wanted = { ...again.options, ...options };
    const command = chatCommand(this.#id, again.input, wanted);
    transcript.dismiss(request);
    return this.#chat(command, wanted.signal);
  }

  /** @param {string} id */
  request(id) {
    const turn = this.#exchange.turn(id);
    return turn && this.#handle(turn);
  }

  async abort() {
    const answers = this.#exchange.open.map(async (turn) => ((await this.#exchange.abort(turn)) ? [turn.request] : []));
    return (await Promise.all(answers)).flat();
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
   * @param {Record<string, any>} command
   * @param {AbortSignal} [signal]
   */
  #chat(command, signal) {
    const known = this.#exchange.turn(command.request);
    const isKnown = known !== undefined && !known.isLocal;
    const isCut = this.truncated > 0 && known === this.#exchange.transcript.turns[0];
    if (isKnown && !isCut && !isAskedAs(known, command)) return this.#taken(command);
    const turn = isKnown ? known : askedTurn(command, this.#wire.clock.date());
    const request = this.#handle(turn);
    if (!isKnown) this.#exchange.chat(turn, command);
    if (signal) this.#heed(signal, turn);
    return request;
  }

  /**
   * Another question has that id. Whoever asks this one is told so; it is nowhere to be seen.
   * @param {Record<string, any>} command
   */
  #taken(command) {
    const { request } = command;
    const turn = askedTurn(command, this.#wire.clock.date());
    const message = "Another question was asked under this id.";
    turn.fail("failed", new TributaryError({ code: "request_exists", message, request, session: this.#id }));
    return this.#handle(turn);
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
    if (!this.#news.matters("delta")) return;
    this.#news.note({ type: "delta", request: this.#handle(turn), delta: deltaOf(frame) });
  }

  /**
   * Something failed that nobody need wait for: where nobody listens here, the client tells.
   * @param {TributaryError} error
   */
  #failed(error) {
    const isHeard = this.#news.matters("error") || this.#readiness.isAwaited || error.code === "closed";
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
      requests: unlessSame(last?.requests, this.#exchange.open.map((turn) => this.#handle(turn))),
      tabs,
      isJoined,
      truncated: transcript.truncated,
      state: this.#wire.state(),
    });
  }
}
