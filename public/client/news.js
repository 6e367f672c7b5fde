import { Backlog } from "./backlog.js";
import { Emitter } from "./emitter.js";

/**
 * @typedef {import("./index.js").SessionEvent} SessionEvent
 */

/** What happens in a session: noted as a message is taken in, and told once all of it was. */
export class News {
  /** @type {Emitter<{ [Type in SessionEvent["type"]]: Extract<SessionEvent, { type: Type }> }>} */
  #listeners = new Emitter();
  /** @type {Set<Backlog>} */
  #backlogs = new Set();
  /** @type {SessionEvent[]} */
  #noted = [];
  #isOver = false;

  /** @param {SessionEvent} event */
  note(event) {
    this.#noted.push(event);
  }

  /**
   * Whether anybody wants to know of such an event.
   * @param {SessionEvent["type"]} type
   */
  matters(type) {
    return this.#backlogs.size > 0 || this.#listeners.has(type);
  }

  /** Tells what was noted, and that something has changed. */
  tell() {
    const events = this.#noted;
    this.#noted = [];
    events.push({ type: "change" });
    for (const backlog of this.#backlogs) {
      for (const event of events) backlog.push(event);
    }
    for (const event of events) this.#listeners.emit(event.type, /** @type {any} */ (event));
  }

  /**
   * @template {SessionEvent["type"]} Type
   * @param {Type} type
   * @param {(event: Extract<SessionEvent, { type: Type }>) => void} listener
   */
  on(type, listener) {
    return this.#listeners.on(type, listener);
  }

  /** Iterates over all from now on. */
  iterate() {
    const backlog = new Backlog((left) => void this.#backlogs.delete(left));
    if (this.#isOver) backlog.end();
    else this.#backlogs.add(backlog);
    return backlog;
  }

  /** Whoever iterates will hear no more. */
  end() {
    this.#isOver = true;
    for (const backlog of this.#backlogs) backlog.end();
    this.#backlogs.clear();
  }
}
