import { UNKNOWN, fenceEnd } from "./block-starts.js";
import { LineCursor } from "./line-cursor.js";
import { LineFeed } from "./line-feed.js";
import { eatQuoteMark, lineStarts } from "./line-starts.js";
import { OpenBlocks } from "./open-blocks.js";

/**
 * @typedef {import("./block.js").Block} Block
 * @typedef {import("./line-feed.js").Mode} Mode
 * @typedef {import("./line-starts.js").Start} Start
 */

/**
 * Reads markdown's blocks from a text that arrives in pieces, in one pass: what has been read is never read again, so
 * the work is in proportion to the text, and the result does not depend on where the pieces were cut. A line is held
 * back for as long as it can still be several things (a few characters, as a rule: `12` may become `12.` or `12 %`);
 * from then on its text goes on as it comes. Knows CommonMark's blocks and GFM's tables; raw HTML is text.
 */
export class BlockParser {
  #blocks;
  #feed = new LineFeed({
    decide: (line, mode) => this.#decide(line, mode),
    grow: (text) => this.#blocks.grow(text),
    end: () => this.#endLine(),
  });

  /** @param {import("./open-blocks.js").BlockSink} sink */
  constructor(sink) {
    this.#blocks = new OpenBlocks(sink);
  }

  /** @param {string} piece what comes next */
  append(piece) {
    this.#feed.append(piece);
  }

  /** The text has ended. */
  finish() {
    this.#feed.finish();
    this.#blocks.closeTo(0);
  }

  #endLine() {
    const kind = this.#blocks.leaf?.kind;
    if (kind === "heading" || kind === "row") this.#blocks.closeLeaf();
  }

  /**
   * Finds out what a line is, and does it. False: only more of the line can tell, and nothing was done.
   *
   * @param {string} line the line so far
   * @param {Mode} mode
   */
  #decide(line, mode) {
    const cursor = new LineCursor(line);
    const { kept, quote, isUnknown } = this.#keep(cursor, mode);
    if (isUnknown) return false;
    const isWhole = kept === this.#blocks.containers.length;

    if (isWhole && this.#blocks.leaf?.kind === "code") {
      const isDone = this.#blocks.leaf.isFenced
        ? this.#fencedLine(this.#blocks.leaf, cursor, mode)
        : this.#indentedLine(this.#blocks.leaf, cursor, mode, quote);
      if (isDone !== null) return isDone;
    }

    const starts = lineStarts(cursor, {
      depth: kept,
      around: this.#blocks.containers[kept - 1] ?? null,
      paragraph: this.#blocks.leaf?.kind === "paragraph" ? this.#blocks.leaf : null,
      isWhole,
      mode,
    });
    if (starts === UNKNOWN) return false;
    const isBlank = cursor.next.char === "" && mode === "complete";
    const last = starts.at(-1);
    if (last?.kind === "underline") this.#becomeHeading(last, cursor);
    else if (last?.kind === "table") this.#becomeTable(last);
    else this.#apply(starts, kept, isWhole, isBlank, cursor);
    this.#blocks.blankIn = isBlank && starts.length === 0 ? quote : null;
    return true;
  }

  /**
   * How many of the open containers this line goes on with, and the index of the last quote among them; the cursor is
   * past their marks.
   *
   * @param {LineCursor} cursor
   * @param {Mode} mode
   */
  #keep(cursor, mode) {
    let quote = -1;
    let kept = 0;
    for (; kept < this.#blocks.containers.length; kept += 1) {
      const container = this.#blocks.containers[kept];
      if (container.kind === "list") continue;
      const { indent, char } = cursor.next;
      if (char === "" && mode === "open") return { kept, quote, isUnknown: true };
      if (container.kind === "quote") {
        if (indent > 3 || char !== ">") break;
        if (!eatQuoteMark(cursor, mode)) return { kept, quote, isUnknown: true };
        quote = kept;
      } else {
        const isInside = char === "" ? container.count > 0 : indent >= container.indent;
        if (!isInside) break;
        cursor.advance(container.indent);
      }
    }
    return { kept, quote, isUnknown: false };
  }

  /**
   * True: done; false: undecided.
   *
   * @param {Block} code
   * @param {LineCursor} cursor
   * @param {Mode} mode
   */
  #fencedLine(code, cursor, mode) {
    const { indent, at } = cursor.next;
    if (indent <= 3) {
      const end = fenceEnd(cursor.text.slice(at), code, mode === "complete");
      if (end === UNKNOWN && mode === "open") return false;
      if (end === true) {
        this.#blocks.closeLeaf();
        this.#blocks.blankIn = null;
        return true;
      }
    }
    cursor.advance(code.indent);
    this.#addCodeLine(code, cursor.rest);
    return true;
  }

  /**
   * As above; null: the line is no part of the code.
   *
   * @param {Block} code
   * @param {LineCursor} cursor
   * @param {Mode} mode
   * @param {number} quote
   */
  #indentedLine(code, cursor, mode, quote) {
    const { indent, char } = cursor.next;
    if (char === "" && mode !== "forced") {
      if (mode === "open") return false;
      cursor.advance(4);
      code.blanks.push(cursor.rest);
      this.#blocks.blankIn = quote;
      return true;
    }
    if (indent < 4) return null;
    cursor.advance(4);
    for (const blank of code.blanks.splice(0)) this.#addCodeLine(code, blank);
    this.#addCodeLine(code, cursor.rest);
    return true;
  }

  /**
   * @param {Block} code
   * @param {string} line
   */
  #addCodeLine(code, line) {
    this.#blocks.blankIn = null;
    this.#blocks.grow(code.lines === 0 ? line : `\n${line}`);
    code.lines += 1;
  }

  /**
   * Does what most lines do: goes on with a paragraph or a table, or ends blocks and begins others.
   *
   * @param {Start[]} starts
   * @param {number} kept
   * @param {boolean} isWhole
   * @param {boolean} isBlank
   * @param {LineCursor} cursor
   */
  #apply(starts, kept, isWhole, isBlank, cursor) {
    const isText = starts.length === 0 && !isBlank;
    if (isText && this.#blocks.leaf?.kind === "paragraph") {
      cursor.skip(0);
      this.#blocks.grow(`\n${cursor.rest}`);
      return;
    }
    if (isText && isWhole && this.#blocks.leaf?.kind === "table") {
      this.#blocks.openLeaf("row", { text: cursor.rest }, this.#blocks.leaf);
      return;
    }
    const endsList = this.#blocks.containers[kept - 1]?.kind === "list" && !isBlank && starts[0]?.kind !== "item";
    this.#blocks.closeTo(endsList ? kept - 1 : kept);
    for (const { kind, ...properties } of starts) {
      if (kind === "quote" || kind === "list" || kind === "item") this.#blocks.openContainer(kind, properties);
    }
    this.#openLast(starts.at(-1), isBlank, cursor);
  }

  /**
   * The block that takes the rest of the line.
   *
   * @param {Start | undefined} start
   * @param {boolean} isBlank
   * @param {LineCursor} cursor
   */
  #openLast(start, isBlank, cursor) {
    switch (start?.kind) {
      case "heading":
        this.#blocks.openLeaf("heading", { level: start.level, text: cursor.rest });
        break;
      case "rule":
        this.#blocks.openLeaf("rule", {});
        this.#blocks.closeLeaf();
        break;
      case "fence":
        this.#blocks.openLeaf("code", { ...start, kind: "code", isFenced: true });
        break;
      case "code":
        this.#blocks.openLeaf("code", { text: cursor.rest, lines: 1 });
        break;
      default:
        if (isBlank) return;
        cursor.skip(0);
        this.#blocks.openLeaf("paragraph", { text: cursor.rest });
    }
  }

  /**
   * The paragraph was a heading, unless it was nothing but definitions.
   *
   * @param {Start} start
   * @param {LineCursor} cursor
   */
  #becomeHeading({ level }, cursor) {
    this.#blocks.takeDefinitions();
    const { text } = /** @type {Block} */ (this.#blocks.leaf);
    this.#blocks.dropLeaf();
    cursor.skip(0);
    if (text.trim() === "") {
      this.#blocks.openLeaf("paragraph", { text: cursor.rest });
    } else {
      this.#blocks.openLeaf("heading", { level, text, isUnderlined: true });
      this.#blocks.closeLeaf();
    }
  }

  /**
   * The paragraph's last line was a table's header.
   *
   * @param {Start} start
   */
  #becomeTable({ align, header }) {
    this.#blocks.takeLastLine();
    this.#blocks.openLeaf("table", { align });
    this.#blocks.openLeaf("row", { text: header }, /** @type {Block} */ (this.#blocks.leaf));
  }
}
