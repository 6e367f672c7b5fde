/**
 * JSON in one of the browser's storages. Where that is blocked or full, things are remembered until the page is left,
 * and nobody is told: nothing here is worth a message.
 *
 * @template Value
 */
export class Stored {
  #storage;
  #key;
  /** @type {Value | undefined} what could not be stored */
  #kept;

  /**
   * @param {"localStorage" | "sessionStorage"} storage
   * @param {string} key
   */
  constructor(storage, key) {
    this.#storage = storage;
    this.#key = key;
  }

  /** What is there, whatever it is: it may have been written by another version of this page, or by hand. */
  read() {
    if (this.#kept !== undefined) return this.#kept;
    try {
      return JSON.parse(globalThis[this.#storage].getItem(this.#key) ?? "null");
    } catch {
      return null; // Blocked, or not JSON: as if there were nothing.
    }
  }

  /** @param {Value} value */
  write(value) {
    try {
      globalThis[this.#storage].setItem(this.#key, JSON.stringify(value));
      this.#kept = undefined;
    } catch {
      this.#kept = value; // Blocked or full.
    }
  }

  remove() {
    this.#kept = undefined;
    try {
      globalThis[this.#storage].removeItem(this.#key);
    } catch {
      // Blocked: nothing was stored.
    }
  }

  /**
   * Calls when another tab has written. Returns how to stop.
   *
   * @param {() => void} listener
   */
  onForeignChange(listener) {
    /** @param {StorageEvent} event */
    const changed = (event) => {
      if (event.key === this.#key || event.key === null) listener();
    };
    addEventListener("storage", changed);
    return () => removeEventListener("storage", changed);
  }
}
