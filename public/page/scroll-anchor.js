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
  /** Where it stood, and how high the content was, when that was last looked at. */
  #lastTop = 0;
  #lastHeight = 0;

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
    // Its event comes later: what the reader scrolls until then is measured from here.
    this.#note();
    this.#offer();
  }

  /**
   * Only the reader scrolls up, be it by one line, where the content has not shrunk: that takes the place up, too. What
   * goes down may be us, or a reader who wants to come along again.
   */
  #scrolled() {
    const { scrollTop, scrollHeight } = this.#scroller;
    if (this.#distance <= 1) this.#isAtEnd = true;
    else if (scrollTop < this.#lastTop && scrollHeight >= this.#lastHeight) this.#isAtEnd = false;
    else if (scrollTop > this.#lastTop && this.#distance <= NEAR_PX) this.#isAtEnd = true;
    this.#note();
    this.#offer();
  }

  #note() {
    this.#lastTop = this.#scroller.scrollTop;
    this.#lastHeight = this.#scroller.scrollHeight;
  }

  #offer() {
    this.#button.hidden = this.#isAtEnd || this.#distance <= NEAR_PX;
  }

  get #distance() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight;
  }
}
