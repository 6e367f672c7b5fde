/** How long a frame is waited for, in milliseconds: a tab in the background draws none. */
const PATIENCE_MS = 250;
/** What counts as a frame where nothing is drawn, in milliseconds. */
const FRAME_MS = 16;

/** Does something before the next frame is drawn, once, however often it is asked for. */
export class Beat {
  #body;
  /** @type {number | null} */
  #frame = null;
  /** @type {ReturnType<typeof setTimeout> | null} */
  #timer = null;

  /** @param {() => void} body */
  constructor(body) {
    this.#body = body;
  }

  /** It is due with the next frame, or after a while without one. */
  ask() {
    if (this.#timer !== null) return;
    const draws = typeof requestAnimationFrame === "function" && globalThis.document?.visibilityState !== "hidden";
    if (draws) this.#frame = requestAnimationFrame(this.#come);
    this.#timer = setTimeout(this.#come, draws ? PATIENCE_MS : FRAME_MS);
  }

  /** It is not due any more. */
  cancel() {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#frame = this.#timer = null;
  }

  #come = () => {
    this.cancel();
    this.#body();
  };
}
