import { Drafts } from "./drafts.js";
import { byId, setText } from "./elements.js";
import { Stored } from "./stored.js";
import { SystemPrompt } from "./system-prompt.js";

/** @typedef {import("../client/index.js").SessionSnapshot} SessionSnapshot */

/**
 * The system prompt of the chat that is shown. The server keeps it with the chat; this page keeps only what was written
 * here and not sent yet, as it does drafts. A new chat begins with what the field says.
 */
export class SystemField {
  #field = byId("system", HTMLTextAreaElement);
  #note = byId("system-note", HTMLElement);
  #prompt = new SystemPrompt();
  #drafts = new Drafts("tributary.system");
  /** @type {Stored<{ session: string, text: string } | null>} what came along into the chat that is shown */
  #carried = new Stored("sessionStorage", "tributary.carried");
  #session = "";
  /** What of the chat that is shown is stored. */
  #kept = "";

  constructor() {
    this.#field.addEventListener("input", () => {
      this.#prompt.write(this.#field.value);
      this.#draw();
    });
  }

  /** What the next question is to be asked under. */
  get value() {
    return this.#prompt.value;
  }

  /** Whether that is the chat's own. */
  get isOwn() {
    return this.#prompt.isOwn;
  }

  /**
   * What was written and not sent, for one chat or all.
   *
   * @param {string | undefined} session
   * @param {boolean} isShown whether the chat that is shown is among them
   */
  forget(session, isShown) {
    this.#prompt.forget(session, isShown);
    this.#drafts.forget(session);
    if (isShown) this.#carried.remove();
  }

  /** A question was asked under it. */
  asked() {
    this.#prompt.asked();
  }

  /**
   * The session has changed, in whatever way.
   *
   * @param {SessionSnapshot} snapshot
   */
  show(snapshot) {
    if (this.#prompt.take(snapshot)) this.#draw();
  }

  /**
   * Another chat is shown: what was written goes along only into a new one.
   *
   * @param {Parameters<SystemPrompt["changeChat"]>[0]} chats
   */
  changeChat(chats) {
    this.#prompt.changeChat(chats);
    this.begin(chats.to);
  }

  /**
   * A chat is shown. What was written in it before a reload is there again; so is what had come along, as no more.
   *
   * @param {string} session
   */
  begin(session) {
    this.#session = session;
    this.#kept = this.#drafts.get(session);
    const carried = this.#carried.read();
    if (this.#prompt.written === null) {
      if (this.#kept !== "") this.#prompt.write(this.#kept);
      else if (carried?.session === session && typeof carried.text === "string") this.#prompt.carry(carried.text);
    }
    this.#draw();
  }

  #draw() {
    const { value, canChange, words } = this.#prompt;
    this.#field.readOnly = !canChange;
    // Whoever writes in it has written this: blanks at its ends apart, it is the same.
    if (this.#field.value.trim() !== value.trim()) this.#field.value = value;
    setText(this.#note, words);
    this.#keep();
  }

  #keep() {
    const { carried } = this.#prompt;
    if (carried) this.#carried.write({ session: this.#session, text: carried });
    else this.#carried.remove();
    const written = this.#prompt.written ?? "";
    if (written === this.#kept) return;
    this.#kept = written;
    this.#drafts.set(this.#session, written);
  }
}
