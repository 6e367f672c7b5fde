/** A line that does not tell within so many characters what it is, is text. */
const MAX_UNDECIDED = 1_000;

/**
 * @typedef {"open" | "complete" | "forced"} Mode there may be more of the line; there is no more; there is, but nobody
 *   waits for it
 *
 * @typedef {object} LineReader
 * @property {(line: string, mode: Mode) => boolean} decide finds out what a line is by its beginning; false: more must
 *   come first. `complete` and `forced` are always answered with true.
 * @property {(text: string) => void} grow the rest of the line, in pieces
 * @property {() => void} end of the line
 */

/**
 * Cuts a text that arrives in pieces into lines. A line's beginning is offered to the reader again and again until it
 * can be decided; what follows is handed on as it comes. Line ends are `\n`, `\r` or `\r\n`; U+0000 becomes U+FFFD.
 */
export class LineFeed {
  #reader;
  /** The beginning of the line, while it is undecided. */
  #held = "";
  #isDecided = false;
  /** A carriage return or half a surrogate pair whose other half is still to come. */
  #carry = "";

  /** @param {LineReader} reader */
  constructor(reader) {
    this.#reader = reader;
  }

  /** @param {string} piece what comes next */
  append(piece) {
    const text = this.#carry + piece;
    this.#carry = /[\r\ud800-\udbff]$/.exec(text)?.[0] ?? "";
    this.#read(text.slice(0, text.length - this.#carry.length));
  }

  /** The text has ended, and so has its last line. */
  finish() {
    this.#read(this.#carry);
    this.#carry = "";
    if (this.#isDecided || this.#held !== "") this.#endLine();
  }

  /** @param {string} piece */
  #read(piece) {
    const isPlain = !piece.includes("\r") && !piece.includes("\0");
    const text = isPlain ? piece : piece.replace(/\r\n?/g, "\n").replaceAll("\0", "\ufffd");
    let start = 0;
    while (start < text.length) {
      const end = text.indexOf("\n", start);
      this.#addToLine(text.slice(start, end === -1 ? text.length : end));
      if (end === -1) return;
      this.#endLine();
      start = end + 1;
    }
  }

  /** @param {string} piece */
  #addToLine(piece) {
    if (piece === "") return;
    if (this.#isDecided) {
      this.#reader.grow(piece);
      return;
    }
    const room = MAX_UNDECIDED - this.#held.length;
    this.#held += piece.slice(0, room);
    const mode = this.#held.length === MAX_UNDECIDED ? "forced" : "open";
    this.#isDecided = this.#reader.decide(this.#held, mode);
    if (!this.#isDecided) return;
    this.#held = "";
    if (piece.length > room) this.#reader.grow(piece.slice(room));
  }

  #endLine() {
    if (!this.#isDecided) this.#reader.decide(this.#held, "complete");
    this.#held = "";
    this.#isDecided = false;
    this.#reader.end();
  }
}
