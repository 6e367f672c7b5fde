import { Stored } from "./stored.js";
import { Tray } from "./tray.js";

/** As many are kept, and none there that is longer than this. */
const KEPT = 20;
const LONGEST = 100_000;
/** Longer ones, and pictures, of so many chats are in memory. */
const KEPT_IN_MEMORY = 4;

/**
 * What was written and not sent yet, by chat: it survives a look at another chat, and a reload. It stays in
 * `sessionStorage`, which goes with the tab; what is too large for that in memory, which goes with the page. Each text
 * lies by itself, so that a key that is pressed costs no more for what was written elsewhere.
 */
export class Drafts {
  #name;
  /** @type {Stored<string[]>} the chats of `#texts` */
  #index;
  /** @type {Map<string, Stored<string>>} by chat, the newest last */
  #texts;
  /** @type {Map<string, string>} */
  #long = new Map();
  /** @type {Map<string, Tray>} */
  #pictures = new Map();

  /** @param {string} [name] where they are stored */
  constructor(name = "tributary.drafts") {
    this.#name = name;
    this.#index = new Stored("sessionStorage", name);
    this.#texts = new Map(readableIndex(this.#index.read()).map((session) => [session, this.#place(session)]));
  }

  /** What there are drafts for, the newest last, those in memory at the end. */
  get keys() {
    return [...new Set([...this.#texts.keys(), ...this.#long.keys(), ...this.#pictures.keys()])];
  }

  /**
   * @param {string} session
   * @returns {import("./draft.js").Draft}
   */
  draft(session) {
    return { text: this.get(session), pictures: this.pictures(session) ?? new Tray() };
  }

  /** @param {string} session */
  get(session) {
    const text = this.#long.get(session) ?? this.#texts.get(session)?.read();
    return typeof text === "string" ? text : "";
  }

  /**
   * @param {string} session
   * @param {string} text empty: nothing is left to send
   */
  set(session, text) {
    const isLong = text.length > LONGEST;
    keep(this.#long, session, isLong ? text : undefined);
    if (text === "" || isLong) return this.#remove(session);
    const stored = this.#texts.get(session) ?? this.#place(session);
    stored.write(text);
    if ([...this.#texts.keys()].at(-1) === session) return;
    this.#texts.delete(session);
    this.#texts.set(session, stored);
    const [oldest] = this.#texts.keys();
    if (this.#texts.size > KEPT) this.#remove(oldest);
    else this.#writeIndex();
  }

  /**
   * @param {string} session
   * @param {import("./draft.js").Draft} draft
   */
  keep(session, { text, pictures }) {
    this.set(session, text);
    this.setPictures(session, pictures);
  }

  /**
   * The pictures that were to go with it.
   *
   * @param {string} session
   */
  pictures(session) {
    return this.#pictures.get(session);
  }

  /**
   * @param {string} session
   * @param {Tray} pictures also such as are still being read
   */
  setPictures(session, pictures) {
    keep(this.#pictures, session, pictures.isEmpty ? undefined : pictures);
  }

  /** @param {string} [session] all where it is not given */
  forget(session) {
    for (const each of session === undefined ? this.keys : [session]) {
      this.keep(each, { text: "", pictures: new Tray() });
    }
    this.#writeIndex();
  }

  /** @param {string} session */
  #remove(session) {
    this.#texts.get(session)?.remove();
    if (this.#texts.delete(session)) this.#writeIndex();
  }

  #writeIndex() {
    this.#index.write([...this.#texts.keys()]);
  }

  /**
   * @param {string} session
   * @returns {Stored<string>}
   */
  #place(session) {
    return new Stored("sessionStorage", `${this.#name} ${session}`);
  }
}

/**
 * @param {unknown} stored
 * @returns {string[]}
 */
function readableIndex(stored) {
  return Array.isArray(stored) ? stored.filter((each) => typeof each === "string").slice(-KEPT) : [];
}

/**
 * The newest ones alone.
 *
 * @template Value
 * @param {Map<string, Value>} map
 * @param {string} session
 * @param {Value | undefined} value undefined: none
 */
function keep(map, session, value) {
  map.delete(session);
  if (value !== undefined) map.set(session, value);
  const [oldest] = map.keys();
  if (map.size > KEPT_IN_MEMORY) map.delete(oldest);
}
