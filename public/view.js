import { element } from "./elements.js";
import { TurnView, promptElement } from "./turn-view.js";
import { chatWords } from "./words.js";

/** How near to the end, in pixels, somebody must be to be taken along by new text. */
const FOLLOW_PX = 80;

const HINT = "Ask something. Anyone who has this page's address sees the conversation live: open it in a second tab, "
  + "reload in the middle of an answer, stop it from either.";

/**
 * The conversation on the page. Changes are noted as they come and drawn once per animation frame; a tab in the
 * background draws nothing and notes no more than which turns have changed.
 */
export class View {
  #log;
  #session;
  #actions;
  #turns = element("div");
  #outbox = element("div");
  #hint = element("p", { className: "hint" }, HINT);
  #truncated = element("p", { className: "note", hidden: true });
  #views = new Map();
  #dirty = new Set();
  #everything = false;
  #outboxIsDirty = false;
  #isScheduled = false;
  #mustFollow = true;

  /** `log` is the scrolling element; `actions` has `again(turn)` and `resend(chat)`. */
  constructor(log, session, actions) {
    this.#log = log;
    this.#session = session;
    this.#actions = actions;
    log.append(this.#hint, this.#truncated, this.#turns, this.#outbox);
  }

  turnChanged({ turn, dropped }) {
    this.#dirty.add(turn);
    for (const gone of dropped) this.#dirty.add(gone);
    this.#schedule();
  }

  replaced() {
    this.#everything = true;
    this.#schedule();
  }

  outboxChanged() {
    this.#outboxIsDirty = true;
    this.#schedule();
  }

  /** Shows the end, whatever was being read. */
  scrollToEnd() {
    this.#mustFollow = true;
    this.#schedule();
  }

  #schedule() {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#isScheduled = false;
    const follows = this.#mustFollow || this.#isNearEnd;
    this.#mustFollow = false;
    if (this.#everything) this.#drawEverything();
    else this.#drawChanges();
    if (this.#outboxIsDirty) this.#drawOutbox();
    this.#hint.hidden = this.#turns.hasChildNodes() || this.#outbox.hasChildNodes();
    if (follows) this.#log.scrollTop = this.#log.scrollHeight;
  }

  #drawEverything() {
    const { turns, truncated } = this.#session.transcript;
    this.#everything = false;
    this.#dirty.clear();
    this.#views.clear();
    this.#turns.replaceChildren(...turns.map((turn) => this.#newView(turn).node));
    this.#truncated.hidden = truncated === 0;
    this.#truncated.textContent = `${truncated} earlier messages are not shown.`;
  }

  #drawChanges() {
    const present = new Set(this.#session.transcript.turns);
    for (const turn of this.#dirty) {
      const view = this.#views.get(turn);
      if (!present.has(turn)) {
        view?.node.remove();
        this.#views.delete(turn);
      } else if (view === undefined) {
        this.#turns.append(this.#newView(turn).node);
      } else {
        view.update();
      }
    }
    this.#dirty.clear();
  }

  #drawOutbox() {
    this.#outboxIsDirty = false;
    this.#outbox.replaceChildren(...this.#session.outbox.chats.map((chat) => this.#chatElement(chat)));
  }

  #newView(turn) {
    const view = new TurnView(turn, (connection) => this.#session.isOurs(connection), this.#actions.again);
    this.#views.set(turn, view);
    return view;
  }

  /** A chat that the log does not show yet, or never will. */
  #chatElement(chat) {
    const failed = chat.state === "failed";
    const buttons = [
      element("button", { type: "button", onclick: () => this.#actions.resend(chat) }, "Try again"),
      element("button", { type: "button", onclick: () => this.#session.dismiss(chat.request) }, "Dismiss"),
    ];
    const node = element(
      "article", { className: "turn" },
      promptElement({ role: "user", content: chat.command.input }),
      element("p", { className: "status-line" }, chatWords(chat)),
      element("footer", {}, ...(failed ? buttons : [])));
    node.dataset.status = failed ? "failed" : "running";
    return node;
  }

  get #isNearEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    return scrollHeight - scrollTop - clientHeight < FOLLOW_PX;
  }
}
