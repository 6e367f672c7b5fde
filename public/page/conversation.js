import { setText } from "./elements.js";
import { counted } from "./numbers.js";
import { TurnView } from "./turn-view.js";

/**
 * @typedef {import("../client/index.js").SessionSnapshot} SessionSnapshot
 * @typedef {import("./turn-view.js").Surroundings} Surroundings
 * @typedef {{ log: HTMLElement, turns: HTMLElement, welcome: HTMLElement, earlier: HTMLElement }} Places
 */

/** A session's turns on the page. Of a snapshot it draws what has changed: an unchanged turn is the same object. */
export class Conversation {
  #places;
  #page;
  /** @type {Map<string, TurnView>} by request */
  #views = new Map();
  /** @type {SessionSnapshot["turns"] | undefined} */
  #shown;

  /**
   * @param {Places} places
   * @param {Surroundings} page
   */
  constructor(places, page) {
    this.#places = places;
    this.#page = page;
  }

  /** @param {SessionSnapshot} snapshot */
  show({ turns, truncated, isJoined }) {
    const { welcome, earlier } = this.#places;
    if (turns !== this.#shown) this.#drawTurns(turns);
    this.#shown = turns;
    if (turns.length > 0) welcome.hidden = true;
    else if (isJoined) welcome.hidden = false;
    earlier.hidden = truncated === 0;
    setText(earlier, `${counted(truncated, "earlier message")} ${truncated === 1 ? "is" : "are"} not shown.`);
  }

  /** Another session takes the place. */
  leave() {
    for (const view of this.#views.values()) view.leave();
    this.#places.turns.replaceChildren();
    this.#places.welcome.hidden = true;
    this.#places.earlier.hidden = true;
  }

  /** @param {SessionSnapshot["turns"]} turns */
  #drawTurns(turns) {
    const list = this.#places.turns;
    const gone = new Map(this.#views);
    let next = list.firstElementChild;
    for (const turn of turns) {
      const known = gone.get(turn.request);
      gone.delete(turn.request);
      if (known === undefined) {
        const view = new TurnView(turn, this.#page);
        this.#views.set(turn.request, view);
        list.insertBefore(view.node, next);
      } else {
        known.show(turn);
        if (known.node === next) next = next.nextElementSibling;
        else list.insertBefore(known.node, next);
      }
    }
    for (const [request, view] of gone) {
      // Whoever has pressed a button of it goes on from the conversation.
      if (view.node.contains(document.activeElement)) this.#places.log.focus({ preventScroll: true });
      view.leave();
      view.node.remove();
      this.#views.delete(request);
    }
  }
}
