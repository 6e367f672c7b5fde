/** @typedef {import("./errors.js").TributaryError} TributaryError */

/** A session's `ready`: a promise that is made when it is asked for, and anew once what had refused it is over. */
export class Readiness {
  #wasJoined = false;
  /**
   * Why it cannot be joined.
   * @type {TributaryError | null}
   */
  #refusal = null;
  /** @type {Promise<void> | null} */
  #promise = null;
  /**
   * Those who wait for the first `joined`.
   * @type {{ resolve: () => void, reject: (error: TributaryError) => void }[]}
   */
  #waiting = [];

  get promise() {
    return (this.#promise ??= new Promise((resolve, reject) => {
      if (this.#wasJoined) resolve();
      else if (this.#refusal !== null) reject(this.#refusal);
      else this.#waiting.push({ resolve, reject });
    }));
  }

  /** Whether somebody waits, and would hear of a refusal. */
  get isAwaited() {
    return this.#waiting.length > 0;
  }

  joined() {
    this.#wasJoined = true;
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  /** @param {TributaryError} error */
  refused(error) {
    this.#refusal = error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  /** It is tried again. */
  renew() {
    if (this.#refusal === null) return;
    this.#refusal = null;
    this.#promise = null;
  }
}
