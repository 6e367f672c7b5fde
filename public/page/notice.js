import { setText } from "./elements.js";
import { errorWords } from "./error-words.js";

/** What went wrong and belongs to no message: a bar under the head of the page, until it is dismissed. */
export class Notice {
  #node;
  #words;
  #left;
  #isOfConnection = false;

  /**
   * @param {HTMLElement} node
   * @param {() => void} left it has gone with the focus on it, which has to go somewhere
   */
  constructor(node, left) {
    this.#node = node;
    this.#left = left;
    this.#words = node.querySelector("p") ?? node;
    node.querySelector("button")?.addEventListener("click", () => this.hide());
  }

  /**
   * @param {unknown} error
   * @param {boolean} [isOfConnection] it is over when there is a connection anew
   */
  show(error, isOfConnection = false) {
    this.#isOfConnection = isOfConnection;
    this.#node.hidden = false;
    setText(this.#words, errorWords(error instanceof Error ? error : { message: String(error) }));
  }

  /** There is a connection. */
  connected() {
    if (this.#isOfConnection) this.hide();
  }

  hide() {
    const hadFocus = this.#node.contains(document.activeElement);
    this.#node.hidden = true;
    if (hadFocus) this.#left();
  }
}
