import { GrowingText, element } from "./elements.js";
import { plainText } from "./turn.js";
import { metaWords, statusWords } from "./words.js";

const WHO = { user: "You", assistant: "Assistant", system: "System", developer: "Developer", tool: "Tool" };

/** A message that somebody asked with. */
export function promptElement({ role, content }) {
  return element(
    "div", { className: `prompt ${role}` },
    element("span", { className: "who" }, WHO[role] ?? role),
    element("div", { className: "body" }, plainText(content)));
}

/** One turn on the page. `update` shows what has changed since the last call, and touches nothing else. */
export class TurnView {
  #turn;
  #isOurs;
  #answers = [];
  #list = element("div", { className: "answers" });
  #status = element("p", { className: "status-line" });
  #meta = element("span", { className: "meta" });

  /** `isOurs(connection)` tells this tab's connections; `again(turn)` asks the same once more. */
  constructor(turn, isOurs, again) {
    this.#turn = turn;
    this.#isOurs = isOurs;
    const button = element("button", { type: "button", className: "again", onclick: () => again(turn) }, "Try again");
    const canRepeat = turn.prompts.length === 1 && turn.prompts[0].role === "user";
    this.node = element(
      "article", { className: "turn" },
      ...(turn.omitted ? [element("p", { className: "note" }, `${turn.omitted} earlier messages are not shown.`)] : []),
      ...turn.prompts.map(promptElement),
      this.#list,
      this.#status,
      element("footer", {}, this.#meta, ...(canRepeat ? [button] : [])));
    this.update();
  }

  update() {
    const { answers, isRunning, status } = this.#turn;
    this.node.dataset.status = status;
    this.node.setAttribute("aria-busy", String(isRunning));
    answers.forEach((answer, choice) => {
      this.#answers[choice] ??= this.#addAnswer(choice);
      this.#answers[choice].update(answer);
    });
    setText(this.#status, statusWords(this.#turn, this.#isOurs));
    setText(this.#meta, metaWords(this.#turn));
    if (!isRunning) this.#answers.forEach((view) => view.finish());
  }

  #addAnswer(choice) {
    const view = new AnswerView(choice);
    this.#list.append(view.node);
    return view;
  }
}

/** One choice of an answer: reasoning folded away, text, refusal, tool calls as code. Parts appear with their content. */
class AnswerView {
  #parts = new Map();
  #calls = [];

  constructor(choice) {
    this.node = element("div", { className: "answer" });
    if (choice > 0) this.node.append(element("p", { className: "note" }, `Choice ${choice + 1}`));
  }

  update({ reasoning, text, refusal, toolCalls }) {
    this.#show("reasoning", reasoning);
    this.#show("text", text);
    this.#show("refusal", refusal);
    toolCalls.forEach((call, index) => {
      this.#calls[index] ??= new CallView(this.node);
      this.#calls[index].update(call);
    });
  }

  finish() {
    for (const part of this.#parts.values()) part.finish();
    this.#calls.forEach((call) => call.finish());
  }

  #show(name, text) {
    if (text === "") return;
    if (!this.#parts.has(name)) {
      const body = element("div", { className: `body ${name}` });
      const isFolded = name === "reasoning";
      this.node.append(isFolded ? element("details", {}, element("summary", {}, "Reasoning"), body) : body);
      this.#parts.set(name, new GrowingText(body));
    }
    this.#parts.get(name).show(text);
  }
}

/** One tool call: `name(arguments)`. */
class CallView {
  #name = new GrowingText(element("span", { className: "call-name" }));
  #arguments = new GrowingText(element("span"));

  constructor(parent) {
    const code = element("code", {}, this.#name.node, "(", this.#arguments.node, ")");
    parent.append(element("pre", { className: "call" }, code));
  }

  update(call) {
    this.#name.show(call.name);
    this.#arguments.show(call.arguments);
  }

  finish() {
    this.#arguments.finish();
  }
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
