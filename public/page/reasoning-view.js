import { element, setText } from "./elements.js";
import { fold } from "./fold.js";
import { GrowingText } from "./growing-text.js";
import { seconds } from "./numbers.js";
import { everySecond } from "./ticker.js";

/** @typedef {import("./thinking.js").Span} Span */

/** What a model thought before it spoke, folded away; its summary counts the seconds while that goes on. */
export class ReasoningView {
  #words = element("span", { className: "words" });
  #text;
  /** @type {Span | undefined} */
  #span;
  #isThinking = false;
  /** @type {(() => void) | undefined} */
  #stopCounting;

  constructor() {
    const body = element("div", { className: "plain", dataset: { part: "reasoning" } });
    this.#text = new GrowingText(body);
    this.node = fold(this.#words, body);
  }

  /**
   * @param {string} text
   * @param {{ isThinking: boolean, span: Span | undefined }} state
   */
  show(text, { isThinking, span }) {
    this.#text.show(text);
    this.#isThinking = isThinking;
    this.#span = span;
    if (isThinking) this.#stopCounting ??= everySecond(() => this.#count());
    else this.leave();
    this.#count();
  }

  /** It is shown no more, or changes no more. */
  leave() {
    this.#stopCounting?.();
    this.#stopCounting = undefined;
  }

  #count() {
    setText(this.#words, reasoningWords(this.#isThinking, this.#span, performance.now()));
  }
}

/**
 * @param {boolean} isThinking
 * @param {Span | undefined} span
 * @param {number} now
 */
export function reasoningWords(isThinking, span, now) {
  if (span === undefined) return isThinking ? "Thinking …" : "Reasoning";
  const ms = (isThinking ? now : span.to ?? now) - span.from;
  if (ms < 1000) return isThinking ? "Thinking …" : "Thought for less than a second";
  return isThinking ? `Thinking … ${seconds(ms)}` : `Thought for ${seconds(ms)}`;
}
