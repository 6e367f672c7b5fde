import { MAX_PIECE, pieceEnd } from "./pieces.js";

/**
 * The text of a paragraph, heading or cell in its element. The text grows; what it has been cut into is rendered once,
 * only the last piece again and again.
 */
export class TextBlock {
  #inline;
  #shown = "";
  /** The finished pieces: where they begin and end, and what they became. */
  #pieces = /** @type {{ start: number, end: number, nodes: ChildNode[] }[]} */ ([]);
  #tail = /** @type {ChildNode[]} */ ([]);

  /**
   * @param {HTMLElement} node
   * @param {import("./inline.js").InlineRenderer} inline
   */
  constructor(node, inline) {
    this.node = node;
    this.#inline = inline;
  }

  /**
   * Shows a text. Returns how many characters had to be parsed.
   *
   * @param {string} text
   */
  show(text) {
    if (text === this.#shown) return 0;
    if (!text.startsWith(this.#shown) && !this.#shown.startsWith(text)) this.#forget();
    // A text that became shorter may be cut elsewhere.
    for (let last; (last = this.#pieces.at(-1)) && text.length <= last.start + MAX_PIECE;) {
      remove(last.nodes);
      this.#pieces.pop();
    }
    this.#shown = text;
    return this.#render();
  }

  /** Shows the same text again: a label in it has been defined. */
  showAgain() {
    this.#forget();
    return this.#render();
  }

  #render() {
    remove(this.#tail);
    const text = this.#shown;
    const first = this.#pieces.at(-1)?.end ?? 0;
    for (let start = first; ;) {
      const end = pieceEnd(text, start);
      const nodes = this.#inline.render(text.slice(start, end), this);
      this.node.append(...nodes);
      if (end === text.length) {
        this.#tail = nodes;
        return end - first;
      }
      this.#pieces.push({ start, end, nodes });
      start = end;
    }
  }

  #forget() {
    for (const { nodes } of this.#pieces.splice(0)) remove(nodes);
  }
}

/** @param {ChildNode[]} nodes */
function remove(nodes) {
  for (const node of nodes) node.remove();
}
