import { setText } from "./elements.js";
import { errorWords } from "./error-words.js";

/** What went wrong and belongs to no message: a bar under the head of the page, until it is dismissed. */
export class Notice {
  #node;
  #words;

  /** @param {HTMLElement} node */
  constructor(node) {
    this.#node = node;
    this.#words = node.querySelector("p") ?? node;
    node.querySelector("button")?.addEventListener("click", () => this.hide());
  }

  /** @param {unknown} error */
  show(error) {
    this.#node.hidden = false;
    setText(this.#words, errorWords(error instanceof Error ? error : { message: String(error) }));
  }

  hide() {
    this.#node.hidden = true;
  }
}
