/** How many columns a tab stop is from the next. */
const TAB = 4;

/**
 * A place in a line, in characters and in columns: markdown counts indentation in columns, and a tab may be eaten in
 * part (then the rest of it counts as spaces).
 */
export class LineCursor {
  /** Columns of a half-eaten tab that still count as spaces. */
  #owed = 0;

  /** @param {string} text one line, or its beginning, without the line's end */
  constructor(text) {
    this.text = text;
    this.at = 0;
    this.column = 0;
  }

  /** A copy to try something with. */
  fork() {
    const copy = new LineCursor(this.text);
    copy.at = this.at;
    copy.column = this.column;
    copy.#owed = this.#owed;
    return copy;
  }

  /**
   * What comes after spaces and tabs.
   *
   * @returns {{ indent: number, at: number, char: string }} `indent` in columns; `char` is "" at the text's end
   */
  get next() {
    let { at } = this;
    let column = this.column + this.#owed;
    for (; at < this.text.length; at += 1) {
      if (this.text[at] === " ") column += 1;
      else if (this.text[at] === "\t") column += TAB - (column % TAB);
      else break;
    }
    return { indent: column - this.column, at, char: this.text[at] ?? "" };
  }

  /** Is there a space (or what is left of a tab) right here? */
  get isAtSpace() {
    return this.#owed > 0 || this.text[this.at] === " " || this.text[this.at] === "\t";
  }

  get isAtEnd() {
    return this.#owed === 0 && this.at >= this.text.length;
  }

  /**
   * Goes past spaces and tabs, and past `count` characters after them.
   *
   * @param {number} count
   */
  skip(count) {
    const { indent, at } = this.next;
    this.#owed = 0;
    this.column += indent + count;
    this.at = at + count;
  }

  /**
   * Eats up to `columns` of indentation.
   *
   * @param {number} columns
   */
  advance(columns) {
    let left = columns;
    while (left > 0 && this.isAtSpace) {
      if (this.#owed === 0) {
        this.#owed = this.text[this.at] === "\t" ? TAB - (this.column % TAB) : 1;
        this.at += 1;
      }
      const eaten = Math.min(this.#owed, left);
      this.#owed -= eaten;
      this.column += eaten;
      left -= eaten;
    }
  }

  /** Everything from here on, what is left of a tab as spaces. */
  get rest() {
    return " ".repeat(this.#owed) + this.text.slice(this.at);
  }
}
