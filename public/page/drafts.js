import { Stored } from "./stored.js";
import { Tray } from "./tray.js";

/** As many are kept, and none there that is longer than this. */
const KEPT = 20;
const LONGEST = 100_000;
/** Longer ones, and pictures, of so many chats are in memory. */
const KEPT_IN_MEMORY = 4;

/**
 * What was written and not sent yet, by chat: it survives a look at another chat, and a reload. It stays in
 * `sessionStorage`, which goes with the tab; what is too large for that in memory, which goes with the page.
 */
export class Drafts {
  /** @type {Stored<Record<string, string>>} */
  #stored;
  /** @type {Map<string, string>} */
  #long = new Map();
  /** @type {Map<string, Tray>} */
  #pictures = new Map();

  /** @param {string} [name] where they are stored */
  constructor(name = "tributary.drafts") {
    this.#stored = new Stored("sessionStorage", name);
  }

  /** What there are drafts for, the newest last, those in memory at the end. */
  get keys() {
    return [...new Set([...Object.keys(this.#readable), ...this.#long.keys(), ...this.#pictures.keys()])];
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
    const drafts = this.#readable;
    return this.#long.get(session) ?? (Object.hasOwn(drafts, session) ? drafts[session] : "");
  }

  /**
   * @param {string} session
   * @param {string} text empty: nothing is left to send
   */
  set(session, text) {
    const isLong = text.length > LONGEST;
    keep(this.#long, session, isLong ? text : undefined);
    const drafts = this.#readable;
    if ((text === "" || isLong) && !Object.hasOwn(drafts, session)) return;
    const { [session]: _, ...others } = drafts;
    const kept = Object.entries(others).slice(-KEPT + 1);
    if (text !== "" && !isLong) kept.push([session, text]);
    this.#stored.write(Object.fromEntries(kept));
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
    if (session !== undefined) return this.keep(session, { text: "", pictures: new Tray() });
    this.#long.clear();
    this.#pictures.clear();
    this.#stored.write({});
  }

  /** @returns {Record<string, string>} */
  get #readable() {
    const stored = this.#stored.read();
    if (typeof stored !== "object" || stored === null) return {};
    return Object.fromEntries(Object.entries(stored).filter(([, text]) => typeof text === "string"));
  }
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
