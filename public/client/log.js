import { isLogFrame, isTerminal } from "./frames.js";
import { Subscription } from "./subscription.js";
import { Transcript } from "./transcript.js";
import { Turn } from "./turn.js";

/**
 * @typedef {import("./index.js").Frame} Frame
 *
 * @typedef {object} Listener
 * @property {(told: Turn, isSameEpoch: boolean) => Turn | undefined} shown the log shows a request, in the epoch of
 *   before or another; gives its turn, where this tab asked it
 * @property {(turn: Turn) => void} began another tab asked
 * @property {(turn: Turn, delta: Frame) => void} said
 * @property {(turn: Turn) => void} settled
 * @property {() => void} resumed what was missed follows
 * @property {(isSameEpoch: boolean) => boolean} replaced a snapshot came; says whether it may be too old to show all
 *   that has happened
 * @property {(tabs: unknown) => void} joined after either
 * @property {() => void} unanswered the answer to a `join` was lost, and it was sent again
 * @property {() => void} caughtUp all is here that was in the log when it was resumed
 */

/** A session's log as this tab has it: the subscription that brings it, and the transcript that it makes. */
export class Log {
  transcript = new Transcript();
  #subscription;
  #listener;
  /**
   * The epoch of the transcript.
   * @type {string | null}
   */
  #epoch = null;
  /**
   * The `seq` of its head when it was resumed, until that is reached.
   * @type {number | null}
   */
  #head = null;

  /**
   * @param {string} session
   * @param {import("./wire.js").Wire} wire
   * @param {Listener} listener
   */
  constructor(session, wire, listener) {
    this.#subscription = new Subscription(session, wire, () => listener.unanswered());
    this.#listener = listener;
  }

  get isJoined() {
    return this.#subscription.isJoined;
  }

  get isJoining() {
    return this.#subscription.isJoining;
  }

  /** Null while there is none to trust. */
  get position() {
    return this.#subscription.after ?? null;
  }

  /** The epoch of the subscription. */
  get epoch() {
    return this.#subscription.epoch;
  }

  /** A connection is open, or what is known has to be asked anew. */
  join() {
    this.#subscription.join();
  }

  /** In a moment. */
  joinLater() {
    this.#subscription.joinLater();
  }

  /**
   * Whether a command's error answers the `join` that is due.
   * @param {Frame} error
   */
  answers(error) {
    return this.#subscription.answers(error);
  }

  /** The connection is gone. */
  lost() {
    this.#subscription.stop();
    this.#head = null;
  }

  /**
   * Nothing more will come of it, and what is known is not to be resumed.
   * @param {import("./errors.js").TributaryError} error
   */
  close(error) {
    this.lost();
    this.#subscription.forget();
    for (const turn of this.transcript.interrupt(error)) this.#listener.settled(turn);
  }

  /**
   * Takes the session's frames of one message, in order. Either all of its log frames are applied, or none.
   * @param {readonly Frame[]} frames
   * @param {(frame: Frame) => void} other takes those without a place in the log, in their turn
   */
  received(frames, other) {
    const applicable = this.#subscription.accept(frames);
    let next = 0;
    for (const frame of frames) {
      if (frame === applicable[next]) {
        next += 1;
        this.#apply(frame);
      } else if (!isLogFrame(frame) && frame.type !== "joined") {
        other(frame);
      }
    }
    if (this.#head === null || (this.position?.seq ?? -1) < this.#head) return;
    this.#head = null;
    this.#listener.caughtUp();
  }

  /** @param {Frame} frame */
  #apply(frame) {
    if (frame.type === "joined") {
      this.#joined(frame);
    } else if (frame.type === "request") {
      const told = new Turn(frame.request);
      told.ask(frame);
      const own = this.#listener.shown(told, true);
      this.transcript.begin(frame, own ?? told);
      if (own === undefined) this.#listener.began(told);
    } else {
      const turn = this.transcript.apply(frame);
      if (turn === null) return;
      if (frame.type === "delta") this.#listener.said(turn, frame);
      if (isTerminal(frame.type)) this.#listener.settled(turn);
    }
  }

  /** @param {Frame} joined */
  #joined({ recovered, epoch, seq, snapshot, tabs }) {
    let isDoubtful = false;
    if (recovered) {
      this.#head = seq;
      this.#listener.resumed();
    } else {
      const isSameEpoch = epoch === this.#epoch;
      const own = (/** @type {Turn} */ told) => this.#listener.shown(told, isSameEpoch);
      const settled = this.transcript.replace(snapshot ?? {}, isSameEpoch, own);
      this.#epoch = epoch;
      this.#head = null;
      isDoubtful = this.#listener.replaced(isSameEpoch);
      for (const turn of settled) this.#listener.settled(turn);
    }
    this.#listener.joined(tabs);
    if (isDoubtful) this.join(); // the answer says where the log's head is
  }
}
