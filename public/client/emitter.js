import { report } from "./errors.js";

/**
 * @typedef {{ call: (event: any) => void }} Entry
 */

/**
 * Who listens to what. Listeners are called in the order in which they came; one that throws disturbs neither the
 * others nor who emits. All hear of events in the order in which those happened: what a listener makes happen is told
 * once everybody has heard of what it was told.
 * @template {Record<string, any>} Events type → event
 */
export class Emitter {
  /** @type {Map<keyof Events, Set<Entry>>} */
  #listeners = new Map();
  /**
   * What is still to be told, and to whom.
   * @type {{ event: any, audience: Entry[], listening: Set<Entry> }[]}
   */
  #due = [];
  #isTelling = false;
  #pauses = 0;

  /**
   * Returns how to stop. The same function may listen twice.
   * @template {keyof Events} Type
   * @param {Type} type
   * @param {(event: Events[Type]) => void} listener
   * @returns {() => void}
   */
  on(type, listener) {
    if (typeof listener !== "function") throw new TypeError("A listener is a function.");
    const entry = { call: listener };
    const entries = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, entries.add(entry));
    return () => {
      entries.delete(entry);
      if (entries.size === 0 && this.#listeners.get(type) === entries) this.#listeners.delete(type);
    };
  }

  /** @param {keyof Events} type */
  has(type) {
    return this.#listeners.has(type);
  }

  /**
   * @template {keyof Events} Type
   * @param {Type} type
   * @param {Events[Type]} event
   */
  emit(type, event) {
    const listening = this.#listeners.get(type);
    if (listening === undefined) return;
    this.#due.push({ event, audience: [...listening], listening });
    this.#tell();
  }

  /** Tells nothing before `resume` was called as often. */
  pause() {
    this.#pauses += 1;
  }

  resume() {
    this.#pauses -= 1;
    this.#tell();
  }

  #tell() {
    if (this.#isTelling || this.#pauses > 0) return;
    this.#isTelling = true;
    for (const { event, audience, listening } of this.#due) { // which may grow
      for (const entry of audience) {
        if (listening.has(entry)) call(entry, event);
      }
    }
    this.#due = [];
    this.#isTelling = false;
  }
}

/**
 * @param {Entry} entry
 * @param {any} event
 */
function call(entry, event) {
  try {
    entry.call(event);
  } catch (error) {
    report(error);
  }
}
