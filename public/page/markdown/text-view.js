import { element } from "./element.js";
import { TextBlock } from "./text-block.js";

/** The page has its own headings above an answer's. */
const FIRST_LEVEL = 3;
const LAST_LEVEL = 6;

const TASK = /^\[([ xX])\][ \t\n]+(?=\S)/;

/** A heading, on a level below the page's own. */
export class HeadingView {
  #text;

  /**
   * @param {import("./block.js").Block} block
   * @param {import("./inline.js").InlineRenderer} inline
   */
  constructor({ level }, inline) {
    this.node = element(`h${Math.min(level + FIRST_LEVEL - 1, LAST_LEVEL)}`);
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

  /** A checkbox that only shows. */
  #addBox(isDone) {
    this.#box = element("input", { type: "checkbox", checked: isDone, disabled: true });
    this.#box.setAttribute("aria-label", isDone ? "Done" : "Not done");
    this.node.prepend(this.#box, " ");
    this.node.parentElement?.classList.add("md-task");
  }
}
