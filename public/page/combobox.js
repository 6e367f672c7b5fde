import { isComposing } from "./keys.js";

/**
 * The keys and roles of a combobox with a list that is filtered while one types (WAI-ARIA Authoring Practices,
 * "Combobox"). It knows `[role=option]` elements in `list`, and leaves to its owner what they are.
 *
 * @typedef {{
 *   opened: () => void,
 *   typed: (text: string) => void,
 *   chosen: (option: HTMLElement) => void,
 *   closed: (isCancelled: boolean) => void,
 * }} Owner `opened` and `typed` fill the list anew; `closed` comes after `chosen`, too
 */
export class Combobox {
  #input;
  #popup;
  #list;
  #owner;
  /** @type {HTMLElement | null} what Enter takes */
  #active = null;
  /** By arrow keys, since something was typed. */
  #isStepped = false;

  /**
   * @param {HTMLInputElement} input
   * @param {HTMLElement} popup what is shown and hidden
   * @param {HTMLElement} list the `listbox` in it
   * @param {Owner} owner
   */
  constructor(input, popup, list, owner) {
    this.#input = input;
    this.#popup = popup;
    this.#list = list;
    this.#owner = owner;
    input.addEventListener("click", () => this.open());
    input.addEventListener("input", () => {
      this.#isStepped = false;
      this.#show();
      owner.typed(input.value);
    });
    input.addEventListener("keydown", (event) => this.#keyDown(event));
    input.addEventListener("blur", () => this.close(false));
    // The field keeps the focus while somebody points at the list.
    popup.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target instanceof Element ? event.target.closest('[role="option"]') : null;
      if (option instanceof HTMLElement) this.#choose(option);
    });
  }

  get isOpen() {
    return !this.#popup.hidden;
  }

  /** The option that somebody has gone to by arrow keys. */
  get stepped() {
    return this.#isStepped ? this.#active : null;
  }

  /** What is typed next takes the place of what the field says. */
  open() {
    if (this.isOpen) return;
    this.#input.select();
    this.#show();
  }

  /** @param {boolean} isCancelled what was typed does not count */
  close(isCancelled) {
    if (!this.isOpen) return;
    this.#popup.hidden = true;
    this.#input.setAttribute("aria-expanded", "false");
    this.#isStepped = false;
    this.#activate(null);
    this.#owner.closed(isCancelled);
  }

  /**
   * The list was filled anew.
   *
   * @param {HTMLElement | null} option what Enter takes; null: the field as it is
   */
  refreshed(option) {
    this.#isStepped &&= option !== null;
    this.#activate(option);
  }

  get #options() {
    return /** @type {HTMLElement[]} */ ([...this.#list.querySelectorAll('[role="option"]')]);
  }

  #show() {
    if (this.isOpen) return;
    this.#popup.hidden = false;
    this.#input.setAttribute("aria-expanded", "true");
    this.#owner.opened();
  }

  /** @param {KeyboardEvent} event */
  #keyDown(event) {
    if (isComposing(event)) return;
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp":
        event.preventDefault();
        this.open();
        this.#step(event.key === "ArrowDown" ? 1 : -1);
        break;
      case "Enter":
        event.preventDefault();
        if (this.isOpen && this.#active !== null) this.#choose(this.#active);
        else this.close(false);
        break;
      case "Escape":
        if (!this.isOpen) break;
        event.preventDefault();
        event.stopPropagation();
        this.close(true);
        break;
    }
  }

  /**
   * Not beyond the ends: who goes down from the only model that was found means that one.
   *
   * @param {1 | -1} by
   */
  #step(by) {
    const options = this.#options;
    if (options.length === 0) return;
    const index = this.#active === null ? (by === 1 ? -1 : options.length) : options.indexOf(this.#active);
    this.#isStepped = true;
    this.#activate(options[Math.min(Math.max(index + by, 0), options.length - 1)]);
  }

  /** @param {HTMLElement} option */
  #choose(option) {
    this.#owner.chosen(option);
    this.close(false);
  }

  /** @param {HTMLElement | null} option */
  #activate(option) {
    this.#active?.setAttribute("aria-selected", "false");
    this.#active = option;
    if (option === null) {
      this.#input.removeAttribute("aria-activedescendant");
    } else {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      this.#input.setAttribute("aria-activedescendant", option.id);
    }
  }
}
