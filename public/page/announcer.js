/** How many sentences stay: enough that a slow reader of screens finds them, and never more. */
const KEPT = 4;

/** Says sentences to those who listen to the page. Each is said once, when it is added. */
export class Announcer {
  #node;

  /** @param {HTMLElement} node a polite live region that announces additions alone */
  constructor(node) {
    this.#node = node;
  }

  /** @param {string} text */
  say(text) {
    if (text === "") return;
    const line = document.createElement("p");
    line.textContent = text;
    this.#node.append(line);
    while (this.#node.childElementCount > KEPT) this.#node.firstElementChild?.remove();
  }
}
