import { Stored } from "./stored.js";

/** As many are kept, and none that is longer than this. */
const KEPT = 20;
const LONGEST = 100_000;

/**
 * What was written and not sent yet, by chat: it survives a look at another chat, and a reload. It stays in
 * `sessionStorage`, which goes with the tab.
 */
export class Drafts {
  /** @type {Stored<Record<string, string>>} */
  #stored = new Stored("sessionStorage", "tributary.drafts");

  /** @param {string} session */
  get(session) {
    return this.#readable[session] ?? "";
  }

  /**
   * @param {string} session
   * @param {string} text empty: nothing is left to send
   */
  set(session, text) {
    const { [session]: known, ...others } = this.#readable;
    if (text === "" && known === undefined) return;
    const kept = Object.entries(others).slice(-KEPT + 1);
    if (text !== "" && text.length <= LONGEST) kept.push([session, text]);
    this.#stored.write(Object.fromEntries(kept));
  }

  /** @returns {Record<string, string>} */
  get #readable() {
    const stored = this.#stored.read();
    if (typeof stored !== "object" || stored === null) return {};
    return Object.fromEntries(Object.entries(stored).filter(([, text]) => typeof text === "string"));
  }
}
