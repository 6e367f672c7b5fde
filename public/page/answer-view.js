import { element, setText } from "./elements.js";
import { GrowingText } from "./growing-text.js";
import { ReasoningView } from "./reasoning-view.js";
import { ToolCallView } from "./tool-call-view.js";

/**
 * @typedef {import("../client/index.js").Choice} Choice
 * @typedef {import("./thinking.js").Span} Span
 * @typedef {{ isLive: boolean, span: Span | undefined }} AnswerState
 * @typedef {{ node: HTMLElement, show(text: string, state: { isFinal: boolean }): void, leave?(): void }} TextView
 */

/** One answer of a turn: reasoning, text, refusal, tool calls. Each part appears with its content, in this order. */
export class AnswerView {
  #newText;
  #title = element("h2");
  /** @type {ReasoningView | undefined} */
  #reasoning;
  /** @type {TextView | undefined} */
  #text;
  /** @type {GrowingText | undefined} */
  #refusal;
  /** @type {ToolCallView[]} */
  #calls = [];

  /** @param {(node: HTMLElement) => TextView} newText makes what shows Markdown in a node */
  constructor(newText) {
    this.#newText = newText;
    this.node = element("div", { className: "answer" }, this.#title);
  }

  /**
   * Its heading: for ears alone where there is one answer.
   *
   * @param {string} title
   */
  set title(title) {
    setText(this.#title, title);
    this.#title.className = title === "Answer" ? "unseen" : "";
  }

  /**
   * @param {Choice} choice
   * @param {AnswerState} state
   */
  show({ reasoning, text, refusal, toolCalls }, { isLive, span }) {
    if (reasoning !== "") {
      const hasSpoken = text !== "" || refusal !== "" || toolCalls.length > 0;
      this.#reasoning ??= this.#add(new ReasoningView(), 0);
      this.#reasoning.show(reasoning, { isThinking: isLive && !hasSpoken, span });
    }
    if (text !== "") {
      this.#text ??= this.#add(this.#newText(partNode("text", "text")), 1);
      this.#text.show(text, { isFinal: !isLive });
    }
    if (refusal !== "") {
      this.#refusal ??= this.#add(new GrowingText(partNode("refusal", "plain refusal")), 2);
      this.#refusal.show(refusal);
    }
    toolCalls.forEach((call, index) => {
      this.#calls[index] ??= this.#add(new ToolCallView(), 3);
      this.#calls[index].show(call, !isLive);
    });
  }

  leave() {
    this.#reasoning?.leave();
    this.#text?.leave?.();
  }

  /**
   * Puts a part behind those that come before it.
   *
   * @template {{ node: HTMLElement }} Part
   * @param {Part} part
   * @param {number} rank
   */
  #add(part, rank) {
    part.node.dataset.rank = String(rank);
    const parts = /** @type {HTMLElement[]} */ ([...this.node.children]);
    this.node.insertBefore(part.node, parts.find((each) => Number(each.dataset.rank) > rank) ?? null);
    return part;
  }
}

/**
 * @param {string} part
 * @param {string} className
 */
function partNode(part, className) {
  return element("div", { className, dataset: { part } });
}
