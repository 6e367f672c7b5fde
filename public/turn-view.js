import { GrowingText, element } from "./elements.js";
import { metaWords, plainText, statusWords } from "./words.js";

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
  #turn = null;
  #actions;
  #answers = [];
  #list = element("div", { className: "answers" });
  #status = element("p", { className: "status-line" });
  #meta = element("span", { className: "meta" });
  #again;
  #dismiss;

  /** `actions` has `again(turn)`, `dismiss(turn)` and `isOurs(connection)`. */
  constructor(turn, actions) {
    this.#actions = actions;
    const again = () => actions.again(this.#turn);
    const dismiss = () => actions.dismiss(this.#turn);
    this.#again = element("button", { type: "button", className: "again", onclick: again }, "Try again");
    this.#dismiss = element("button", { type: "button", className: "again", onclick: dismiss }, "Dismiss");
    this.node = element(
      "article", { className: "turn" },
      ...(turn.omitted ? [element("p", { className: "note" }, `${turn.omitted} earlier messages are not shown.`)] : []),
      ...turn.prompts.map(promptElement),
      this.#list,
      this.#status,
      element("footer", {}, this.#meta, this.#again, this.#dismiss));
    this.update(turn);
  }

  update(turn) {
    if (turn === this.#turn) return;
    this.#turn = turn;
    const isOpen = ["waiting", "accepted", "running"].includes(turn.status);
    this.node.dataset.status = isOpen ? "running" : turn.status;
    this.node.setAttribute("aria-busy", String(isOpen));
    turn.choices.forEach((choice, index) => {
      this.#answers[index] ??= this.#addAnswer(choice.choice);
      this.#answers[index].update(choice);
    });
    setText(this.#status, statusWords(turn, this.#actions.isOurs));
    setText(this.#meta, metaWords(turn));
    this.#again.hidden = turn.omitted > 0 || (isOpen && turn.status !== "running");
    this.#dismiss.hidden = isOpen || !turn.isLocal;
    if (!isOpen) this.#answers.forEach((view) => view.finish());
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
