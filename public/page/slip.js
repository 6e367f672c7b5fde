/** @typedef {import("./composer.js").Obstacle} Obstacle */

/** @type {Record<Obstacle, string>} */
const WAITS = {
  join: "The chat is not here yet. This waits for it.",
  answer: "This waits for the answer, to be asked with all that came before.",
  pictures: "This waits for its pictures, which are being read.",
};

/** The line below the composer: what is wrong with what was written, or what it waits for. */
export class Slip {
  #node;

  /** @param {HTMLElement} node */
  constructor(node) {
    this.#node = node;
  }

  /** @param {string} words empty: nothing */
  say(words) {
    this.#node.textContent = words;
    this.#node.hidden = words === "";
    this.#node.classList.remove("waits");
  }

  /** @param {Obstacle} obstacle */
  sayItWaits(obstacle) {
    this.say(WAITS[obstacle]);
    this.#node.classList.add("waits");
  }
}
