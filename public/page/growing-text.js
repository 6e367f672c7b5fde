/**
 * An element that shows a text which only grows: what is new becomes part of its last text node, and what the browser
 * has already laid out is left alone. A text that does not go on where the last one ended is shown afresh.
 */
export class GrowingText {
  #shown = "";

  /** @param {HTMLElement} node */
  constructor(node) {
    this.node = node;
  }

  /** @param {string} text */
  show(text) {
    if (text === this.#shown) return;
    if (text.startsWith(this.#shown)) this.node.append(text.slice(this.#shown.length));
    else this.node.textContent = text;
    this.#shown = text;
  }
}
