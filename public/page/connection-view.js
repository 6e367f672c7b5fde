import { shortStateWords, troubleWords } from "./connection-words.js";
import { byId, setText } from "./elements.js";
import { everySecond } from "./ticker.js";

/**
 * @typedef {import("../client/index.js").ConnectionState} ConnectionState
 * @typedef {import("./announcer.js").Announcer} Announcer
 */

/**
 * How the connection stands, in the head of the page; what is wrong, when it is tried again, and a button that does it
 * now.
 */
export class ConnectionView {
  #state = byId("state", HTMLElement);
  #trouble = byId("trouble", HTMLElement);
  #words = this.#trouble.querySelector("p") ?? this.#trouble;
  #now = byId("try-now", HTMLButtonElement);
  #offline = byId("offline", HTMLElement);
  #announcer;
  /** @type {ConnectionState} */
  #shown = { name: "connecting", attempt: 1 };
  /** @type {(() => void) | undefined} */
  #stopCounting;

  /**
   * @param {Announcer} announcer
   * @param {() => void} reconnect
   */
  constructor(announcer, reconnect) {
    this.#announcer = announcer;
    this.#now.addEventListener("click", () => {
      reconnect();
      this.#leave();
    });
    addEventListener("online", () => this.#draw());
    addEventListener("offline", () => {
      this.#draw();
      announcer.say(this.#offline.textContent ?? "");
    });
  }

  /** @param {ConnectionState} state */
  show(state) {
    if (state.name !== this.#shown.name) this.#announce(state);
    this.#shown = state;
    const isCounting = state.name === "reconnecting" && state.retryAt !== null;
    if (isCounting) this.#stopCounting ??= everySecond(() => this.#draw());
    else this.#stopCounting = void this.#stopCounting?.();
    this.#draw();
  }

  #draw() {
    const state = this.#shown;
    this.#state.dataset.state = state.name;
    document.documentElement.dataset.connection = state.name;
    setText(this.#state, shortStateWords(state));
    this.#offline.hidden = navigator.onLine;
    const words = troubleWords(state, Date.now());
    const hadFocus = document.activeElement === this.#now;
    this.#trouble.hidden = words === "";
    this.#trouble.classList.toggle("bad", state.name === "closed");
    setText(this.#words, words);
    this.#now.hidden = state.name === "reconnecting" && state.retryAt === null;
    if (hadFocus && (this.#trouble.hidden || this.#now.hidden)) this.#leave();
  }

  /** The button is of no use any more, and had the focus. */
  #leave() {
    byId("input", HTMLTextAreaElement).focus();
  }

  /**
   * Once for each change, and not for every second that is counted.
   *
   * @param {ConnectionState} state
   */
  #announce(state) {
    if (state.name === "reconnecting") this.#announcer.say("The connection was lost. It is being tried again.");
    if (state.name === "open" && this.#shown.name !== "connecting") this.#announcer.say("Connected again.");
    if (state.name === "closed") this.#announcer.say(troubleWords(state, Date.now()));
  }
}
