import { element } from "./elements.js";
import { TurnView } from "./turn-view.js";

/** How near to the end, in pixels, somebody must be to be taken along by new text. */
const FOLLOW_PX = 80;

const HINT = "Ask something. Anyone who has this page's address sees the conversation live: open it in a second tab, "
  + "reload in the middle of an answer, stop it from either.";

/** The conversation on the page, drawn once per animation frame where it has changed. */
export class View {
  #log;
  #session;
  #actions;
  #turns = element("div");
  #hint = element("p", { className: "hint" }, HINT);
  #truncated = element("p", { className: "note", hidden: true });
  /** Request → its view. */
  #views = new Map();
  #isScheduled = false;
  #mustFollow = true;

  /** `log` is the scrolling element; `actions` has `again(turn)` and `isOurs(connection)`. */
  constructor(log, session, actions) {
    this.#log = log;
    this.#session = session;
    this.#actions = { ...actions, dismiss: (turn) => session.dismiss(turn.request) };
    log.append(this.#hint, this.#truncated, this.#turns);
    session.subscribe(() => this.#schedule());
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
    const { turns, truncated } = this.#session.getSnapshot();
    this.#drawTurns(turns);
    this.#truncated.hidden = truncated === 0;
    this.#truncated.textContent = `${truncated} earlier messages are not shown.`;
    this.#hint.hidden = turns.length > 0;
    if (follows) this.#log.scrollTop = this.#log.scrollHeight;
  }

  #drawTurns(turns) {
    const views = new Map(turns.map((turn) => [turn.request, this.#views.get(turn.request)]));
    for (const [request, view] of this.#views) {
      if (!views.has(request)) view.node.remove();
    }
    let before = null;
    for (const turn of turns) {
      const view = views.get(turn.request) ?? new TurnView(turn, this.#actions);
      views.set(turn.request, view);
      view.update(turn);
      const next = before === null ? this.#turns.firstChild : before.nextSibling;
      if (next !== view.node) this.#turns.insertBefore(view.node, next);
      before = view.node;
    }
    this.#views = views;
  }

  get #isNearEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    return scrollHeight - scrollTop - clientHeight < FOLLOW_PX;
  }
}
