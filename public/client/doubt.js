import { Backoff } from "./backoff.js";

/**
 * When an answer is doubted: at first, and at most, once that has doubled with each that was lost. Half of it and more,
 * by chance.
 */
const FIRST_MS = 30_000;
const MOST_MS = 240_000;

/**
 * The doubt that commands will be answered, on a connection that lives. The server takes and answers them in order:
 * where a `pong` is here and the answer to what was sent before its `ping` is not, that was lost. An answer that is
 * only slow, a large snapshot say, holds up the `pong`, too.
 */
export class Doubt {
  #wire;
  #listener;
  #waits;
  /**
   * What tells one doubt from a later one. Null: there is none.
   * @type {object | null}
   */
  #present = null;
  /** @type {unknown} */
  #timer;

  /**
   * @param {Pick<import("./wire.js").Wire, "echo" | "clock" | "random">} wire
   * @param {object} listener
   * @param {() => string[]} listener.unanswered the ids of what was sent on this connection and is not answered
   * @param {(ids: string[]) => void} listener.lost told of which of those the answer will not come; sends them again
   */
  constructor(wire, listener) {
    this.#wire = wire;
    this.#listener = listener;
    this.#waits = new Backoff({ first: FIRST_MS, cap: MOST_MS, random: wire.random });
  }

  /** Something was sent that is to be answered. */
  begin() {
    if (this.#present !== null) return;
    const present = (this.#present = {});
    this.#timer = this.#wire.clock.setTimeout(() => this.#findOut(present), this.#waits.next());
  }

  /** No answer is waited for. */
  end() {
    this.#present = null;
    this.#wire.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** The answers come: the next doubt is as early as the first. */
  settle() {
    this.end();
    this.#waits.reset();
  }

  /** @param {object} present */
  async #findOut(present) {
    const before = this.#listener.unanswered();
    if (before.length > 0) await this.#wire.echo().catch(() => {}); // a refusal is an answer; else nothing waits
    if (present !== this.#present) return;
    const now = new Set(this.#listener.unanswered());
    const lost = before.filter((id) => now.has(id));
    if (lost.length > 0) {
      this.end();
      this.#listener.lost(lost);
    } else {
      this.settle();
      if (now.size > 0) this.begin();
    }
  }
}
