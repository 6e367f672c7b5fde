import { Backoff } from "./backoff.js";
import { systemClock } from "./clock.js";
import { closingError } from "./closing.js";
import { Connection } from "./connection.js";
import { Emitter } from "./emitter.js";
import { TributaryError } from "./errors.js";
import { sorted } from "./frames.js";
import { Hello } from "./hello.js";
import { isId, newId } from "./identifier.js";
import { Questions } from "./questions.js";
import { Session } from "./session.js";

/** Ids of connections that are remembered as ours. */
const OURS = 100;

/**
 * @typedef {import("./index.js").Client} Contract
 * @typedef {import("./index.js").Frame} Frame
 * @typedef {import("./wire.js").Port} Port
 *
 * @typedef {object} Parts what tests replace
 * @property {import("./clock.js").Clock} [clock]
 * @property {() => number} [random]
 * @property {import("./lifecycle.js").Lifecycle} [lifecycle]
 */

/**
 * One connection, and the sessions on it.
 * @implements {Contract}
 */
export class Client {
  /** @type {import("./index.js").Limits | null} */
  limits = null;
  /** @type {string | null} */
  server = null;
  /** @type {readonly string[]} */
  features = [];
  #connection;
  #questions;
  #hello;
  #parts;
  /**
   * The ids of our connections, the newest last.
   * @type {string[]}
   */
  #ours = [];
  /** @type {Map<string, { session: Session, port: Port }>} */
  #sessions = new Map();
  /** How often a session was joined. */
  #joins = 0;
  /** @type {Emitter<import("./index.js").ClientEvents>} */
  #events = new Emitter();
  /** Whether commands may be sent: the server knows who we are. */
  #isReady = false;
  /**
   * Why nothing can be had, while it is closed.
   * @type {TributaryError | null}
   */
  #end = null;

  /**
   * @param {string} url
   * @param {import("./index.js").ConnectOptions} options
   * @param {Parts} parts
   */
  constructor(url, options = {}, parts = {}) {
    const { onState, WebSocket, backoff } = options;
    const { clock = systemClock, random, lifecycle } = parts;
    this.#parts = { clock, random };
    this.#hello = new Hello(options, {
      ready: (hello) => this.#ready(hello),
      failed: (error) => {
        this.#failed(error);
        this.#connection.drop();
      },
    });
    this.#questions = new Questions((command) => this.#isReady && this.#send(command));
    if (onState !== undefined) this.#tellLater(onState);
    const waits = new Backoff({ first: backoff?.firstMs, cap: backoff?.capMs, random });
    this.#connection = new Connection(url, {
      welcomed: (welcome) => this.#welcomed(welcome),
      opened: () => this.#hello.opened(),
      received: (frames) => this.#received(frames),
      lost: () => this.#lost(),
      stateChanged: (state) => this.#stateChanged(state),
      isNeeded: () => this.#sessions.size + this.#questions.size > 0,
      expectsMuch: () => [...this.#sessions.values()].some(({ port }) => port.isJoining()),
      failed: (error) => this.#failed(error),
    }, { WebSocket, clock, lifecycle, backoff: waits });
    this.#connection.open();
  }

  get state() {
    return this.#connection.state;
  }

  get sessions() {
    return [...this.#sessions.values()].map(({ session }) => session);
  }

  session(id = newId()) {
    if (!isId(id)) throw new TypeError("A session's id is 1 to 128 of A-Z a-z 0-9 . _ : -");
    const known = this.#sessions.get(id);
    if (known !== undefined) return known.session;
    /** @type {Port | undefined} */
    let made;
    const wire = {
      ...this.#parts,
      send: (/** @type {object} */ command) => void this.#send(command),
      joinId: () => `join:${(this.#joins += 1)}`,
      echo: () => this.#ask({ type: "ping" }),
      state: () => this.state,
      limits: () => this.limits,
      failed: (/** @type {TributaryError} */ error) => this.#failed(error),
      left: () => void this.#sessions.delete(id),
    };
    const session = new Session(id, wire, (port) => (made = port));
    const port = /** @type {Port} */ (/** @type {unknown} */ (made));
    this.#sessions.set(id, { session, port });
    if (this.#end !== null) port.closed(this.#end);
    else if (this.#isReady) port.opened();
    else this.#connection.need();
    return session;
  }

  /** @param {{ upstream?: string, key?: string }} options */
  async models({ upstream, key } = {}) {
    const { models, failed = [] } = await this.#ask({ type: "models", upstream, key });
    return { models, failed };
  }

  /**
   * @param {string} key
   * @param {{ upstream?: string }} options
   */
  async checkKey(key, { upstream } = {}) {
    const { valid, upstream: checked, message } = await this.#ask({ type: "key.check", upstream, key });
    return { valid, upstream: checked, ...(message !== undefined && { message }) };
  }

  /** @param {string} connection */
  isOurs(connection) {
    return this.#ours.includes(connection);
  }

  /**
   * @template {keyof import("./index.js").ClientEvents} Type
   * @param {Type} type
   * @param {(event: import("./index.js").ClientEvents[Type]) => void} listener
   */
  on(type, listener) {
    return this.#events.on(type, listener);
  }

  reconnect() {
    this.#connection.reconnect();
  }

  close() {
    this.#connection.close();
  }

  // Within.

  /** @param {Record<string, any>} command */
  #ask(command) {
    if (this.#end !== null) return Promise.reject(this.#end);
    const answer = this.#questions.ask(command);
    this.#connection.need();
    return answer;
  }

  /**
   * Says whether it was sent.
   * @param {object} command
   */
  #send(command) {
    if (!this.#isReady) return false;
    this.#connection.send(command);
    return true;
  }

  /** @param {Frame} welcome */
  #welcomed({ connection, limits, server, features }) {
    this.#ours = [...this.#ours, connection].slice(-OURS);
    this.limits = Object.freeze({ ...limits });
    this.server = server ?? null;
    this.features = Object.freeze([...(features ?? [])]);
  }

  /**
   * The server will know who we are: commands may be sent.
   * @param {object | null} hello goes first
   */
  #ready(hello) {
    this.#isReady = true;
    if (hello !== null) this.#send(hello);
    this.#connection.ready();
    for (const { port } of this.#sessions.values()) port.opened();
    this.#questions.flush();
  }

  #lost() {
    this.#hello.lost();
    if (!this.#isReady) return;
    this.#isReady = false;
    this.#questions.lost();
    for (const { port } of this.#sessions.values()) port.lost();
  }

  /** @param {import("./index.js").ConnectionState} state */
  #stateChanged(state) {
    this.#events.pause();
    this.#events.emit("state", state); // before any that is caused by what follows, and heard once that is done
    if (state.name === "closed") this.#closed(state);
    else if (this.#end !== null) this.#reopening();
    this.#events.resume();
    for (const { port } of this.#sessions.values()) port.stateChanged();
  }

  /**
   * Whoever connects has the client before the first state is told.
   * @param {(state: import("./index.js").ConnectionState) => void} onState
   */
  #tellLater(onState) {
    this.on("state", onState);
    this.#events.pause();
    queueMicrotask(() => this.#events.resume());
  }

  /** @param {{ reason: string, code: number | null }} state */
  #closed({ reason, code }) {
    const error = new TributaryError({ code: code === null ? "closed" : closingError(code), message: reason });
    this.#end = error;
    this.#questions.close(error);
    for (const { port } of this.#sessions.values()) {
      if (this.#end === error) port.closed(error); // else one of them had it tried again
    }
  }

  #reopening() {
    this.#end = null;
    for (const { port } of this.#sessions.values()) port.reopening();
  }

  /** @param {Frame[]} frames */
  #received(frames) {
    if (this.#events.has("frame")) for (const frame of frames) this.#events.emit("frame", frame);
    const { control, sessions } = sorted(frames);
    for (const frame of control) {
      if (this.#end === null) this.#control(frame); // else whoever was told of something has closed it
    }
    for (const [id, batch] of sessions) {
      if (this.#end === null) this.#sessions.get(id)?.port.received(batch);
    }
  }

  /** @param {Frame} frame */
  #control(frame) {
    if (this.#questions.answered(frame) || frame.type !== "error") return;
    this.#failed(new TributaryError(/** @type {any} */ (frame)));
  }

  /** @param {TributaryError} error */
  #failed(error) {
    if (this.#events.has("error")) this.#events.emit("error", error);
    else console.error(`${error.code}: ${error.message}`);
  }
}
