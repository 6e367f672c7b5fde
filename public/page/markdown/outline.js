/** The level of the page's own heading above an answer. */
const ABOVE = 2;
const DEEPEST = 6;

/**
 * On which levels an answer's headings stand. Models begin with `###` as often as with `#`, and leave levels out; who
 * goes by headings is to find none missing. So a heading stands one level below the last one that it belongs under, or
 * below the page's own: what has been placed stays, whatever comes.
 */
export class Outline {
  /** @type {number[]} as they were written: the headings that the next one may belong under, outermost first */
  #open = [];

  /**
   * The level of the next heading.
   *
   * @param {number} level as it was written, from 1
   */
  place(level) {
    while ((this.#open.at(-1) ?? 0) >= level) this.#open.pop();
    this.#open.push(level);
    return Math.min(ABOVE + this.#open.length, DEEPEST);
  }
}
