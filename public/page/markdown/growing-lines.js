import { element } from "./element.js";

/** A run ends with the first line that ends after so many characters. */
const RUN = 4_000;

/**
 * A text that grows by appending and keeps its lines as they are (white space is the stylesheet's part). It is cut into
 * runs of lines, each a block of its own, so that the browser lays out the last one again and leaves the others alone.
 */
export class GrowingLines {
  #node;
  #shown = 0;
  #inRun = 0;
  /** @type {Text | null} */
  #last = null;

  /** @param {HTMLElement} node its content belongs to this */
  constructor(node) {
    this.#node = node;
  }

  /** @param {string} text all of it: what was shown and more */
  show(text) {
    while (this.#shown < text.length) {
      this.#last ??= this.#newRun();
      const end = text.indexOf("\n", Math.max(this.#shown, this.#shown - this.#inRun + RUN));
      const upTo = end === -1 ? text.length : end + 1;
      this.#last.appendData(text.slice(this.#shown, upTo));
      this.#inRun += upTo - this.#shown;
      this.#shown = upTo;
      if (end !== -1) this.#last = null;
    }
  }

  #newRun() {
    const text = document.createTextNode("");
    this.#node.append(element("span", { className: "md-lines" }, text));
    this.#inRun = 0;
    return text;
  }
}
