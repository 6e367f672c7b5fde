/**
 * How long to wait before the next attempt: exponential, capped, and jittered over its upper half, so that a thousand
 * tabs that lost the same server do not come back in the same moment.
 */
export class Backoff {
  #first;
  #cap;
  #random;
  #attempts = 0;

  /**
   * `first` and `cap` in milliseconds; `random` gives numbers in [0, 1).
   * @param {{ first?: number, cap?: number, random?: () => number }} options
   */
  constructor({ first = 500, cap = 30_000, random = Math.random } = {}) {
    this.#first = first;
    this.#cap = cap;
    this.#random = random;
  }

  /** Milliseconds to wait before the next attempt, which it counts. */
  next() {
    const ceiling = Math.min(this.#cap, this.#first * 2 ** Math.min(this.#attempts, 30));
    this.#attempts += 1;
    return Math.round(ceiling * (0.5 + this.#random() / 2));
  }

  /** The last attempt worked. */
  reset() {
    this.#attempts = 0;
  }
}
