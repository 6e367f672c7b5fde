/** Builders for what a server sends, and the small machinery the tests share. */
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto;

export const SESSION = "s";

/** A log frame. */
export function frame(type, request, seq, n, fields = {}) {
  return { type, session: SESSION, request, seq, n, ...fields };
}

export function asked(request, seq, input, fields = {}) {
  return frame("request", request, seq, 0, { input, upstream: "u", at: seq * 1000, ...fields });
}

export function text(request, seq, n, piece, fields = {}) {
  return frame("delta", request, seq, n, { text: piece, ...fields });
}

export function joined(epoch, seq, snapshot = { messages: [], requests: [] }, fields = {}) {
  return { type: "joined", session: SESSION, epoch, seq, recovered: false, tabs: 1, snapshot, ...fields };
}

export function recovered(epoch, seq) {
  return { type: "joined", session: SESSION, epoch, seq, recovered: true, tabs: 1 };
}

/** Timers that run when told: `advance(ms)` calls what is due, in order. It stands in for the globals until `restore`. */
export class Clock {
  #now = 0;
  #timers = new Map();
  #next = 1;
  #real = {};

  constructor() {
    const replace = { setTimeout: false, setInterval: true };
    for (const [name, repeats] of Object.entries(replace)) {
      this.#real[name] = globalThis[name];
      globalThis[name] = (body, delay) => {
        const id = this.#next++;
        this.#timers.set(id, { body, due: this.#now + delay, every: repeats ? delay : null });
        return id;
      };
    }
    for (const name of ["clearTimeout", "clearInterval"]) {
      this.#real[name] = globalThis[name];
      globalThis[name] = (id) => this.#timers.delete(id);
    }
  }

  advance(ms) {
    const end = this.#now + ms;
    for (;;) {
      const [id, timer] = [...this.#timers].sort(([, a], [, b]) => a.due - b.due)[0] ?? [];
      if (timer === undefined || timer.due > end) break;
      this.#now = timer.due;
      if (timer.every === null) this.#timers.delete(id);
      else timer.due += timer.every;
      timer.body();
    }
    this.#now = end;
  }

  get pending() {
    return this.#timers.size;
  }

  restore() {
    Object.assign(globalThis, this.#real);
  }
}
