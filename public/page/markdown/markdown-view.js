import { Answer } from "./answer.js";
import { GrowingLines } from "./growing-lines.js";

/** How much is read before somebody looks at the clock. */
const PIECE = 4_096;

/** What one frame may be used for, in milliseconds. */
const BUDGET_MS = 10;

/** At least this many times what a rendering cost lies between it and the next. */
const REST = 8;

/** But nobody waits longer for what has come, in milliseconds. */
const MAX_REST_MS = 250;

/** @typedef {import("./libraries.js").Libraries} Libraries */

/**
 * Shows a markdown text that grows. The work is in proportion to the text: it is read once, finished blocks are
 * rendered once, the last one again at most once a frame, less often when that is dear; a long text that is there at
 * once is rendered over several frames. Without the libraries it is shown as it is.
 */
export class MarkdownView {
  #node;
  #rendered;
  /** @type {Libraries | null} */
  #libraries = null;
  /** @type {Answer | null} */
  #answer = null;
  /** @type {GrowingLines | null} */
  #plain = null;
  #text = "";
  #isFinal = false;
  /** How far the answer has read. */
  #read = 0;
  #isFinished = false;
  #isSettled = true;
  #isScheduled = false;
  #hasLeft = false;
  /** Not before this moment (`performance.now()`). */
  #next = 0;

  /**
   * @param {HTMLElement} node an empty element; its content belongs to this view
   * @param {{ libraries?: Libraries | null | Promise<Libraries | null>, rendered?: () => void }} [options]
   *   `libraries` from `loadMarkdown()`: while they are on their way, text is shown as it is; `rendered` is called
   *   after each change of the content, in an animation frame before it is painted
   */
  constructor(node, options = {}) {
    const { libraries = null, rendered = () => {} } = options;
    this.#node = node;
    this.#rendered = rendered;
    if (libraries instanceof Promise) libraries.then((loaded) => this.#use(loaded));
    else this.#use(libraries);
  }

  /** Is everything shown? */
  get isSettled() {
    return this.#isSettled;
  }

  /** What was done so far: characters given to the inline parser, blocks made. */
  get work() {
    return this.#answer?.work ?? { parsed: 0, blocks: 0 };
  }

  /**
   * Shows a text: the last one and what was added to it; any other text starts afresh.
   *
   * @param {string} text
   * @param {{ isFinal?: boolean }} [options] `isFinal`: it will not grow any more
   */
  show(text, options = {}) {
    const { isFinal = false } = options;
    if (text === this.#text && isFinal === this.#isFinal) return;
    const goesOn = !this.#isFinished && text.startsWith(this.#text);
    this.#text = text;
    this.#isFinal = isFinal;
    if (!goesOn) this.#reset();
    this.#isSettled = false;
    this.#schedule();
  }

  /** Nobody will see it any more: what is not shown yet never is. */
  leave() {
    this.#hasLeft = true;
  }

  /** Shows everything now, however long it takes. */
  flush() {
    this.#work(Infinity);
  }

  /** @param {Libraries | null} libraries */
  #use(libraries) {
    this.#libraries = libraries;
    if (libraries === null) return;
    this.#reset();
    if (this.#text !== "") this.#schedule();
  }

  #reset() {
    this.#node.replaceChildren();
    this.#answer = null;
    this.#plain = null;
    this.#read = 0;
    this.#isFinished = false;
    this.#isSettled = false;
  }

  #schedule() {
    if (this.#isScheduled || this.#isSettled || this.#hasLeft) return;
    this.#isScheduled = true;
    const wait = this.#next - performance.now();
    if (wait > 16) setTimeout(() => requestAnimationFrame(() => this.#frame()), wait);
    else requestAnimationFrame(() => this.#frame());
  }

  #frame() {
    this.#isScheduled = false;
    if (this.#hasLeft) return;
    const start = performance.now();
    this.#work(start + BUDGET_MS);
    const end = performance.now();
    this.#next = this.#isSettled ? end + Math.min((end - start) * REST, MAX_REST_MS) : end;
    this.#schedule();
  }

  /** @param {number} deadline in the time of `performance.now()` */
  #work(deadline) {
    if (this.#isSettled) return;
    if (this.#libraries) this.#isSettled = this.#render(this.#libraries, () => performance.now() > deadline);
    else this.#showPlain();
    this.#rendered();
  }

  #showPlain() {
    this.#node.classList.add("md-plain");
    this.#node.classList.remove("md");
    this.#plain ??= new GrowingLines(this.#node);
    this.#plain.show(this.#text);
    this.#isSettled = true;
  }

  /**
   * @param {Libraries} libraries
   * @param {() => boolean} isTimeUp
   * @returns {boolean} everything is shown
   */
  #render(libraries, isTimeUp) {
    this.#node.classList.add("md");
    this.#node.classList.remove("md-plain");
    this.#answer ??= new Answer(this.#node, libraries);
    while (this.#read < this.#text.length) {
      this.#answer.append(this.#text.slice(this.#read, this.#read + PIECE));
      this.#read = Math.min(this.#read + PIECE, this.#text.length);
      if (!this.#answer.render(isTimeUp)) return false;
    }
    if (this.#isFinal && !this.#isFinished) {
      this.#isFinished = true;
      this.#answer.finish();
    }
    return this.#answer.render(isTimeUp);
  }
}
