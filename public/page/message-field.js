import { isComposing } from "./keys.js";

/** A keyboard on the screen has no Shift+Enter: there Enter breaks the line, and the button sends. */
const isTouch = () => matchMedia("(hover: none) and (pointer: coarse)").matches;

/** The field of the message that is being written: as high as its text, and Enter sends it. */
export class MessageField {
  #input;

  /**
   * @param {HTMLTextAreaElement} input in the form that sends
   * @param {() => void} changed somebody writes in it
   */
  constructor(input, changed) {
    this.#input = input;
    input.addEventListener("keydown", (event) => this.#keyDown(event));
    input.addEventListener("input", () => {
      this.#fit();
      changed();
    });
    if (isTouch()) input.enterKeyHint = "enter";
  }

  get text() {
    return this.#input.value;
  }

  set text(text) {
    this.#input.value = text;
    this.#fit();
  }

  focus() {
    this.#input.focus();
  }

  /** Takes the focus where nobody asked for it: not on a touch screen, where that would bring up the keyboard. */
  invite() {
    if (!isTouch()) this.focus();
  }

  /** @param {KeyboardEvent} event */
  #keyDown(event) {
    if (event.key !== "Enter" || event.shiftKey || isComposing(event) || isTouch()) return;
    event.preventDefault();
    this.#input.form?.requestSubmit();
  }

  /** Where the browser does not do that by itself. */
  #fit() {
    if (CSS.supports("field-sizing", "content")) return;
    this.#input.style.height = "auto";
    this.#input.style.height = `${this.#input.scrollHeight + 2}px`;
  }
}
