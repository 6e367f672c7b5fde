import { Backoff } from "./backoff.js";
import { Position } from "./position.js";

/** Rejoining less often than this is no hammering: the next wait is the shortest again. */
const CALM_MS = 60_000;

/**
 * A tab's subscription to a session: joins, joins again where what came does not continue the log, and keeps the
 * position. From the moment a `join` is sent until its answer, nothing of the session's log counts.
 */
export class Subscription {
  isJoined = false;
  #session;
  #send;
  #clock;
  #position;
  #backoff;
  /**
   * The id of the `join` that was not answered yet.
   * @type {string | null}
   */
  #pending = null;
  #joins = 0;
  /** @type {unknown} */
  #timer;
  #rejoinedAt = -Infinity;

  /**
   * @param {string} session
   * @param {(command: object) => void} send
   * @param {{ clock: import("./clock.js").Clock, random?: () => number }} parts
   */
  constructor(session, send, { clock, random }) {
    this.#session = session;
    this.#send = send;
    this.#clock = clock;
    this.#position = new Position(session);
    this.#backoff = new Backoff({ first: 50, random });
  }

  /** Whether a `join` was not answered yet. */
  get isJoining() {
    return this.#pending !== null;
  }

  /** The position, or undefined while there is none to trust. */
  get after() {
    return this.#position.after;
  }

  get epoch() {
    return this.#position.epoch;
  }

  /** A connection is open, or what is known has to be asked anew: joins after the position, where there is one. */
  join() {
    this.#stopTimer();
    this.isJoined = false;
    const { after } = this.#position;
    this.#joins += 1;
    this.#pending = `join:${this.#joins}`;
    this.#send({ type: "join", id: this.#pending, session: this.#session, ...(after && { after }) });
  }

  /**
   * Joins in a moment: a server that is wrong must not be hammered.
   */
  joinLater() {
    this.isJoined = false;
    this.#pending = null;
    if (this.#timer !== undefined) return;
    const now = this.#clock.now();
    if (now - this.#rejoinedAt > CALM_MS) this.#backoff.reset();
    this.#rejoinedAt = now;
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = undefined;
      this.join();
    }, this.#backoff.next());
  }

  /** The connection is gone, or nothing is wanted any more. */
  stop() {
    this.#stopTimer();
    this.isJoined = false;
    this.#pending = null;
  }

  /** What was known is not to be resumed. */
  forget() {
    this.#position.forget();
  }

  /**
   * Whether a command's error answers the `join` that is due.
   * @param {import("./index.js").Frame} error
   */
  answers(error) {
    return this.#pending !== null && error.id === this.#pending;
  }

  /**
   * Takes the session's frames of one message. Returns those to apply, in order: log frames and `joined`s, all or none
   * of them.
   * @param {readonly import("./index.js").Frame[]} frames
   */
  accept(frames) {
    let due = frames;
    if (this.#pending !== null) {
      const answer = frames.findIndex((frame) => frame.type === "joined" && frame.id === this.#pending);
      if (answer < 0) return [];
      this.#pending = null;
      this.isJoined = true;
      due = frames.slice(answer);
    } else if (!this.isJoined) {
      return [];
    }
    const applicable = this.#position.accept(due);
    if (applicable === null) this.joinLater();
    return applicable ?? [];
  }

  #stopTimer() {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
