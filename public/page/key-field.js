import { byId, setText } from "./elements.js";
import { errorWords } from "./error-words.js";

/** @typedef {import("../client/index.js").KeyCheck} KeyCheck */

/**
 * The reader's own API keys, one for each upstream, so that none goes to another by accident. They are in this object
 * and nowhere else: a reload forgets them.
 */
export class KeyField {
  #field = byId("key", HTMLInputElement);
  #button = byId("check-key", HTMLButtonElement);
  #for = byId("key-for", HTMLElement);
  #note = byId("key-note", HTMLElement);
  /** @type {Map<string, string>} by upstream; empty: the one that the server chooses */
  #keys = new Map();
  #upstream = "";
  #check;
  #accepted;

  /**
   * @param {(key: string, upstream: string) => Promise<KeyCheck>} check
   * @param {() => void} accepted a key was found valid
   */
  constructor(check, accepted) {
    this.#check = check;
    this.#accepted = accepted;
    this.#field.addEventListener("input", () => {
      const key = this.#field.value.trim();
      if (key === "") this.#keys.delete(this.#upstream);
      else this.#keys.set(this.#upstream, key);
      setText(this.#note, "");
      this.#draw();
    });
    this.#button.addEventListener("click", () => void this.#checkIt());
    this.upstream = "";
  }

  /**
   * The key for that upstream, or undefined.
   *
   * @param {string} upstream
   */
  key(upstream) {
    return this.#keys.get(upstream);
  }

  /** The field is that upstream's from now on. */
  set upstream(/** @type {string} */ upstream) {
    if (this.#upstream !== upstream) setText(this.#note, "");
    this.#upstream = upstream;
    this.#field.value = this.#keys.get(upstream) ?? "";
    const whom = upstream === "" ? "the default upstream" : upstream;
    setText(this.#for, `For ${whom}, in place of the server’s. It stays in this page’s memory: a reload forgets it.`);
    this.#draw();
  }

  focus() {
    this.#field.focus();
  }

  #draw() {
    this.#button.disabled = !this.#keys.has(this.#upstream);
  }

  async #checkIt() {
    const upstream = this.#upstream;
    const key = this.#keys.get(upstream);
    if (key === undefined) return;
    setText(this.#note, "Asking …");
    const words = await this.#check(key, upstream).then(
      ({ valid, upstream: name, message }) => {
        if (!valid) return message ?? `${name} refuses this key.`;
        this.#accepted();
        return `${name} takes this key.`;
      },
      (error) => errorWords(error));
    if (upstream === this.#upstream) setText(this.#note, words);
  }
}
