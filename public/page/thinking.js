/**
 * @typedef {import("../client/index.js").Session} Session
 * @typedef {import("../client/index.js").Delta} Delta
 * @typedef {import("../client/index.js").ChatRequest} ChatRequest
 *
 * Milliseconds of `performance.now()`; `to` is null while it goes on.
 * @typedef {{ from: number, to: number | null }} Span
 */

/**
 * How long models have thought before they spoke. It listens to the deltas themselves, because a hidden tab draws
 * nothing; and knows nothing of thoughts whose beginning this tab has not seen.
 */
export class Thinking {
  /** @type {Map<string, Span | null>} by request and choice; null: its beginning was not seen */
  #spans = new Map();
  #session;
  #stops;

  /** @param {Session} session */
  constructor(session) {
    this.#session = session;
    this.#stops = [
      session.on("delta", ({ request, delta }) => this.#take(request, delta)),
      session.on("end", ({ request }) => request.choices.forEach(({ choice }) => this.#end(`${request.id} ${choice}`))),
    ];
  }

  /**
   * @param {string} request
   * @param {number} choice
   * @returns {Span | undefined}
   */
  of(request, choice) {
    return this.#spans.get(`${request} ${choice}`) ?? undefined;
  }

  stop() {
    for (const stop of this.#stops) stop();
  }

  /**
   * @param {ChatRequest} request
   * @param {Delta} delta
   */
  #take(request, delta) {
    const key = `${request.id} ${delta.choice}`;
    if (delta.reasoning === undefined) return this.#end(key);
    if (this.#spans.has(key)) return;
    this.#forget();
    const known = request.choices.find((each) => each.choice === delta.choice)?.reasoning.length ?? 0;
    this.#spans.set(key, known <= delta.reasoning.length ? { from: performance.now(), to: null } : null);
  }

  /** Whatever is no turn of the session any more. */
  #forget() {
    const requests = new Set(this.#session.turns.map(({ request }) => request));
    for (const key of this.#spans.keys()) {
      if (!requests.has(key.slice(0, key.indexOf(" ")))) this.#spans.delete(key);
    }
  }

  /** @param {string} key */
  #end(key) {
    const span = this.#spans.get(key);
    if (span) span.to ??= performance.now();
  }
}
