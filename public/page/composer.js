import { byId } from "./elements.js";
import { isComposing } from "./keys.js";
import { Pictures } from "./pictures.js";
import { pictureURL } from "./prompt-view.js";
import { questionText, textOf } from "./question.js";

/**
 * @typedef {import("./question.js").Content} Content
 * @typedef {{
 *   ask: (content: Content, replaces: string | undefined) => boolean,
 *   stop: () => void,
 *   drafted: (text: string) => void,
 *   room: () => number,
 * }} Wishes
 *   `ask` says whether it was asked; `room`: how long a message to the server may be, in bytes
 */

/** A keyboard on the screen has no Shift+Enter: there Enter breaks the line, and the button sends. */
const isTouch = () => matchMedia("(hover: none) and (pointer: coarse)").matches;

/** @type {Record<import("./chat.js").Obstacle, string>} */
const WAITS = {
  join: "The chat is not here yet. This waits for it.",
  answer: "This waits for the answer, to be asked with all that came before.",
};

/** @type {{ text: string, pictures: readonly string[] }} */
const NOTHING = { text: "", pictures: [] };

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
  /** @type {import("./chat.js").Obstacle | null} what that which is written waits for: it goes when `released` */
  #obstacle = null;
  /** What had been written before an earlier message was edited. */
  #draft = NOTHING;

  /** @param {Wishes} wishes */
  constructor(wishes) {
    this.#wishes = wishes;
    this.#pictures = new Pictures(byId("pictures", HTMLElement), {
      room: wishes.room,
      slip: (words) => this.say(words),
      emptied: () => this.focus(),
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#input.addEventListener("keydown", (event) => this.#keyDown(event));
    this.#input.addEventListener("input", () => {
      this.#obstacle = null;
      this.say("");
      if (!this.isEditing) wishes.drafted(this.#input.value);
    });
    this.#stop.addEventListener("click", () => {
      wishes.stop();
      this.focus();
    });
    this.#editing.querySelector("button")?.addEventListener("click", () => this.stopEditing());
    this.#takePictures();
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
    return this.#input.value.trim() === "" && this.#pictures.addresses.length === 0;
  }

  /** Those that would go with the next message, were no earlier one edited. */
  get pictures() {
    return this.isEditing ? this.#draft.pictures : this.#pictures.addresses;
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
  }

  /**
   * What was sent stays here until it can go, unless it is changed.
   *
   * @param {import("./chat.js").Obstacle} obstacle
   */
  hold(obstacle) {
    this.#obstacle = obstacle;
    this.say(WAITS[obstacle]);
  }

  /**
   * The chat is here. What was held for it goes into an empty one; in one that has messages its writer is to see them
   * first. What was held for an answer goes when none is under way.
   *
   * @param {{ isEmpty: boolean, isRunning: boolean }} chat
   */
  release({ isEmpty, isRunning }) {
    const obstacle = this.#obstacle;
    if (obstacle === null || (obstacle === "answer" && isRunning)) return;
    this.#obstacle = null;
    if (isEmpty || obstacle === "answer") this.#send();
    else this.say("The chat is here now, and has messages. Send this again to ask under the system prompt you wrote.");
  }

  /** The reader stops what runs: nothing is to begin by itself then. */
  stay() {
    if (this.#obstacle !== "answer") return;
    this.#obstacle = null;
    this.say("This was not sent yet.");
  }

  /**
   * @param {string} request
   * @param {Content} content
   */
  edit(request, content) {
    this.#obstacle = null;
    if (!this.isEditing) this.#draft = { text: this.#input.value, pictures: this.#pictures.addresses };
    this.#replaces = request;
    this.#editing.hidden = false;
    const urls = typeof content === "string" ? [] : content.map(pictureURL);
    this.#fill({ text: textOf(content), pictures: urls.filter((url) => url.startsWith("data:")) });
    this.focus();
  }

  stopEditing() {
    if (!this.isEditing) return;
    this.#leaveEditing(this.#draft);
    this.focus();
  }

  /** The question that is edited is gone, by another tab. What was written stays, and with it what had been before. */
  outdate() {
    const text = [this.#input.value, this.#draft.text].filter((each) => each.trim() !== "").join("\n\n");
    this.#leaveEditing({ text, pictures: [...this.#pictures.addresses, ...this.#draft.pictures] });
    this.#wishes.drafted(text);
    this.say("Another tab has replaced the message that you were editing. What you wrote is a new question now.");
  }

  /**
   * Begins anew with what had been written before. What is written for another session does not go there.
   *
   * @param {string} text
   * @param {readonly string[]} pictures
   */
  begin(text, pictures) {
    this.#leaveEditing({ text, pictures });
    this.say("");
  }

  /** @param {typeof NOTHING} draft */
  #leaveEditing(draft) {
    this.#replaces = undefined;
    this.#obstacle = null;
    this.#editing.hidden = true;
    this.#fill(draft);
  }

  /** @param {typeof NOTHING} draft */
  #fill({ text, pictures }) {
    this.#input.value = text;
    this.#pictures.replace(pictures);
    this.#fit();
  }

  #send() {
    if (this.isEmpty) return;
    const text = questionText(this.#input.value);
    const pictures = this.#pictures.addresses.map((url) => ({ type: "image_url", image_url: { url } }));
    const words = text === "" ? [] : [{ type: "text", text }];
    const content = pictures.length === 0 ? text : [...words, ...pictures];
    if (!this.#wishes.ask(content, this.#replaces)) return;
    const draft = this.isEditing ? this.#draft : NOTHING;
    this.#leaveEditing(draft);
    this.say("");
    this.#wishes.drafted(draft.text);
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

  #takePictures() {
    const files = byId("files", HTMLInputElement);
    byId("attach", HTMLButtonElement).addEventListener("click", () => files.click());
    files.addEventListener("change", () => {
      void this.#pictures.add([...files.files ?? []]);
      files.value = "";
      this.focus();
    });
    this.#input.addEventListener("input", () => this.#fit());
    this.#input.addEventListener("paste", (event) => {
      const pasted = event.clipboardData?.files ?? [];
      if (pasted.length === 0) return;
      event.preventDefault();
      void this.#pictures.add(pasted);
    });
    const field = this.#form.querySelector(".field");
    if (!(field instanceof HTMLElement)) return;
    // A file that is dropped beside the field must not replace the page.
    addEventListener("dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      field.toggleAttribute("data-over", true);
    });
    for (const type of ["dragleave", "dragend"]) addEventListener(type, () => field.removeAttribute("data-over"));
    addEventListener("drop", (event) => {
      field.removeAttribute("data-over");
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      void this.#pictures.add(event.dataTransfer.files);
    });
  }
}
