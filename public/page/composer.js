import { Doubt } from "./doubt.js";
import { draftOf, joined, noDraft } from "./draft.js";
import { Edit } from "./edit.js";
import { byId } from "./elements.js";
import { MessageField } from "./message-field.js";
import { pictureSources } from "./picture-sources.js";
import { Pictures } from "./pictures.js";
import { questionText } from "./question.js";
import { Slip } from "./slip.js";
import { Tray } from "./tray.js";

/**
 * @typedef {import("./draft.js").Draft} Draft
 * @typedef {import("./question.js").Content} Content
 * @typedef {{
 *   ask: (content: Content, replaces: string | undefined) => boolean,
 *   stop: () => void,
 *   drafted: (text: string) => void,
 *   room: () => number,
 * }} Wishes
 *   `ask` says whether it was asked; `drafted`: so much would be left to send, were the page left now; `room`: how long
 *   a message to the server may be, in bytes
 *
 * What was sent and could not go waits for: the chat, the answers before it, or its own pictures.
 * @typedef {import("./chat.js").Obstacle | "pictures"} Obstacle
 */

const NOT_SENT = "This was not sent yet.";

/** Where one writes: the message, pictures with it, an earlier message that is edited; send and stop. */
export class Composer {
  #form = byId("form", HTMLFormElement);
  #stop = byId("stop", HTMLButtonElement);
  #editing = byId("editing", HTMLElement);
  #slip = new Slip(byId("slip", HTMLElement));
  #wishes;
  #field;
  #pictures;
  /** @type {Edit | null} */
  #edit = null;
  /** Whether what is written anew is to be dropped, which nothing brings back. */
  #doubt = new Doubt((isAsking) => this.#slip.say(isAsking ? "Press Esc once more to drop what you changed." : ""));
  /** @type {Obstacle | null} what that which is written waits for, once it was sent */
  #obstacle = null;
  /** What was written when something was given back, as long as it is still that. */
  #restored = "";

  /** @param {Wishes} wishes */
  constructor(wishes) {
    this.#wishes = wishes;
    this.#field = new MessageField(byId("input", HTMLTextAreaElement), () => {
      this.#changed();
      wishes.drafted(this.#textLeft);
    });
    this.#pictures = new Pictures(byId("pictures", HTMLElement), {
      room: wishes.room,
      slip: (words) => this.say(words),
      changed: () => this.#changed(),
      added: (isWhole) => this.#added(isWhole),
      emptied: () => this.focus(),
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#stop.addEventListener("click", () => {
      wishes.stop();
      this.focus();
    });
    this.#editing.querySelector("button")?.addEventListener("click", () => this.stopEditing());
    pictureSources(this.#form, {
      took: (files) => void this.#pictures.add(files),
      chose: () => this.focus(),
    });
    this.invite();
  }

  get isEditing() {
    return this.#edit !== null;
  }

  /** The request whose question is edited. */
  get replaces() {
    return this.#edit?.request;
  }

  get isEmpty() {
    return this.#field.text.trim() === "" && this.#pictures.tray.isEmpty;
  }

  /** Whether what is written was sent and waits for the chat. */
  get isWaiting() {
    return this.#obstacle !== null && this.#obstacle !== "pictures";
  }

  set isRunning(/** @type {boolean} */ isRunning) {
    if (!isRunning && document.activeElement === this.#stop) this.focus();
    this.#stop.hidden = !isRunning;
  }

  focus() {
    this.#field.focus();
  }

  /** Takes the focus where nobody asked for it. */
  invite() {
    this.#field.invite();
  }

  /**
   * Says what is wrong with what was written; empty: nothing.
   *
   * @param {string} words
   */
  say(words) {
    this.#doubt.leave();
    this.#slip.say(words);
  }

  /**
   * What was sent stays here until it can go, unless it is changed.
   *
   * @param {Obstacle} obstacle
   */
  hold(obstacle) {
    this.#obstacle = obstacle;
    this.#doubt.leave();
    this.#slip.sayItWaits(obstacle);
  }

  /**
   * The chat is here. What was held for it goes into an empty one, and into one whose own system prompt it is asked
   * under; else its writer is to see the chat first. What was held for an answer goes when none is under way.
   *
   * @param {{ isEmpty: boolean, isRunning: boolean, isUnderItsOwn: boolean }} chat
   */
  release({ isEmpty, isRunning, isUnderItsOwn }) {
    const obstacle = this.#obstacle;
    if (obstacle === null || obstacle === "pictures" || (obstacle === "answer" && isRunning)) return;
    this.#obstacle = null;
    if (isEmpty || isUnderItsOwn || obstacle === "answer") this.#send();
    else this.say("The chat is here now, and has messages. Send this again to ask under the system prompt you wrote.");
  }

  /** The reader stops what runs: nothing is to begin by itself then. */
  stay() {
    if (this.#obstacle !== "answer") return;
    this.#obstacle = null;
    this.say(NOT_SENT);
  }

  /**
   * What had been written goes with what is left to send, an earlier edit, too.
   *
   * @param {string} request
   * @param {Content} content text, and pictures that are in it
   */
  edit(request, content) {
    if (request === this.replaces) return this.focus();
    this.#obstacle = null;
    this.say("");
    this.#edit = new Edit(request, content, this.#left);
    this.#editing.hidden = false;
    this.#fill(draftOf(content));
    this.focus();
  }

  /** As `stopEditing`, but who has changed something is asked whether that is meant. */
  escape() {
    if (!this.#edit?.isChanged(this.#written) || this.#doubt.press()) return this.stopEditing();
    this.#obstacle = null;
  }

  stopEditing() {
    if (this.#edit === null) return;
    const { before } = this.#edit;
    this.#wishes.drafted(before.text);
    this.#leaveEditing(before);
    this.focus();
  }

  /** The question that is edited is gone. What was written stays, and with it what had been before. */
  outdate() {
    const draft = joined(this.#written, this.#edit?.before ?? noDraft());
    this.#leaveEditing(draft);
    this.#wishes.drafted(draft.text);
    this.say("The message that you were editing is not there any more. What you wrote is a new question now.");
  }

  /**
   * What was asked was not sent, and is here again before what has been written since.
   *
   * @param {Draft} draft
   */
  restore(draft) {
    if (draft.text === "" && draft.pictures.isEmpty) return; // Too many were kept, or the chat was forgotten.
    this.#obstacle = null;
    if (this.#edit !== null) this.#edit.before = joined(draft, this.#edit.before);
    else this.#fill(joined(draft, this.#written));
    this.#restored = this.#field.text;
    this.#wishes.drafted(this.#textLeft);
    this.say(this.isEditing ? "What you asked was not sent yet. It is here when you stop editing." : NOT_SENT);
  }

  /**
   * What was given back was sent after all, and is in sight: it need not be sent again. Whoever has begun to write
   * anew keeps all of it.
   *
   * @param {string} text
   */
  withdraw(text) {
    const written = this.#field.text;
    if (this.isEditing || written !== this.#restored || !`${written}\n\n`.startsWith(`${text}\n\n`)) return;
    this.#obstacle = null;
    this.#field.text = this.#restored = written.slice(text.length + 2);
    this.#wishes.drafted(this.#restored);
    this.say("");
  }

  /** Another session is shown. Returns what is left to send in this one. */
  leave() {
    return this.#left;
  }

  /**
   * Begins anew with what had been written before. What is written for another session does not go there.
   *
   * @param {string} text
   * @param {Tray} [pictures]
   */
  begin(text, pictures = new Tray()) {
    this.say("");
    this.#leaveEditing({ text, pictures });
  }

  /** @returns {Draft} */
  get #written() {
    return { text: this.#field.text, pictures: this.#pictures.tray };
  }

  /** @returns {Draft} */
  get #left() {
    return this.#edit === null ? this.#written : this.#edit.left(this.#written);
  }

  get #textLeft() {
    return this.#edit === null ? this.#field.text : this.#edit.textLeft(this.#written);
  }

  /** @param {Draft} draft */
  #leaveEditing(draft) {
    this.#edit = null;
    this.#doubt.leave();
    this.#obstacle = null;
    this.#editing.hidden = true;
    this.#fill(draft);
  }

  /** @param {Draft} draft */
  #fill({ text, pictures }) {
    this.#field.text = text;
    this.#pictures.show(pictures);
  }

  #send() {
    if (this.isEmpty) return;
    const { addresses, isReading } = this.#pictures.tray;
    if (isReading) return this.hold("pictures");
    const text = questionText(this.#field.text);
    const pictures = addresses.map((url) => ({ type: "image_url", image_url: { url } }));
    const words = text === "" ? [] : [{ type: "text", text }];
    const content = pictures.length === 0 ? text : [...words, ...pictures];
    if (!this.#wishes.ask(content, this.replaces)) return;
    const draft = this.#edit?.before ?? noDraft();
    this.say("");
    this.#leaveEditing(draft);
    this.#wishes.drafted(draft.text);
  }

  /** What was sent and waits is another message now. */
  #changed() {
    this.#obstacle = null;
    this.say("");
  }

  /**
   * Pictures have been read. What waited for them goes, unless one is missing: its writer is to see that.
   *
   * @param {boolean} isWhole
   */
  #added(isWhole) {
    if (this.#obstacle !== "pictures") return;
    this.#obstacle = null;
    if (isWhole) this.#send();
  }
}
