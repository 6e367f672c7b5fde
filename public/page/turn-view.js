import { AnswerView } from "./answer-view.js";
import { asideWords, factWords, standingWords } from "./answer-words.js";
import { CopyButton } from "./copy-button.js";
import { Doubt } from "./doubt.js";
import { button, element, setText } from "./elements.js";
import { ErrorView } from "./error-view.js";
import { counted } from "./numbers.js";
import { promptNode } from "./prompt-view.js";
import { askedContent, editableContent, isUnderWay } from "./question.js";
import { riverNode } from "./river.js";

/**
 * @typedef {import("../client/index.js").Turn} Turn
 * @typedef {import("./answer-view.js").TextView} TextView
 * @typedef {import("./error-words.js").Offer} Offer
 * @typedef {import("./thinking.js").Thinking} Thinking
 *
 * What a turn needs of the page: `newText` makes what shows Markdown in a node; `isOurs` tells this tab's connections;
 * `hasLater`, whether other turns would go with one that is replaced. The others are the reader's wishes; `again` has
 * the request that the question became, where it could be asked.
 * @typedef {{
 *   newText: (node: HTMLElement) => TextView,
 *   isOurs: (connection: string) => boolean,
 *   thinking: Thinking,
 *   hasLater: (turn: Turn) => boolean,
 *   again: (turn: Turn) => { done: Promise<unknown> } | undefined,
 *   edit: (turn: Turn) => void,
 *   dismiss: (turn: Turn) => void,
 *   offer: (offer: Offer) => void,
 * }} Surroundings
 */

/** One turn on the page, empty until `show`, which draws what is different from the last turn, and nothing else. */
export class TurnView {
  #page;
  /** @type {Turn} */
  #turn;
  /** @type {Turn | undefined} */
  #shown;
  /** @type {Turn["prompts"] | undefined} */
  #prompts;
  #promptList = element("div");
  /** @type {AnswerView[]} */
  #answers = [];
  #answerList = element("div", { className: "answers" });
  #standing = element("p", { className: "standing" });
  #standingWords = element("span");
  #river = riverNode();
  /** @type {ErrorView | undefined} */
  #error;
  #asides = element("div", { className: "asides note" });
  #isAskedAgain = false;
  #doubtWords = element("p", { className: "note", role: "alert", hidden: true });
  #doubt = new Doubt((isAsking) => {
    this.#doubtWords.hidden = !isAsking;
    setText(this.#doubtWords, isAsking ? "Press once more to try again: what came after it goes." : "");
  });
  #facts = element("span", { className: "facts" });
  #copy = new CopyButton("Copy answer", () => answerText(this.#turn));
  #again = button("Try again", { icon: "again", isIconOnly: true, onclick: () => this.#askAgain() });
  #edit = button("Edit question", { icon: "edit", isIconOnly: true, onclick: () => this.#page.edit(this.#turn) });
  #footer = element("footer", {}, this.#copy.node, this.#again, this.#edit, this.#facts);

  /**
   * @param {Turn} turn
   * @param {Surroundings} page
   */
  constructor(turn, page) {
    this.#page = page;
    this.#turn = turn;
    this.#standing.append(this.#river, this.#standingWords);
    this.node = element("article", { className: "turn", dataset: { request: turn.request } },
      this.#promptList, this.#answerList, this.#standing, this.#asides, this.#footer, this.#doubtWords);
  }

  /** @param {Turn} turn */
  show(turn) {
    if (turn === this.#shown) return;
    this.#shown = this.#turn = turn;
    this.#draw();
  }

  /** It is shown no more. */
  leave() {
    for (const answer of this.#answers) answer.leave();
    this.#error?.leave();
    this.#copy.leave();
    this.#doubt.leave();
  }

  /**
   * Once: until the question has taken this one's place, or was refused, another press is none. Where later turns go
   * with it, it is asked for twice.
   */
  #askAgain() {
    if (this.#isAskedAgain || (this.#page.hasLater(this.#turn) && !this.#doubt.press())) return;
    this.#doubt.leave();
    const request = this.#page.again(this.#turn);
    if (request === undefined) return;
    this.#setAskedAgain(true);
    const settled = () => this.#setAskedAgain(false);
    request.done.then(settled, settled); // What went wrong is shown with the new question.
  }

  /** @param {boolean} isAsked */
  #setAskedAgain(isAsked) {
    this.#isAskedAgain = isAsked;
    // Not `disabled`: that would take the focus away.
    for (const each of [this.#again, this.#error?.again]) each?.setAttribute("aria-disabled", String(isAsked));
  }

  #draw() {
    const turn = this.#turn;
    const isLive = isUnderWay(turn);
    this.node.dataset.status = turn.status === "accepted" ? "waiting" : turn.status;
    this.node.setAttribute("aria-busy", String(isLive));
    if (turn.prompts !== this.#prompts) this.#drawPrompts(turn);
    this.#drawAnswers(turn, isLive);
    const words = standingWords(turn, this.#page.isOurs);
    setText(this.#standingWords, words);
    this.#river.hidden = !isLive;
    this.#standing.hidden = !isLive && words === "";
    this.#drawError(turn, isLive);
    const asides = asideWords(turn).join(" ");
    setText(this.#asides, asides);
    this.#asides.hidden = asides === "";
    this.#drawFooter(turn, isLive);
  }

  /** @param {Turn} turn */
  #drawPrompts({ prompts, omitted }) {
    this.#prompts = prompts;
    const nodes = prompts.map((message) => promptNode(message, this.#page.newText));
    const note = `Not shown: ${counted(omitted, "message")} before it.`;
    if (omitted > 0) nodes.unshift(element("p", { className: "note" }, note));
    this.#promptList.replaceChildren(...nodes);
  }

  /**
   * @param {Turn} turn
   * @param {boolean} isLive
   */
  #drawAnswers({ request, choices }, isLive) {
    const isSeveral = choices.length > 1;
    this.#answerList.classList.toggle("several", isSeveral);
    choices.forEach((choice, index) => {
      if (this.#answers[index] === undefined) {
        this.#answers[index] = new AnswerView(this.#page.newText);
        this.#answerList.append(this.#answers[index].node);
      }
      this.#answers[index].title = isSeveral ? `Answer ${choice.choice + 1}` : "Answer";
      this.#answers[index].show(choice, { isLive, span: this.#page.thinking.of(request, choice.choice) });
    });
  }

  /**
   * @param {Turn} turn
   * @param {boolean} isLive
   */
  #drawError(turn, isLive) {
    this.#error?.leave();
    this.#error?.node.remove();
    this.#error = undefined;
    if (isLive || turn.error === null) return;
    this.#error = new ErrorView(turn.error, turn.at + (turn.timing?.total_ms ?? 0), {
      again: canAskAgain(turn) ? () => this.#askAgain() : undefined,
      dismiss: turn.isLocal ? () => this.#page.dismiss(turn) : undefined,
      offer: this.#page.offer,
    });
    this.#asides.before(this.#error.node);
  }

  /**
   * @param {Turn} turn
   * @param {boolean} isLive
   */
  #drawFooter(turn, isLive) {
    this.#facts.replaceChildren(...(isLive ? [] : factNodes(turn)));
    this.#copy.node.hidden = answerText(turn) === "";
    this.#again.hidden = isLive || !canAskAgain(turn);
    this.#edit.hidden = isLive || editableContent(turn) === null;
    this.#footer.hidden = isLive;
  }
}

/**
 * Only what somebody asked, and what is here whole, can be asked again.
 *
 * @param {Turn} turn
 */
function canAskAgain(turn) {
  return turn.omitted === 0 && askedContent(turn) !== null;
}

/**
 * No line is broken within a fact.
 *
 * @param {Turn} turn
 */
function factNodes(turn) {
  return factWords(turn).flatMap((words, index) => [...(index > 0 ? [" · "] : []), element("span", {}, words)]);
}

/**
 * The text of all answers, as the model wrote it.
 *
 * @param {Turn} turn
 */
function answerText({ choices }) {
  return choices.map(({ text, refusal }) => text || refusal).filter((text) => text !== "").join("\n\n---\n\n");
}
