/**
 * How long something stays that nobody holds, in milliseconds: a component that is mounted again finds it as it was.
 */
const LINGER_MS = 1000;

/**
 * Things that components share: made when the first needs one, ended some time after the last has let go of it.
 *
 * @template Key
 * @template Thing
 */
export class Tenancy {
  /** @type {Map<Key, { thing: Thing, holders: number, timer: ReturnType<typeof setTimeout> | undefined }>} */
  #entries = new Map();
  #isBusy;
  #end;

  /**
   * @param {(thing: Thing) => boolean} isBusy whether it has to stay though nobody holds it
   * @param {(thing: Thing) => void} end
   */
  constructor(isBusy, end) {
    this.#isBusy = isBusy;
    this.#end = end;
  }

  /**
   * What is there, or is made now. It stays for a moment, for whoever means to hold it.
   * @param {Key} key
   * @param {() => Thing} make
   */
  get(key, make) {
    return this.#entry(key, make).thing;
  }

  /**
   * Keeps it. Returns how to let go of it.
   * @param {Key} key
   * @param {() => Thing} make
   */
  hold(key, make) {
    const entry = this.#entry(key, make);
    clearTimeout(entry.timer);
    entry.holders += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      entry.holders -= 1;
      if (entry.holders === 0) this.#linger(key);
    };
  }

  /**
   * @param {Key} key
   * @param {() => Thing} make
   */
  #entry(key, make) {
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { thing: make(), holders: 0, timer: undefined };
      this.#entries.set(key, entry);
      this.#linger(key);
    }
    return entry;
  }

  /** @param {Key} key */
  #linger(key) {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    entry.timer = setTimeout(() => {
      if (this.#isBusy(entry.thing)) return this.#linger(key);
      this.#entries.delete(key);
      this.#end(entry.thing);
    }, LINGER_MS);
  }
}
