import { element } from "./element.js";
import { MAX_ENTRIES } from "./parts.js";

/** A list; a long one of the outermost level goes on in the next part, with its numbers. */
export class ListView {
  #block;
  #parts;
  #pieces;
  #count = 0;

  /**
   * @param {import("./block.js").Block} block
   * @param {import("./parts.js").Parts | null} parts null: the list is within another block
   */
  constructor(block, parts) {
    this.#block = block;
    this.#parts = parts;
    this.#pieces = [listElement(block.start)];
    this.node = this.#pieces[0];
  }

  /** @param {Node} item */
  append(item) {
    if (this.#parts && this.#count > 0 && this.#count % MAX_ENTRIES === 0) this.#goOn(this.#parts);
    this.#count += 1;
    this.#pieces.at(-1)?.append(item);
  }

  /** The items stand apart. */
  loosen() {
    for (const piece of this.#pieces) piece.classList.add("md-loose");
  }

  /** @param {import("./parts.js").Parts} parts */
  #goOn(parts) {
    const { start, isLoose } = this.#block;
    const piece = listElement(start === null ? null : start + this.#count);
    this.#pieces.at(-1)?.classList.add("md-goes-on");
    this.#pieces.push(piece);
    if (isLoose) this.loosen();
    parts.begin();
    parts.append(piece);
  }
}

/** @param {number | null} start */
function listElement(start) {
  if (start === null) return element("ul");
  const list = element("ol");
  if (start !== 1) list.start = start;
  return list;
}
