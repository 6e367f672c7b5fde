/**
 * @typedef {import("./index.js").SessionEvent} SessionEvent
 */

/** Events that are kept for who is slow to ask for the next. */
const LIMIT = 1000;

/**
 * Iterates over a session's events from now on. Whoever is too slow gets a single `replaced` for all that was missed.
 * @implements {AsyncIterator<SessionEvent>}
 */
export class Backlog {
  /** @type {SessionEvent[]} */
  #events = [];
  /** @type {((result: IteratorResult<SessionEvent>) => void)[]} */
  #waiting = [];
  #isOver = false;
  #left;

  /** @param {(backlog: Backlog) => void} left told when whoever iterates has had enough */
  constructor(left) {
    this.#left = left;
  }

  /** @param {SessionEvent} event */
  push(event) {
    const resolve = this.#waiting.shift();
    if (resolve !== undefined) resolve({ value: event, done: false });
    else if (this.#events.push(event) > LIMIT) this.#events = [{ type: "replaced" }];
  }

  /** @returns {Promise<IteratorResult<SessionEvent>>} */
  async next() {
    const event = this.#events.shift();
    if (event !== undefined) return { value: event, done: false };
    if (this.#isOver) return { value: undefined, done: true };
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }

  /** @returns {Promise<IteratorResult<SessionEvent>>} */
  async return() {
    this.#left(this);
    this.#events = [];
    this.end();
    return { value: undefined, done: true };
  }

  /** Nothing more will come. */
  end() {
    this.#isOver = true;
    for (const resolve of this.#waiting.splice(0)) resolve({ value: undefined, done: true });
  }
}
