import { button, icon } from "./elements.js";

/** How long it says that it has copied. */
const DONE_MS = 1800;

/** Copies a text, and says so for a moment. */
export class CopyButton {
  #label;
  #text;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {string} label
   * @param {() => string} text asked for when it is pressed
   */
  constructor(label, text) {
    this.#label = label;
    this.#text = text;
    this.node = button(label, { icon: "copy", isIconOnly: true, onclick: () => void this.#copy() });
  }

  leave() {
    clearTimeout(this.#timer);
  }

  async #copy() {
    try {
      await navigator.clipboard.writeText(this.#text());
      this.#show("done", "Copied");
    } catch {
      this.#show("alert", "The browser did not allow it"); // No clipboard without TLS or permission.
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#show("copy", this.#label), DONE_MS);
  }

  /**
   * @param {string} name
   * @param {string} words
   */
  #show(name, words) {
    this.node.replaceChildren(icon(name));
    this.node.setAttribute("aria-label", words);
    this.node.title = words;
  }
}
