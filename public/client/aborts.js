/**
 * The requests that this tab wants cancelled, and who waits for that. An abort is idempotent: it is sent again until it
 * was answered, or the log shows the request's end.
 *
 * @typedef {object} Abort
 * @property {boolean} isSent
 * @property {Promise<boolean>} answer whether this abort cancelled it
 * @property {(isCancelled: boolean) => void} resolve
 * @property {(error: Error) => void} reject
 */
export class Aborts {
  /** @type {Map<string, Abort>} */
  #aborts = new Map();

  /** @param {string} request */
  has(request) {
    return this.#aborts.has(request);
  }

  /**
   * Resolves with whether the request was cancelled by it.
   * @param {string} request
   */
  want(request) {
    const known = this.#aborts.get(request);
    if (known !== undefined) return known.answer;
    /** @type {any} */
    const abort = { isSent: false };
    abort.answer = new Promise((resolve, reject) => Object.assign(abort, { resolve, reject }));
    this.#aborts.set(request, abort);
    return /** @type {Abort} */ (abort).answer;
  }

  /** The requests whose abort is to be sent now. */
  take() {
    if (this.#aborts.size === 0) return [];
    const due = [...this.#aborts].filter(([, abort]) => !abort.isSent);
    for (const [, abort] of due) abort.isSent = true;
    return due.map(([request]) => request);
  }

  /** The requests whose abort was sent on this connection and is not answered. */
  get unanswered() {
    return [...this.#aborts].filter(([, abort]) => abort.isSent).map(([request]) => request);
  }

  /**
   * It has to be sent again.
   * @param {string} request
   */
  notSent(request) {
    const abort = this.#aborts.get(request);
    if (abort !== undefined) abort.isSent = false;
  }

  /** The connection is gone. */
  lost() {
    for (const abort of this.#aborts.values()) abort.isSent = false;
  }

  /**
   * @param {string} request
   * @param {boolean} isCancelled
   */
  done(request, isCancelled) {
    this.#aborts.get(request)?.resolve(isCancelled);
    this.#aborts.delete(request);
  }

  /**
   * @param {string} request
   * @param {Error} error
   */
  failed(request, error) {
    this.#aborts.get(request)?.reject(error);
    this.#aborts.delete(request);
  }

  /** @param {Error} error */
  close(error) {
    for (const request of [...this.#aborts.keys()]) this.failed(request, error);
  }
}
