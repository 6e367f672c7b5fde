import { button, element, icon, setText } from "./elements.js";
import { errorParts } from "./error-words.js";
import { seconds } from "./numbers.js";
import { everySecond } from "./ticker.js";

/**
 * @typedef {import("../client/index.js").TributaryError} TributaryError
 * @typedef {import("./error-words.js").Offer} Offer
 *
 * What can be done about it.
 * @typedef {{ again?: () => void, dismiss?: () => void, offer: (offer: Offer) => void }} Answers
 */

/** @type {Record<Offer, string>} */
const OFFERS = {
  key: "Enter a key",
  model: "Choose a model",
  context: "Leave out old turns",
  reload: "Reload the page",
};

/** An error in words, with what one can do; trying again only after as long as the provider asks to wait. */
export class ErrorView {
  #again;
  #readyAt;
  #stopCounting;

  /**
   * @param {TributaryError} error
   * @param {number} at when it came, in Unix milliseconds
   * @param {Answers} answers
   */
  constructor(error, at, { again, dismiss, offer: take }) {
    const { title, said, offer } = errorParts(error);
    const wait = error.retryAfterMs ?? 0;
    this.#readyAt = Math.min(at, Date.now()) + wait;
    const offers = element("div", { className: "offers" });
    if (offer !== undefined) offers.append(button(OFFERS[offer], { onclick: () => take(offer) }));
    if (again !== undefined && (error.retryable || offer !== undefined)) {
      this.#again = button("Try again", { onclick: again });
      offers.append(this.#again);
    }
    if (dismiss !== undefined) offers.append(button("Dismiss", { onclick: dismiss }));
    this.node = element("div", { className: "trouble", dataset: { code: error.code } },
      icon("alert"), element("strong", {}, title),
      ...(said === "" ? [] : [element("p", { className: "said" }, said)]), offers);
    this.#count();
    if (this.#again?.disabled) this.#stopCounting = everySecond(() => this.#count());
  }

  /** The button, where it is offered. */
  get again() {
    return this.#again;
  }

  leave() {
    this.#stopCounting?.();
  }

  #count() {
    const label = this.#again?.firstElementChild;
    if (this.#again === undefined || label == null) return;
    const left = this.#readyAt - Date.now();
    this.#again.disabled = left > 0;
    setText(label, left > 0 ? `Try again in ${seconds(left)}` : "Try again");
    if (left <= 0) this.leave();
  }
}
