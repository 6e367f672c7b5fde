import { byId } from "./elements.js";
import { isComposing } from "./keys.js";

/**
 * A panel at the side of the page: a column beside the conversation where there is room for it, which Esc closes when
 * the focus is in it; else a dialog over it, with the browser's own focus and Esc.
 */
export class Drawer {
  #dialog;
  #button;
  #room;
  #changed;

  /**
   * @param {string} id of the `dialog`; its button is `show-ID`
   * @param {string} room a media query: there is room for a column
   * @param {boolean} isOpen whether the column is to be open
   * @param {(isOpen: boolean) => void} changed the reader opened or closed the column
   */
  constructor(id, room, isOpen, changed) {
    this.#dialog = byId(id, HTMLDialogElement);
    this.#button = byId(`show-${id}`, HTMLButtonElement);
    this.#room = matchMedia(room);
    this.#changed = changed;
    this.#button.addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
    document.querySelector(`[data-closes="${id}"]`)?.addEventListener("click", () => this.close());
    this.#dialog.addEventListener("close", () => this.#show());
    // A dialog is left by a touch beside it, too.
    this.#dialog.addEventListener("click", (event) => {
      if (event.target === this.#dialog && this.#dialog.matches(":modal")) this.close();
    });
    this.#dialog.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented || isComposing(event)) return;
      if (this.#dialog.matches(":modal")) return; // The browser closes it.
      event.preventDefault();
      this.close();
    });
    this.#room.addEventListener("change", () => {
      if (this.isOpen) this.#dialog.close();
    });
    // Set, not `show()`: nobody asked for the focus to move.
    if (isOpen && this.#room.matches) this.#dialog.open = true;
    this.#show();
  }

  get isOpen() {
    return this.#dialog.open;
  }

  open() {
    if (this.isOpen) return;
    if (this.#room.matches) {
      this.#dialog.show();
      this.#changed(true);
    } else {
      this.#dialog.showModal();
    }
    this.#show();
  }

  close() {
    if (!this.isOpen) return;
    const wasModal = this.#dialog.matches(":modal");
    const hadFocus = this.#dialog.contains(document.activeElement);
    this.#dialog.close();
    if (!wasModal) this.#changed(false);
    if (hadFocus && !wasModal) this.#button.focus();
  }

  /** Closed where it covers the conversation: what was chosen in it is there. */
  closeIfOver() {
    if (this.#dialog.matches(":modal")) this.close();
  }

  #show() {
    this.#button.setAttribute("aria-expanded", String(this.isOpen));
  }
}
