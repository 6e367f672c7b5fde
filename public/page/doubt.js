/** How long it waits for the second press, in milliseconds. */
const CERTAIN_MS = 5000;
/** A double click is one press. */
const SAME_PRESS_MS = 400;

/** What cannot be undone waits for a second press. */
export class Doubt {
  #changed;
  #askedAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {(isAsking: boolean) => void} changed a second press is waited for, or no longer */
  constructor(changed) {
    this.#changed = changed;
  }

  /** It was pressed. Says whether that is certain now. */
  press() {
    if (this.#timer === undefined) {
      this.#askedAt = performance.now();
      this.#timer = setTimeout(() => this.leave(), CERTAIN_MS);
      this.#changed(true);
      return false;
    }
    if (performance.now() - this.#askedAt < SAME_PRESS_MS) return false;
    this.leave();
    return true;
  }

  /** The first press does not count any more. */
  leave() {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#changed(false);
  }
}
