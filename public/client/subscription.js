import { Backoff } from "./backoff.js";
import { Doubt } from "./doubt.js";
import { Position } from "./position.js";

/** Rejoining less often than this is no hammering: the next wait is the shortest again. */
const CALM_MS = 60_000;

/**
 * A tab's subscription to a session: joins, joins again where what came does not continue the log, or no answer does,
 * and keeps the position. From the moment a `join` is sent until its answer, nothing of the session's log counts.
 */
export class Subscription {
  isJoined = false;
  #session;
  #wire;
  #position;
  #backoff;
  #doubt;
  /**
   * The id of the `join` that was not answered yet.
   * @type {string | null}
   */
  #pending = null;
  /**
   * Set while it waits to join.
   * @type {unknown}
   */
  #timer;
  #rejoinedAt = -Infinity;

  /**
   * @param {string} session
   * @param {import("./wire.js").Wire} wire
   * @param {() => void} unanswered told that an answer was lost, and it joins again
   */
  constructor(session, wire, unanswered) {
    this.#session = session;
    this.#wire = wire;
    this.#position = new Position(session);
    this.#backoff = new Backoff({ first: 50, random: wire.random });
    this.#doubt = new Doubt(wire, {
      unanswered: () => (this.#pending === null ? [] : [this.#pending]),
      lost: () => {
        this.join();
        unanswered();
      },
    });
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
    this.stop();
    const { after } = this.#position;
    this.#pending = this.#wire.joinId();
    this.#wire.send({ type: "join", id: this.#pending, session: this.#session, ...(after && { after }) });
    this.#doubt.begin();
  }

  /** Joins in a moment: a server that is wrong must not be hammered. */
  joinLater() {
    this.isJoined = false;
    this.#answered();
    if (this.#timer !== undefined) return;
    const now = this.#wire.clock.now();
    if (now - this.#rejoinedAt > CALM_MS) this.#backoff.reset();
    this.#rejoinedAt = now;
    this.#timer = this.#wire.clock.setTimeout(() => this.join(), this.#backoff.next());
  }

  /** The connection is gone, or nothing is wanted any more. */
  stop() {
    this.isJoined = false;
    this.#answered();
    this.#wire.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
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
      this.#answered();
      this.#doubt.settle();
      this.isJoined = true;
      due = frames.slice(answer);
    } else if (!this.isJoined) {
      return [];
    }
    const applicable = this.#position.accept(due);
    if (applicable === null) this.joinLater();
    return applicable ?? [];
  }

  /** No answer to a `join` is waited for. */
  #answered() {
    this.#pending = null;
    this.#doubt.end();
  }
}
