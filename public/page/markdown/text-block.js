import { element } from "./element.js";
import { MAX_PIECE, pieceEnd } from "./pieces.js";

/** So many pieces are laid out together; a longer text is broken after them, and goes on in a run of its own. */
const PIECES_IN_RUN = 4;

/**
 * One piece of a text: what has been made of it. It is asked to render itself again when a label in it is defined.
 */
export class Piece {
  #inline;
  #isGone = false;
  /** @type {ChildNode[]} */
  #nodes = [];

  /**
   * @param {import("./inline.js").InlineRenderer} inline
   * @param {string} text
   * @param {number} start where it begins in the whole text
   */
  constructor(inline, text, start) {
    this.#inline = inline;
    this.text = text;
    this.start = start;
  }

  get isGone() {
    return this.#isGone;
  }

  get end() {
    return this.start + this.text.length;
  }

  /** @param {HTMLElement} node its last child so far is what comes before this piece */
  appendTo(node) {
    this.#nodes = this.#inline.render(this.text, this);
    node.append(...this.#nodes);
  }

  /** @returns {number} how many characters had to be parsed */
  renderAgain() {
    if (this.#isGone || this.#nodes.length === 0) return 0;
    const [first, ...others] = this.#nodes;
    this.#nodes = this.#inline.render(this.text, this);
    first.replaceWith(...this.#nodes);
    for (const other of others) other.remove();
    return this.text.length;
  }

  remove() {
    this.#isGone = true;
    for (const node of this.#nodes) node.remove();
  }
}

/**
 * The text of a paragraph, heading or cell in its element. The text grows; what it has been cut into is rendered once,
 * only the last piece again and again.
 */
export class TextBlock {
  #inline;
  #shown = "";
  /** @type {Piece[]} */
  #pieces = [];
  /**
   * Where pieces are, from the fifth on, four in each.
   *
   * @type {HTMLElement[]}
   */
  #runs = [];

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
    const isOther = !text.startsWith(this.#shown) && !this.#shown.startsWith(text);
    // What was the last piece may be longer now; a text that has become shorter may be cut elsewhere.
    const kept = isOther ? 0 : this.#pieces.findIndex(({ start }) => text.length <= start + MAX_PIECE);
    for (const piece of this.#pieces.splice(kept === -1 ? this.#pieces.length - 1 : kept)) piece.remove();
    this.#dropEmptyRuns();
    this.#shown = text;
    const first = this.#pieces.at(-1)?.end ?? 0;
    for (let start = first; start < text.length;) {
      const piece = new Piece(this.#inline, text.slice(start, pieceEnd(text, start)), start);
      this.#pieces.push(piece);
      piece.appendTo(this.#lastRun());
      start = piece.end;
    }
    return text.length - first;
  }

  /** Where the last piece is. */
  #lastRun() {
    const count = Math.ceil(this.#pieces.length / PIECES_IN_RUN) - 1;
    if (count > this.#runs.length) {
      const run = element("span", { className: "md-run" });
      this.#runs.push(run);
      this.node.append(run);
    }
    return this.#runs.at(-1) ?? this.node;
  }

  #dropEmptyRuns() {
    const count = Math.max(0, Math.ceil(this.#pieces.length / PIECES_IN_RUN) - 1);
    for (const run of this.#runs.splice(count)) run.remove();
  }

  /** Nothing of it will be shown any more. */
  remove() {
    for (const piece of this.#pieces.splice(0)) piece.remove();
  }
}
