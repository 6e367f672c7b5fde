/**
 * An element that shows a text which only grows: it is one text node, to which what is new is added, and what the
 * browser has already laid out is left alone. A text that does not go on where the last one ended is shown afresh.
 */
export class GrowingText {
  #shown = "";
  /** @type {Text | null} */
  #last = null;

  /** @param {HTMLElement} node its content belongs to this */
  constructor(node) {
    this.node = node;
  }

  /** @param {string} text */
  show(text) {
    if (text === this.#shown) return;
    if (this.#last !== null && text.startsWith(this.#shown)) {
      this.#last.appendData(text.slice(this.#shown.length));
    } else {
      this.#last = document.createTextNode(text);
      this.node.replaceChildren(this.#last);
    }
    this.#shown = text;
  }
}
