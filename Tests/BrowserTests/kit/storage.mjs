/** A browser's storage in memory; `isBlocked` makes it throw, as where cookies are forbidden. */
export class MemoryStorage {
  #items = new Map();
  isBlocked = false;

  getItem(key) {
    this.#check();
    return this.#items.get(key) ?? null;
  }

  setItem(key, value) {
    this.#check();
    this.#items.set(key, String(value));
  }

  removeItem(key) {
    this.#check();
    this.#items.delete(key);
  }

  /** All that is stored, as one text to look for words in. */
  get everything() {
    return [...this.#items].flat().join("\n");
  }

  #check() {
    if (this.isBlocked) throw new Error("SecurityError");
  }
}

/** Gives modules of the page both storages, new and empty. */
export function freshStorages() {
  globalThis.localStorage = new MemoryStorage();
  globalThis.sessionStorage = new MemoryStorage();
  globalThis.addEventListener ??= () => {};
  return { local: globalThis.localStorage, session: globalThis.sessionStorage };
}
