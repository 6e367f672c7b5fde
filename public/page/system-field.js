import { byId, setText } from "./elements.js";
import { isWhole, systemPromptOf } from "./question.js";

/** @typedef {import("../client/index.js").SessionSnapshot} SessionSnapshot */

/**
 * The system prompt of the chat that is shown. The server keeps it with the chat; this page keeps only what was written
 * here and not sent yet, until it is left. A new chat begins with what the field says.
 */
export class SystemField {
  #field = byId("system", HTMLTextAreaElement);
  #note = byId("system-note", HTMLElement);
  /** @type {string | null} null: as the chat has it */
  #written = null;
  #current = "";
  #isNew = true;
  #canChange = true;
  /** @type {SessionSnapshot["turns"] | undefined} */
  #turns;

  constructor() {
    this.#field.addEventListener("input", () => {
      this.#written = this.#field.value.trim() === this.#current ? null : this.#field.value.trim();
      this.#draw();
    });
  }

  /** What the next question is to be asked under. */
  get value() {
    return this.#written !== null && this.#canChange ? this.#written : this.#current;
  }

  /**
   * The session has changed, in whatever way.
   *
   * @param {SessionSnapshot} snapshot
   */
  show({ turns, truncated }) {
    if (turns === this.#turns) return;
    this.#turns = turns;
    this.#isNew = turns.length === 0;
    this.#canChange = isWhole(turns, truncated);
    this.#current = systemPromptOf(turns);
    if (this.#written === this.#current) this.#written = null;
    this.#draw();
  }

  /**
   * Another chat is shown: what was written goes along only into a new one.
   *
   * @param {boolean} isNew
   */
  changeChat(isNew) {
    this.#written = isNew ? this.value : null;
    this.#turns = undefined;
    this.#current = "";
  }

  #draw() {
    this.#field.readOnly = !this.#canChange;
    if (document.activeElement !== this.#field && this.#field.value !== this.value) this.#field.value = this.value;
    setText(this.#note, this.#words());
  }

  #words() {
    if (!this.#canChange) return "This chat is too long to be sent anew under another one. Begin a new chat for that.";
    if (this.#isNew) return "Goes with the first message. The server keeps it with the chat; this browser does not.";
    if (this.#written === null) return this.#current === "" ? "This chat has none." : "This chat is under it.";
    return "From the next message on. The chat so far is sent anew with it, and becomes one turn.";
  }
}
