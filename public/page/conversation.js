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
  #noticed;
  /** @type {WeakSet<TurnView>} */
  #broken = new WeakSet();

  /**
   * @param {Places} places
   * @param {Surroundings} page
   * @param {(error: unknown) => void} noticed hears of a turn that cannot be drawn
   */
  constructor(places, page, noticed) {
    this.#places = places;
    this.#page = page;
    this.#noticed = noticed;
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

  /**
   * What one turn says must not take the others off the page: it is told of once, and left as far as it was drawn.
   *
   * @param {TurnView} view
   * @param {SessionSnapshot["turns"][number]} turn
   */
  #drawTurn(view, turn) {
    try {
      view.show(turn);
    } catch (error) {
      if (this.#broken.has(view)) return;
      this.#broken.add(view);
      this.#noticed(new Error(`A message cannot be shown as it is: ${error instanceof Error ? error.message : error}`));
    }
  }

  /** @param {SessionSnapshot["turns"]} turns */
  #drawTurns(turns) {
    const list = this.#places.turns;
    const gone = new Map(this.#views);
    let next = list.firstElementChild;
    for (const turn of turns) {
      const known = gone.get(turn.request);
      gone.delete(turn.request);
      const view = known ?? new TurnView(turn, this.#page);
      if (known === undefined) this.#views.set(turn.request, view);
      if (view.node === next) next = next.nextElementSibling;
      else list.insertBefore(view.node, next);
      this.#drawTurn(view, turn);
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
