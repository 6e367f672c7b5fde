/** How long an answer may take: to a `ping` after silence, and to one because the page woke. */
const PONG_MS = 10_000;
const PROBE_MS = 4_000;
/** A timer this late means that the page slept: what was due may be there already. */
const LATE_MS = 2_000;
/**
 * How much longer it may be while something large is awaited, which is heard of only when it is whole, and behind which
 * a `pong` queues: at first, and at most, once that has doubled with each connection that did not live to see it.
 */
const PATIENCE_MS = 20_000;
const MOST_PATIENCE_MS = 180_000;

/**
 * Finds out whether a connection still lives: after a silence it has a `ping` sent, and where nothing comes upon that,
 * the connection is dead. From the last sign of life that takes at most twice the interval, but where something large
 * may be under way on a slow line.
 */
export class Heartbeat {
  #actions;
  #clock;
  /** How long a silence may be; 0: any. */
  #interval = 0;
  #heardAt = 0;
  /**
   * When something must have been heard, while that is so.
   * @type {number | null}
   */
  #due = null;
  /** Whether nothing was heard since then. */
  #isSilent = false;
  /** What the socket had still to send then. */
  #backlog = 0;
  /** How long it waits once more for something large. Outlives a connection. */
  #patience = PATIENCE_MS;
  /** Whether it does so now. */
  #isPatient = false;
  /** Whether the last verdict was put off, for it came late. */
  #wasLate = false;
  /** @type {unknown} */
  #timer;

  /**
   * `backlog` is how many bytes the socket has still to send: while they get fewer, it lives. `expectsMuch` says
   * whether something large was asked for that is not here.
   * @param {{ ping: () => void, dead: () => void, backlog: () => number, expectsMuch: () => boolean }} actions
   * @param {import("./clock.js").Clock} clock
   */
  constructor(actions, clock) {
    this.#actions = actions;
    this.#clock = clock;
  }

  /**
   * The connection is there, and may be asked.
   * @param {number} interval milliseconds; 0: it may be silent for ever
   */
  start(interval) {
    this.#interval = interval;
    this.heard();
    this.#rest();
  }

  /** Any message is a sign of life. Called for each of them: it touches no timer. */
  heard() {
    this.#heardAt = this.#clock.now();
    this.#isSilent = false;
    this.#isPatient = false;
    this.#wasLate = false;
  }

  /**
   * Something must come within `ms`.
   * @param {number} ms
   */
  expect(ms) {
    const due = this.#clock.now() + ms;
    if (this.#due !== null && this.#isSilent && (this.#isPatient || this.#due <= due)) return;
    this.#due = due;
    this.#isSilent = true;
    this.#backlog = this.#actions.backlog();
    this.#wait(ms);
  }

  /** The page woke, or the network changed: find out now. */
  probe() {
    this.hurry();
    this.#actions.ping();
  }

  /** The same where nothing can be sent yet: what is awaited must come soon. */
  hurry() {
    this.expect(PROBE_MS);
  }

  stop() {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due = null;
    this.#isPatient = false;
    this.#wasLate = false;
  }

  /** Nothing is due until it has been silent for the interval. */
  #rest() {
    this.stop();
    if (!this.#actions.expectsMuch()) this.#patience = PATIENCE_MS;
    if (this.#interval > 0) this.#wait(Math.max(0, this.#heardAt + this.#interval - this.#clock.now()));
  }

  /** @param {number} ms */
  #wait(ms) {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(() => this.#rang(), ms);
  }

  #rang() {
    if (this.#due === null) {
      if (this.#clock.now() - this.#heardAt < this.#interval) return this.#rest();
      this.expect(Math.min(PONG_MS, this.#interval));
      this.#actions.ping();
    } else if (!this.#isSilent) {
      this.#rest();
    } else {
      this.#judge(this.#clock.now() - this.#due);
    }
  }

  /**
   * Nothing was heard until now, `late` milliseconds after it was due.
   * @param {number} late
   */
  #judge(late) {
    this.#due = null;
    if (late > LATE_MS && !this.#wasLate) {
      this.#wasLate = true; // a second time would be a hidden page's slow timers
      this.probe();
    } else if (this.#actions.backlog() < this.#backlog) {
      this.expect(PONG_MS);
    } else if (!this.#actions.expectsMuch()) {
      this.#actions.dead();
    } else if (!this.#isPatient) {
      this.expect(this.#patience);
      this.#isPatient = true;
    } else {
      this.#patience = Math.min(2 * this.#patience, MOST_PATIENCE_MS);
      this.#actions.dead();
    }
  }
}
