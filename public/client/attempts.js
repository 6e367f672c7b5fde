import { Backoff } from "./backoff.js";
import { closingWords } from "./closing.js";

/** A connection that lived this long was a good one: the next attempt starts with the shortest wait. */
const STABLE_MS = 10_000;
/** What the browser tells of the network comes in a flock: so young, an attempt was made because of the same. */
const FRESH_MS = 1000;
/** How rarely it tries where the browser says that there is no network. */
const OFFLINE_MS = 30_000;

/**
 * @typedef {import("./index.js").Frame} Frame
 * @typedef {import("./index.js").ConnectionState} ConnectionState
 *
 * @typedef {object} Parts
 * @property {Backoff} [backoff]
 * @property {import("./lifecycle.js").Lifecycle} lifecycle
 * @property {import("./clock.js").Clock} clock
 */

/** The attempts of a connection to be there: how the latest one ended, which is the next, and when that is made. */
export class Attempts {
  #make;
  #backoff;
  #lifecycle;
  #clock;
  /** Which attempt is under way, or next. */
  #number = 1;
  /** When the latest was made, where that was because the network may be another. */
  #wokeAt = -Infinity;
  /** There was a `welcome`. */
  #wasThere = false;
  /**
   * When the latest one had its `welcome`, while it has not ended.
   * @type {number | null}
   */
  #welcomedAt = null;
  /**
   * How and why the latest one that ended did so.
   * @type {{ code: number, reason: string } | null}
   */
  #ending = null;
  /**
   * What the server said before it closed.
   * @type {Frame | null}
   */
  #goaway = null;
  /**
   * Why it is about to close, where that was the last thing it said.
   * @type {string | null}
   */
  #complaint = null;
  /**
   * Set while the next one waits.
   * @type {unknown}
   */
  #timer;

  /**
   * @param {() => void} make makes the attempt that was waited for
   * @param {Parts} parts
   */
  constructor(make, { backoff = new Backoff(), lifecycle, clock }) {
    this.#make = make;
    this.#backoff = backoff;
    this.#lifecycle = lifecycle;
    this.#clock = clock;
  }

  /** How it stands while there is no `welcome`, and none is waited for. */
  get state() {
    return this.#stateUntil(null);
  }

  /**
   * One is made.
   * @param {boolean} isWoken because the network may be another
   */
  began(isWoken) {
    this.stop();
    this.#wokeAt = isWoken ? this.#clock.now() : -Infinity;
    this.#goaway = null;
    this.#complaint = null;
  }

  /** It had its `welcome`. */
  succeeded() {
    this.#wasThere = true;
    this.#welcomedAt = this.#clock.now();
    this.#number = 1;
  }

  /**
   * Takes what the server says about the connection itself.
   * @param {Frame} frame
   */
  heard(frame) {
    if (frame.type === "goaway") this.#goaway = frame;
    this.#complaint = isComplaint(frame) ? frame.message : null;
  }

  /**
   * It is over. Returns why.
   * @param {number} code
   */
  ended(code) {
    if (this.#welcomedAt === null) this.#number += 1;
    else if (this.#clock.now() - this.#welcomedAt > STABLE_MS) this.#backoff.reset();
    this.#welcomedAt = null;
    this.#ending = { code, reason: this.#complaint ?? closingWords(code, this.#wasThere) };
    return this.#ending.reason;
  }

  /** The next one waits: as the server said, or ever longer. Without a network there is no hurry, but browsers err. */
  wait() {
    const { isOffline } = this.#lifecycle;
    const told = this.#goaway?.reconnect_after_ms;
    const isTold = Number.isFinite(told) && told >= 0;
    const ms = isTold ? told : isOffline ? OFFLINE_MS : this.#backoff.next();
    this.stop();
    this.#timer = this.#clock.setTimeout(() => this.#make(), ms);
    return this.#stateUntil(isOffline ? null : this.#clock.date() + ms);
  }

  /** Whether the next one waits, and not because the server said so: the network may hurry it. */
  get mayHurry() {
    return this.#timer !== undefined && this.#goaway === null;
  }

  /** Whether the latest was made only just now, and because the network may be another: it knows that already. */
  get isFresh() {
    return this.#clock.now() - this.#wokeAt < FRESH_MS;
  }

  /** What was is no reason to wait. */
  reset() {
    this.#backoff.reset();
  }

  /** None waits. */
  stop() {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /**
   * @param {number | null} retryAt
   * @returns {ConnectionState}
   */
  #stateUntil(retryAt) {
    const attempt = this.#number;
    if (this.#ending === null) return { name: "connecting", attempt };
    return { name: "reconnecting", ...this.#ending, attempt, retryAt, isOffline: this.#lifecycle.isOffline };
  }
}

/**
 * An error that answers nothing, or the `hello`: the server says why it is about to close.
 * @param {Frame} frame
 */
function isComplaint({ type, command = "hello", n }) {
  return type === "error" && command === "hello" && n === undefined;
}
