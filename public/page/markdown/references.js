import { normalLabel } from "./definitions.js";

/** @typedef {import("./text-block.js").Piece} Piece */

/** More definitions than this in one answer are forgotten: the inline parser walks through all of them. */
const MAX_DEFINITIONS = 1_000;

/**
 * The reference definitions of one answer. A text that names a label before it is defined waits for it: the definition
 * may come later.
 */
export class References {
  /** @type {Record<string, { href: string, title: string | null }>} */
  #known = Object.create(null);
  #count = 0;
  /**
   * Who waits for a label.
   *
   * @type {Map<string, Queue>}
   */
  #waiting = new Map();
  /** @type {Piece | null} */
  #reader = null;

  /** What the inline parser looks labels up in; a label that is not there is noted down for the reader. */
  links = new Proxy(this.#known, {
    get: (known, name) => {
      const label = normalLabel(String(name));
      if (!(label in known) && this.#reader) this.#wait(label, this.#reader);
      return known[label];
    },
  });

  /**
   * While `read` runs, `reader` is the one who asks.
   *
   * @template T
   * @param {Piece} reader
   * @param {() => T} read
   * @returns {T}
   */
  readFor(reader, read) {
    this.#reader = reader;
    try {
      return read();
    } finally {
      this.#reader = null;
    }
  }

  /**
   * The first definition of a label counts.
   *
   * @param {{ label: string, href: string, title: string | null }} definition
   * @returns {Iterable<Piece>} the readers that have been waiting for it
   */
  define({ label, href, title }) {
    if (label in this.#known || this.#count >= MAX_DEFINITIONS) return [];
    this.#known[label] = { href, title };
    this.#count += 1;
    const readers = this.#waiting.get(label)?.present ?? [];
    this.#waiting.delete(label);
    return readers;
  }

  /**
   * @param {string} label
   * @param {Piece} reader
   */
  #wait(label, reader) {
    const queue = this.#waiting.get(label) ?? new Queue();
    queue.add(reader);
    this.#waiting.set(label, queue);
  }
}

/**
 * Who waits for one label. The last piece of a text that grows is made anew each time, and would be kept each time: as
 * often as their number has doubled, those that are gone are let go.
 */
class Queue {
  /** @type {Set<Piece>} */
  #readers = new Set();
  /** So many are looked through. */
  #many = 2;

  /** @param {Piece} reader */
  add(reader) {
    this.#readers.add(reader);
    if (this.#readers.size < this.#many) return;
    this.#readers = new Set(this.present);
    this.#many = 2 * Math.max(1, this.#readers.size);
  }

  get present() {
    return [...this.#readers].filter(({ isGone }) => !isGone);
  }
}
