import { element } from "./element.js";
import { GrowingLines } from "./growing-lines.js";

/** Longer code is not highlighted. */
const MAX_HIGHLIGHTED = 60_000;

/** How long the button says that something was copied. */
const SAID_MS = 2_000;

/**
 * A piece of code: its language, a button that copies it, and the text, which grows by appending. When the fence is
 * closed, it is highlighted.
 */
export class CodeBlock {
  #text = "";
  #language;
  #highlighter;
  #code = element("code");
  #lines = new GrowingLines(this.#code);
  #timer = 0;
  #button = element("button", { type: "button", className: "md-copy" }, "Copy");

  /**
   * @param {string} info what stands behind the fence
   * @param {import("./highlighter.js").Highlighter | null} highlighter
   */
  constructor(info, highlighter) {
    this.#language = languageOf(info);
    this.#highlighter = highlighter;
    const name = this.#language === "" ? "Code" : `Code, ${this.#language}`;
    const pre = element("pre", { tabIndex: 0 }, this.#code);
    pre.setAttribute("role", "region");
    pre.setAttribute("aria-label", name);
    this.#button.setAttribute("aria-live", "polite");
    this.#button.addEventListener("click", () => this.#copy());
    this.node = element(
      "div", { className: "md-code" },
      element("div", { className: "md-code-head" },
        element("span", { className: "md-language" }, this.#language),
        this.#button),
      pre);
  }

  /**
   * @param {import("./block.js").Block} block
   * @returns {number} how many characters had to be parsed: none
   */
  show({ text, isOpen }) {
    this.#text = text;
    this.#lines.show(text);
    if (!isOpen) this.#highlight();
    return 0;
  }

  #highlight() {
    if (this.#language === "" || this.#text.length > MAX_HIGHLIGHTED) return;
    this.#highlighter?.highlight(this.node, {
      text: this.#text,
      language: this.#language,
      done: (fragment) => this.#code.replaceChildren(fragment),
    });
  }

  async #copy() {
    let said = "Copied";
    try {
      await navigator.clipboard.writeText(this.#text);
    } catch {
      said = "Not copied"; // The browser did not allow it: without https, or without focus.
    }
    this.#button.textContent = said;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.#button.textContent = "Copy"), SAID_MS);
  }
}

/**
 * The first word behind the fence, as far as it can name a language.
 *
 * @param {string} info
 */
export function languageOf(info) {
  return /^[\w#+.-]{1,30}/.exec(info)?.[0].toLowerCase() ?? "";
}
