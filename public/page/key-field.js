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
  /**
   * By upstream, in the order in which they were written. Empty: the default one, while nobody knows its name.
   * @type {Map<string, string>}
   */
  #keys = new Map();
  #upstream = "";
  /** @type {string | null} whose the field becomes when the focus has left it and its button */
  #nextUpstream = null;
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
      this.#keys.delete(this.#owner);
      if (key !== "") this.#keys.set(this.#owner, key);
      setText(this.#note, "");
      this.#draw();
      page.changed();
    });
    this.#button.addEventListener("click", () => void this.#checkIt());
    /** @param {FocusEvent} event */
    const left = ({ relatedTarget }) => {
      if (this.#nextUpstream !== null && !this.#has(relatedTarget)) this.upstream = this.#nextUpstream;
    };
    this.#field.addEventListener("blur", left);
    this.#button.addEventListener("blur", left);
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

  /** The server has told it. Of a key under that name and one for the default upstream the newer one counts. */
  set defaultUpstream(/** @type {string} */ name) {
    const newest = [...this.#keys].filter(([owner]) => owner === "" || owner === name).at(-1);
    this.#keys.delete("");
    if (newest !== undefined) this.#keys.set(name, newest[1]);
    this.#default = name;
    this.#draw();
  }

  /**
   * The field is that upstream's from now on, or when whoever is at it has left. Empty: the default one's.
   */
  set upstream(/** @type {string} */ upstream) {
    const isInUse = this.#upstream !== upstream && this.#has(document.activeElement);
    this.#nextUpstream = isInUse ? upstream : null;
    if (isInUse) return;
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

  /** @param {EventTarget | null} node */
  #has(node) {
    return node === this.#field || node === this.#button;
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
    // It may have got its upstream's name since.
    const isStillIt = () => this.key(owner) === key;
    setText(this.#note, "Asking …");
    const words = await this.#page.check(key, owner).then(
      ({ valid, upstream: name, message }) => {
        if (owner === "") this.defaultUpstream = name;
        if (!valid) return message ?? `${name} refuses this key.`;
        if (isStillIt()) this.#page.accepted();
        return `${name} takes this key.`;
      },
      (error) => errorWords(error));
    if (upstream === this.#upstream && isStillIt()) setText(this.#note, words);
  }
}
