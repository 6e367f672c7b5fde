/** How near to the end, in pixels, somebody must scroll to be taken along by new text again. */
const NEAR_PX = 64;

/**
 * Keeps the end of `content` in sight while it grows, until the reader scrolls up; from then on nothing moves, and
 * `button` leads back. It looks after the browser's layout and before its painting, so that nothing has to be laid out
 * twice.
 */
export class ScrollAnchor {
  #scroller;
  #button;
  #isAtEnd = true;
  #lastTop = 0;

  /**
   * @param {HTMLElement} scroller
   * @param {HTMLElement} content its only child that grows
   * @param {HTMLElement} button
   */
  constructor(scroller, content, button) {
    this.#scroller = scroller;
    this.#button = button;
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    button.addEventListener("click", () => {
      this.toEnd();
      scroller.focus({ preventScroll: true });
    });
    const observer = new ResizeObserver(() => this.#resized());
    observer.observe(content);
    observer.observe(scroller);
  }

  /** Shows the end, whatever was being read, and stays with it. */
  toEnd() {
    this.#isAtEnd = true;
    this.#resized();
  }

  #resized() {
    if (this.#isAtEnd) this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#offer();
  }

  /**
   * Only the reader scrolls up, be it by one line. What goes down may be us, or a reader who wants to come along again.
   * (A content that shrinks takes the place up, too, and to the very end.)
   */
  #scrolled() {
    const { scrollTop } = this.#scroller;
    if (this.#distance <= 1) this.#isAtEnd = true;
    else if (scrollTop < this.#lastTop) this.#isAtEnd = false;
    else if (scrollTop > this.#lastTop && this.#distance <= NEAR_PX) this.#isAtEnd = true;
    this.#lastTop = scrollTop;
    this.#offer();
  }

  #offer() {
    this.#button.hidden = this.#isAtEnd || this.#distance <= NEAR_PX;
  }

  get #distance() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight;
  }
}
