import { draftOf, isSame, joined, joinedTexts, noDraft } from "./draft.js";
import { byId } from "./elements.js";
import { isComposing } from "./keys.js";
import { pictureSources } from "./picture-sources.js";
import { Pictures } from "./pictures.js";
import { questionText } from "./question.js";
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

/** A keyboard on the screen has no Shift+Enter: there Enter breaks the line, and the button sends. */
const isTouch = () => matchMedia("(hover: none) and (pointer: coarse)").matches;

/** @type {Record<Obstacle, string>} */
const WAITS = {
  join: "The chat is not here yet. This waits for it.",
  answer: "This waits for the answer, to be asked with all that came before.",
  pictures: "This waits for its pictures, which are being read.",
};

const NOT_SENT = "This was not sent yet.";

/** Where one writes: the message, pictures with it, an earlier message that is edited; send and stop. */
export class Composer {
  #form = byId("form", HTMLFormElement);
  #input = byId("input", HTMLTextAreaElement);
  #stop = byId("stop", HTMLButtonElement);
  #editing = byId("editing", HTMLElement);
  #slip = byId("slip", HTMLElement);
  #wishes;
  #pictures;
  /** @type {string | undefined} the request whose question is edited */
  #replaces;
  /** @type {Obstacle | null} what that which is written waits for, once it was sent */
  #obstacle = null;
  /** What had been written before an earlier message was edited. */
  #draft = noDraft();
  /** That message, as it was asked. */
  #original = noDraft();

  /** @param {Wishes} wishes */
  constructor(wishes) {
    this.#wishes = wishes;
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
    this.#input.addEventListener("keydown", (event) => this.#keyDown(event));
    this.#input.addEventListener("input", () => {
      this.#changed();
      this.#fit();
      wishes.drafted(this.#textLeft);
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
    if (isTouch()) this.#input.enterKeyHint = "enter";
    this.invite();
  }

  get isEditing() {
    return this.#replaces !== undefined;
  }

  /** The request whose question is edited. */
  get replaces() {
    return this.#replaces;
  }

  get isEmpty() {
    return this.#input.value.trim() === "" && this.#pictures.tray.isEmpty;
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
    this.#input.focus();
  }

  /** Takes the focus where nobody asked for it: not on a touch screen, where that would bring up the keyboard. */
  invite() {
    if (!isTouch()) this.focus();
  }

  /**
   * Says what is wrong with what was written; empty: nothing.
   *
   * @param {string} words
   */
  say(words) {
    this.#slip.textContent = words;
    this.#slip.hidden = words === "";
    this.#slip.classList.remove("waits");
  }

  /**
   * What was sent stays here until it can go, unless it is changed.
   *
   * @param {Obstacle} obstacle
   */
  hold(obstacle) {
    this.#obstacle = obstacle;
    this.say(WAITS[obstacle]);
    this.#slip.classList.add("waits");
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
   * @param {string} request
   * @param {Content} content text, and pictures that are in it
   */
  edit(request, content) {
    this.#obstacle = null;
    if (!this.isEditing) this.#draft = this.#written;
    this.#replaces = request;
    this.#editing.hidden = false;
    this.#original = draftOf(content);
    this.#fill(draftOf(content));
    this.focus();
  }

  stopEditing() {
    if (!this.isEditing) return;
    this.#wishes.drafted(this.#draft.text);
    this.#leaveEditing(this.#draft);
    this.focus();
  }

  /** The question that is edited is gone. What was written stays, and with it what had been before. */
  outdate() {
    const draft = joined(this.#written, this.#draft);
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
    if (this.isEditing) this.#draft = joined(draft, this.#draft);
    else this.#fill(joined(draft, this.#written));
    this.#wishes.drafted(this.#textLeft);
    this.say(this.isEditing ? "What you asked was not sent yet. It is here when you stop editing." : NOT_SENT);
  }

  /** Another session is shown. Returns what is left to send in this one. */
  leave() {
    if (!this.isEditing) return this.#written;
    return this.#isChanged ? joined(this.#written, this.#draft) : this.#draft;
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
    return { text: this.#input.value, pictures: this.#pictures.tray };
  }

  /** Whether the message that is edited is another one now. */
  get #isChanged() {
    return !isSame(this.#written, this.#original);
  }

  get #textLeft() {
    if (!this.isEditing) return this.#input.value;
    return this.#isChanged ? joinedTexts(this.#input.value, this.#draft.text) : this.#draft.text;
  }

  /** @param {Draft} draft */
  #leaveEditing(draft) {
    this.#replaces = undefined;
    this.#obstacle = null;
    this.#editing.hidden = true;
    this.#fill(draft);
  }

  /** @param {Draft} draft */
  #fill({ text, pictures }) {
    this.#input.value = text;
    this.#pictures.show(pictures);
    this.#fit();
  }

  #send() {
    if (this.isEmpty) return;
    const { addresses, isReading } = this.#pictures.tray;
    if (isReading) return this.hold("pictures");
    const text = questionText(this.#input.value);
    const pictures = addresses.map((url) => ({ type: "image_url", image_url: { url } }));
    const words = text === "" ? [] : [{ type: "text", text }];
    const content = pictures.length === 0 ? text : [...words, ...pictures];
    if (!this.#wishes.ask(content, this.#replaces)) return;
    const draft = this.isEditing ? this.#draft : noDraft();
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

  /** @param {KeyboardEvent} event */
  #keyDown(event) {
    if (event.key !== "Enter" || event.shiftKey || isComposing(event) || isTouch()) return;
    event.preventDefault();
    this.#form.requestSubmit();
  }

  /** As high as its text, where the browser does not do that by itself. */
  #fit() {
    if (CSS.supports("field-sizing", "content")) return;
    this.#input.style.height = "auto";
    this.#input.style.height = `${this.#input.scrollHeight + 2}px`;
  }
}
