import { isLogFrame, isTerminal } from "./frames.js";

/**
 * @typedef {import("./index.js").Frame} Frame
 * @typedef {import("./frames.js").LogFrame} LogFrame
 */

/**
 * A tab's place in a session's log, and the proof that nothing was lost, doubled or reordered on the way to it
 * (docs/protocol.md, "Merging"). Pure: messages in, verdicts out.
 */
export class Position {
  #session;
  /** @type {string | null} */
  #epoch = null;
  #seq = 0;
  /**
   * Running request → the `n` that its next frame must begin with.
   * @type {Map<string, number>}
   */
  #expected = new Map();

  /** @param {string} session */
  constructor(session) {
    this.#session = session;
  }

  /** `{epoch, seq}` for `join … after`, or undefined while there is no position to trust. */
  get after() {
    return this.#epoch === null ? undefined : { epoch: this.#epoch, seq: this.#seq };
  }

  get epoch() {
    return this.#epoch;
  }

  /** Trust nothing any more: log frames are ignored until a `joined` says where we are. */
  forget() {
    this.#epoch = null;
    this.#expected.clear();
  }

  /**
   * Checks all frames of one message, and takes the position to its end.
   * Returns the frames to apply, in order: the session's log frames and `joined`s. Returns null where the message does
   * not continue the log; then the position is forgotten, and nothing of the message may be applied.
   * @param {readonly Frame[]} frames
   * @returns {Frame[] | null}
   */
  accept(frames) {
    const applicable = [];
    let advance = new Advance(this.#seq);
    for (const frame of frames) {
      if (frame.session !== this.#session) continue;
      if (frame.type === "joined") {
        if (!advance.isWhole || !this.#restart(frame)) return this.#gap();
        advance = new Advance(this.#seq);
        applicable.push(frame);
      } else if (isLogFrame(frame) && this.#epoch !== null) {
        if (!advance.take(frame) || !this.#follows(frame)) return this.#gap();
        applicable.push(frame);
      }
      this.#seq = advance.seq;
    }
    return advance.isWhole ? applicable : this.#gap();
  }

  /**
   * A `joined` keeps the position (`recovered`) or sets a new one. False where it recovered what we do not have.
   * @param {Frame} joined
   */
  #restart(joined) {
    if (joined.recovered) return joined.epoch === this.#epoch && joined.seq >= this.#seq;
    this.#epoch = joined.epoch;
    this.#seq = joined.seq;
    this.#expected.clear();
    for (const { request, n } of joined.snapshot?.requests ?? []) this.#expected.set(request, n + 1);
    return true;
  }

  /**
   * Density in one request. Of a request that is new to us any first `n` will do: the sum guards the rest.
   * @param {LogFrame} frame
   */
  #follows({ type, request, n, from = n }) {
    const expected = this.#expected.get(request);
    if (expected !== undefined && expected !== from) return false;
    if (isTerminal(type)) this.#expected.delete(request);
    else this.#expected.set(request, n + 1);
    return true;
  }

  #gap() {
    this.forget();
    return null;
  }
}

/** Σ (n − from + 1) over a message's frames must equal the advance of `seq`, which only rises. */
class Advance {
  #start;
  #entries = 0;

  /** @param {number} seq */
  constructor(seq) {
    this.#start = seq;
    this.seq = seq;
  }

  /** @param {LogFrame} frame */
  take({ seq, n, from = n }) {
    if (seq <= this.seq || from > n) return false;
    this.seq = seq;
    this.#entries += n - from + 1;
    return true;
  }

  get isWhole() {
    return this.#entries === this.seq - this.#start;
  }
}
