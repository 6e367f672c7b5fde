/**
 * Draws at most once in an animation frame, however often it is asked to. There are no animation frames in the
 * background: a hidden tab draws nothing, and once when it is seen again.
 */
export class Painter {
  #draw;
  #isDue = false;

  /** @param {() => void} draw */
  constructor(draw) {
    this.#draw = draw;
  }

  request() {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.#draw();
    });
  }
}
