import { element } from "./element.js";

/** A part is full with so many blocks. */
const FULL = 40;

/** A list or table goes on in the next part after so many items or rows. */
export const MAX_ENTRIES = 100;

/**
 * The parts of a long answer, one element each: the browser skips those that are far from being seen, and lays out only
 * the last one again when something is added.
 */
export class Parts {
  #root;
  /** @type {HTMLElement | null} */
  #last = null;
  #weight = 0;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
  }

  /** One more block is on its way, at whatever depth. */
  weigh() {
    this.#weight += 1;
  }

  /** @param {Node} node a block of the outermost level */
  append(node) {
    const part = this.#last === null || this.#weight > FULL ? this.begin() : this.#last;
    part.append(node);
  }

  /** What comes next goes into a new part. */
  begin() {
    const part = element("div", { className: "md-part" });
    this.#last = part;
    this.#weight = 0;
    this.#root.append(part);
    return part;
  }
}
