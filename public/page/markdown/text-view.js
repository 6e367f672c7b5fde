import { element } from "./element.js";
import { TextBlock } from "./text-block.js";

const TASK = /^\[([ xX])\][ \t\n]+(?=\S)/;

/** A heading. */
export class HeadingView {
  #text;

  /**
   * @param {number} level where it stands on the page
   * @param {import("./inline.js").InlineRenderer} inline
   */
  constructor(level, inline) {
    this.node = element(/** @type {"h6"} */ (`h${level}`));
    this.#text = new TextBlock(this.node, inline);
  }

  /**
   * @param {import("./block.js").Block} block
   * @returns {number} how many characters had to be parsed
   */
  show({ text, isUnderlined }) {
    const trimmed = text.trim();
    return this.#text.show(isUnderlined ? trimmed : trimmed.replace(/(?:^|[ \t])#+$/, "").trimEnd());
  }
}

/** A paragraph. The first one of a list item may say that the item is a task, done or not. */
export class ParagraphView {
  #text;
  #mayBeTask;
  /** @type {HTMLElement | null} */
  #box = null;

  /**
   * @param {import("./block.js").Block} block
   * @param {import("./inline.js").InlineRenderer} inline
   */
  constructor({ parent }, inline) {
    this.node = element("p");
    this.#text = new TextBlock(this.node, inline);
    this.#mayBeTask = parent?.kind === "item" && parent.count === 1;
  }

  /**
   * @param {import("./block.js").Block} block
   * @returns {number} how many characters had to be parsed
   */
  show({ text }) {
    const task = this.#mayBeTask ? TASK.exec(text) : null;
    if (task === null) return this.#text.show(text.trimEnd());
    if (this.#box === null) this.#addBox(task[1] !== " ");
    return this.#text.show(text.slice(task[0].length).trimEnd());
  }

  /** It was none. */
  remove() {
    this.#text.remove();
    this.node.remove();
  }

  /**
   * A checkbox that only shows.
   *
   * @param {boolean} isDone
   */
  #addBox(isDone) {
    const box = element("input", { type: "checkbox", checked: isDone, disabled: true });
    box.setAttribute("aria-label", isDone ? "Done" : "Not done");
    this.#box = box;
    this.node.prepend(box, " ");
    this.node.parentElement?.classList.add("md-task");
  }
}
