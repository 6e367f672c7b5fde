import { byId, setText } from "./elements.js";
import { errorWords } from "./error-words.js";

/** @typedef {import("../client/index.js").KeyCheck} KeyCheck */

/**
 * The reader's own API keys, one for each upstream, so that none goes to another by accident. They are in this object
 * and nowhere else: a reload forgets them. A key for the default upstream is that of the upstream of this name as soon
 * as the server has told its name; by guessing it would go to another.
 */
export class KeyField {
  #field = byId("key", HTMLInputElement);
  #button = byId("check-key", HTMLButtonElement);
  #for = byId("key-for", HTMLElement);
  #note = byId("key-note", HTMLElement);
  /** @type {Map<string, string>} by upstream; empty: the default one, while nobody knows its name */
  #keys = new Map();
  #upstream = "";
  #default = "";
  #page;

  /**
   * @param {{
   *   check: (key: string, upstream: string) => Promise<KeyCheck>,
   *   changed: () => void,
   *   accepted: () => void,
   * }} page `changed`: another key was written, or none; `accepted`: one was found valid
   */
  constructor(page) {
    this.#page = page;
    this.#field.addEventListener("input", () => {
      const key = this.#field.value.trim();
      if (key === "") this.#keys.delete(this.#owner);
      else this.#keys.set(this.#owner, key);
      setText(this.#note, "");
      this.#draw();
      page.changed();
    });
    this.#button.addEventListener("click", () => void this.#checkIt());
    this.upstream = "";
  }

  /**
   * The key for that upstream, or undefined.
   *
   * @param {string} upstream empty: the default one
   */
  key(upstream) {
    return this.#keys.get(upstream || this.#default);
  }

  /** The name of the default upstream; empty while nobody knows it. */
  get defaultUpstream() {
    return this.#default;
  }

  /** The server has told it. */
  set defaultUpstream(/** @type {string} */ name) {
    const key = this.#keys.get("");
    this.#keys.delete("");
    if (key !== undefined) this.#keys.set(name, key);
    this.#default = name;
    this.#draw();
  }

  /** The field is that upstream's from now on. Empty: the default one's. */
  set upstream(/** @type {string} */ upstream) {
    if (this.#upstream !== upstream) setText(this.#note, "");
    this.#upstream = upstream;
    this.#draw();
  }

  focus() {
    this.#field.focus();
  }

  /** Whose the key in the field is. */
  get #owner() {
    return this.#upstream || this.#default;
  }

  #draw() {
    const key = this.#keys.get(this.#owner) ?? "";
    if (this.#field.value.trim() !== key) this.#field.value = key;
    const name = this.#default === "" ? "" : `, ${this.#default}`;
    const whom = this.#upstream === "" ? `the default upstream${name}` : this.#upstream;
    setText(this.#for, `For ${whom}, in place of the server’s. It stays in this page’s memory: a reload forgets it.`);
    this.#button.disabled = key === "";
  }

  async #checkIt() {
    const upstream = this.#upstream;
    const owner = this.#owner;
    const key = this.#keys.get(owner);
    if (key === undefined) return;
    setText(this.#note, "Asking …");
    const words = await this.#page.check(key, owner).then(
      ({ valid, upstream: name, message }) => {
        if (owner === "") this.defaultUpstream = name;
        if (!valid) return message ?? `${name} refuses this key.`;
        this.#page.accepted();
        return `${name} takes this key.`;
      },
      (error) => errorWords(error));
    if (upstream === this.#upstream) setText(this.#note, words);
  }
}
