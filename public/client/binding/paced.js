import { Emitter } from "../emitter.js";
import { Beat } from "./beat.js";

/**
 * @typedef {import("../index.js").Session} Session
 * @typedef {import("../index.js").SessionSnapshot} SessionSnapshot
 */

/** @type {WeakMap<Session, PacedSession>} */
const known = new WeakMap();

/**
 * The one that all of a page's components share.
 * @param {Session} session
 */
export function paced(session) {
  const before = known.get(session);
  if (before !== undefined) return before;
  const made = new PacedSession(session);
  known.set(session, made);
  return made;
}

/**
 * A session's snapshots at the pace of the screen: whatever comes between two frames is one change, and all who look
 * see the same until the next. What changes nothing is no change.
 */
class PacedSession {
  #session;
  /** @type {Emitter<{ change: null }>} */
  #events = new Emitter();
  #beat = new Beat(() => this.#show());
  /**
   * What is seen. Null: nobody looks.
   * @type {SessionSnapshot | null}
   */
  #shown = null;
  #unsubscribe = () => {};

  /** @param {Session} session */
  constructor(session) {
    this.#session = session;
  }

  /**
   * Returns how to stop.
   * @param {() => void} listener
   */
  subscribe(listener) {
    if (this.#shown === null) {
      this.#shown = this.#session.getSnapshot();
      this.#unsubscribe = this.#session.subscribe(() => this.#beat.ask());
    }
    const stop = this.#events.on("change", () => listener());
    return () => {
      stop();
      if (!this.#events.has("change")) this.#rest();
    };
  }

  getSnapshot() {
    return this.#shown ?? this.#session.getSnapshot();
  }

  #rest() {
    this.#unsubscribe();
    this.#beat.cancel();
    this.#shown = null;
  }

  #show() {
    const now = this.#session.getSnapshot();
    if (this.#shown === null || isSame(this.#shown, now)) return;
    this.#shown = now;
    this.#events.emit("change", null);
  }
}

/**
 * @param {SessionSnapshot} one
 * @param {SessionSnapshot} other
 */
function isSame(one, other) {
  const names = /** @type {(keyof SessionSnapshot)[]} */ (Object.keys(other));
  return names.every((name) => Object.is(one[name], other[name]));
}
