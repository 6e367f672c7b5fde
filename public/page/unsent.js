import { Drafts } from "./drafts.js";

/**
 * The questions that were asked and of which it is not known that the server has them, by chat and request: they wait
 * for the connection, or were refused. So they survive what drafts do.
 */
export class Unsent {
  #drafts = new Drafts("tributary.unsent");

  /**
   * Its requests, in the order of asking.
   *
   * @param {string} session
   */
  requests(session) {
    const prefix = keyOf(session, "");
    return this.#drafts.keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  }

  /**
   * @param {string} session
   * @param {string} request
   * @param {import("./draft.js").Draft} draft as it was written
   */
  add(session, request, draft) {
    this.#drafts.keep(keyOf(session, request), draft);
  }

  /**
   * It is not one of them any more. Returns what was written.
   *
   * @param {string} session
   * @param {string} request
   */
  take(session, request) {
    const key = keyOf(session, request);
    const draft = this.#drafts.draft(key);
    this.#drafts.forget(key);
    return draft;
  }

  /** @param {string} [session] all where it is not given */
  forget(session) {
    if (session === undefined) this.#drafts.forget();
    else for (const request of this.requests(session)) this.take(session, request);
  }
}

/**
 * No id has a blank.
 *
 * @param {string} session
 * @param {string} request
 */
function keyOf(session, request) {
  return `${session} ${request}`;
}
