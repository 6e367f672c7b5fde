import { report } from "./errors.js";

/**
 * Who listens to what. Listeners are called in the order in which they came; one that throws disturbs neither the
 * others nor who emits.
 * @template {Record<string, any>} Events type → event
 */
export class Emitter {
  /** @type {Map<keyof Events, Set<{ call: (event: any) => void }>>} */
  #listeners = new Map();

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
    const entries = this.#listeners.get(type);
    if (entries === undefined) return;
    for (const entry of [...entries]) {
      try {
        entry.call(event);
      } catch (error) {
        report(error);
      }
    }
  }
}
