import { normalLabel } from "./definitions.js";

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
   * @type {Map<string, Set<import("./text-block.js").Piece>>}
   */
  #waiting = new Map();
  /** @type {import("./text-block.js").Piece | null} */
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
   * @param {import("./text-block.js").Piece} reader
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
   * @returns {Iterable<import("./text-block.js").Piece>} the readers that have been waiting for it
   */
  define({ label, href, title }) {
    if (label in this.#known || this.#count >= MAX_DEFINITIONS) return [];
    this.#known[label] = { href, title };
    this.#count += 1;
    const readers = this.#waiting.get(label) ?? [];
    this.#waiting.delete(label);
    return readers;
  }

  /**
   * @param {string} label
   * @param {import("./text-block.js").Piece} reader
   */
  #wait(label, reader) {
    const readers = this.#waiting.get(label) ?? new Set();
    // The last piece of a text that grows is made anew each time, and would be kept here each time.
    for (const each of readers) if (each.isGone) readers.delete(each);
    readers.add(reader);
    this.#waiting.set(label, readers);
  }
}
