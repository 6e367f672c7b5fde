/** A clock that goes when told: `advance` calls what is due, in order. */
export class Clock {
  #now = 0;
  #timers = new Map();
  #next = 1;
  /** The page slept: time went on and no timer did. */
  skip(ms) {
    this.#now += ms;
  }

  now = () => this.#now;
  date = () => 1_700_000_000_000 + this.#now;

  setTimeout = (body, ms) => {
    const id = this.#next;
    this.#next += 1;
    this.#timers.set(id, { body, due: this.#now + Math.max(0, ms) });
    return id;
  };

  clearTimeout = (id) => void this.#timers.delete(id);

  get pending() {
    return this.#timers.size;
  }

  /** When the next timer is due, or null. */
  get nextDue() {
    return this.#timers.size === 0 ? null : Math.min(...[...this.#timers.values()].map(({ due }) => due));
  }

  advance(ms) {
    const end = this.#now + ms;
    for (;;) {
      let first = null;
      for (const [id, timer] of this.#timers) {
        if (timer.due <= end && (first === null || timer.due < first.timer.due)) first = { id, timer };
      }
      if (first === null) break;
      this.#now = Math.max(this.#now, first.timer.due);
      this.#timers.delete(first.id);
      first.timer.body();
    }
    this.#now = end;
  }
}
