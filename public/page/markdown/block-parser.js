import {
  UNKNOWN, fenceEnd, fenceStart, headingStart, markerStart, mayBeDelimiterRow, ruleStart, underline,
} from "./block-starts.js";
import { takeDefinitions } from "./definitions.js";
import { LineCursor } from "./line-cursor.js";
import { alignments, rowCells } from "./table-row.js";

/** Quotes, lists and items within each other; what would be deeper is text. */
const MAX_DEPTH = 32;

/** A line that does not tell within so many characters what it is, is text. */
const MAX_UNDECIDED = 1_000;

/**
 * One block: `text` is that of a paragraph, heading, row or piece of code; it only grows while the block is open, but
 * for a paragraph whose last line turns out to be a table's header. `count` is how many blocks it holds.
 *
 * @typedef {{
 *   kind: "root" | "quote" | "list" | "item" | "paragraph" | "heading" | "rule" | "code" | "table" | "row",
 *   parent: Block | null, count: number, text: string, isOpen: boolean, isLoose: boolean, indent: number,
 *   level: number, mark: string, length: number, isFenced: boolean, lines: number, blanks: string[], info: string,
 *   type: string, start: number | null, align: string[], view?: any
 * }} Block
 *
 * @typedef {object} BlockSink hears, in order, what becomes of the blocks
 * @property {(block: Block) => void} opened it is the last one in its parent so far
 * @property {(block: Block) => void} changed its text is another (longer, as a rule)
 * @property {(block: Block) => void} closed nothing of it will change, but `isLoose` of a list
 * @property {(block: Block) => void} removed it was no block after all; always the last one in its parent
 * @property {(list: Block) => void} loosened its items stand apart from now on
 * @property {(definition: { label: string, href: string, title: string | null }) => void} defined
 */

/**
 * Reads markdown's blocks from a text that arrives in pieces, in one pass: what has been read is never read again, so
 * the work is in proportion to the text, and the result does not depend on where the pieces were cut. A line is held
 * back for as long as it can still be several things (a few characters, as a rule: `12` may become `12.` or `12 %`);
 * from then on its text goes on as it comes. Knows CommonMark's blocks and GFM's tables; raw HTML is text.
 */
export class BlockParser {
  #sink;
  /** @type {Block} */
  #root = newBlock("root", null);
  /** The open quotes, lists and items, outermost first. @type {Block[]} */
  #stack = [];
  /** The open block that takes text. @type {Block | null} */
  #leaf = null;
  /** The beginning of the line, while it is undecided. */
  #held = "";
  /** The line has been decided: the rest of it belongs to the leaf (or, without one, to nothing). */
  #isDecided = false;
  /** A carriage return or half a surrogate pair whose other half is still to come. */
  #carry = "";
  /** Index in the stack of the innermost quote that the last line's blankness belongs to (-1: none); null: not blank. */
  #blankIn = /** @type {number | null} */ (null);

  /** @param {BlockSink} sink */
  constructor(sink) {
    this.#sink = sink;
    sink.opened(this.#root);
  }

  /** @param {string} piece what comes next */
  append(piece) {
    let text = this.#carry + piece;
    this.#carry = /[\r\ud800-\udbff]$/.exec(text)?.[0] ?? "";
    if (this.#carry !== "") text = text.slice(0, -1);
    this.#read(text);
  }

  /** The text has ended. */
  finish() {
    this.#read(this.#carry);
    this.#carry = "";
    if (this.#isDecided || this.#held !== "") this.#endLine();
    this.#closeTo(0);
  }

  #read(piece) {
    const text = piece.includes("\r") || piece.includes("\0")
      ? piece.replace(/\r\n?/g, "\n").replaceAll("\0", "\ufffd")
      : piece;
    let start = 0;
    while (start < text.length) {
      const end = text.indexOf("\n", start);
      this.#readLine(text.slice(start, end === -1 ? text.length : end));
      if (end === -1) return;
      this.#endLine();
      start = end + 1;
    }
  }

  /** More of the current line. */
  #readLine(piece) {
    if (piece === "") return;
    if (this.#isDecided) {
      this.#grow(piece);
      return;
    }
    const room = MAX_UNDECIDED - this.#held.length;
    this.#held += piece.slice(0, room);
    const isForced = this.#held.length === MAX_UNDECIDED;
    this.#isDecided = this.#decide(this.#held, isForced ? "forced" : "open");
    if (!this.#isDecided) return;
    this.#held = "";
    if (piece.length > room) this.#grow(piece.slice(room));
  }

  #endLine() {
    if (!this.#isDecided) this.#decide(this.#held, "complete");
    this.#held = "";
    this.#isDecided = false;
    if (this.#leaf?.kind === "heading" || this.#leaf?.kind === "row") this.#closeLeaf();
  }

  #grow(text) {
    const leaf = this.#leaf;
    if (leaf === null) return;
    leaf.text += text;
    this.#sink.changed(leaf);
  }

  /**
   * Finds out what a line is, and does it. False: only more of the line can tell, and nothing was done.
   *
   * @param {string} line the line so far
   * @param {"open" | "complete" | "forced"} mode there may be more of it; there is not; there is, but we do not wait
   */
  #decide(line, mode) {
    const cursor = new LineCursor(line);
    const { kept, quote, isUnknown } = this.#keep(cursor, mode);
    if (isUnknown) return false;
    const isWhole = kept === this.#stack.length;

    if (isWhole && this.#leaf?.kind === "code") {
      const isDone = this.#leaf.isFenced
        ? this.#fencedLine(this.#leaf, cursor, mode)
        : this.#indentedLine(this.#leaf, cursor, mode, quote);
      if (isDone !== null) return isDone;
    }

    const starts = this.#starts(cursor, kept, isWhole, mode);
    if (starts === null) return false;
    const isBlank = cursor.next.char === "" && mode === "complete";
    const last = starts.at(-1);
    if (last?.kind === "underline") this.#becomeHeading(last, cursor);
    else if (last?.kind === "table") this.#becomeTable(last);
    else this.#apply(starts, kept, isWhole, isBlank, cursor);
    this.#blankIn = isBlank && starts.length === 0 ? quote : null;
    return true;
  }

  /** How many of the open containers this line goes on with; the cursor is past their marks. */
  #keep(cursor, mode) {
    let quote = -1;
    let kept = 0;
    for (; kept < this.#stack.length; kept += 1) {
      const container = this.#stack[kept];
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

  /** True: done; false: undecided. */
  #fencedLine(code, cursor, mode) {
    const { indent, at } = cursor.next;
    if (indent <= 3) {
      const end = fenceEnd(cursor.text.slice(at), code, mode === "complete");
      if (end === UNKNOWN && mode === "open") return false;
      if (end === true) {
        this.#closeLeaf();
        this.#blankIn = null;
        return true;
      }
    }
    cursor.advance(code.indent);
    this.#addCodeLine(code, cursor.rest);
    return true;
  }

  /** As above; null: the line is no part of the code. */
  #indentedLine(code, cursor, mode, quote) {
    const { indent, char } = cursor.next;
    if (char === "" && mode !== "forced") {
      if (mode === "open") return false;
      cursor.advance(4);
      code.blanks.push(cursor.rest);
      this.#blankIn = quote;
      return true;
    }
    if (indent < 4) return null;
    cursor.advance(4);
    for (const blank of code.blanks.splice(0)) this.#addCodeLine(code, blank);
    this.#addCodeLine(code, cursor.rest);
    return true;
  }

  #addCodeLine(code, line) {
    this.#blankIn = null;
    code.text += code.lines === 0 ? line : `\n${line}`;
    code.lines += 1;
    this.#sink.changed(code);
  }

  /** What begins in this line, outermost first; null: undecided. The cursor is past the marks. */
  #starts(cursor, kept, isWhole, mode) {
    const starts = [];
    for (;;) {
      const { indent, char } = cursor.next;
      if (char === "" && mode === "open") return null;
      if (char === "") return starts;
      const isInParagraph = this.#leaf?.kind === "paragraph" && starts.length === 0;
      if (indent >= 4) {
        if (isInParagraph) return starts;
        cursor.advance(4);
        return [...starts, { kind: "code" }];
      }
      const isDeep = kept + starts.length + 2 > MAX_DEPTH;
      if (char === ">" && !isDeep) {
        if (!eatQuoteMark(cursor, mode)) return null;
        starts.push({ kind: "quote" });
        continue;
      }
      const start = this.#startAt(cursor, kept, isInParagraph && isWhole, isDeep, mode, starts.length === 0);
      if (start === UNKNOWN) return null;
      if (start === null) return starts;
      starts.push(...start);
      if (start.at(-1).kind !== "item") return starts;
    }
  }

  /** What begins here, other than a quote and indented code: a list with its item, an item, or a leaf. */
  #startAt(cursor, kept, isInParagraph, isDeep, mode, isFirst) {
    const { indent, at } = cursor.next;
    const text = cursor.text.slice(at);
    const isComplete = mode === "complete";
    const looks = [
      () => as("heading", headingStart(text, isComplete)),
      () => as("fence", fenceStart(text, isComplete), { indent }),
      () => (isInParagraph ? as("underline", underline(text, isComplete)) : null),
      () => (isInParagraph && mayBeDelimiterRow(text) ? this.#tableStart(text, isComplete) : null),
      () => as("rule", ruleStart(text, isComplete)),
      () => (isDeep ? null : this.#itemStart(cursor, kept, isInParagraph, isFirst, mode)),
    ];
    for (const look of looks) {
      const found = look();
      if (found === UNKNOWN && mode === "open") return UNKNOWN;
      if (found === null || found === UNKNOWN) continue;
      if (found[0].kind === "heading") cursor.skip(found[0].level);
      return found;
    }
    return null;
  }

  #tableStart(text, isComplete) {
    if (!isComplete) return UNKNOWN;
    const paragraph = /** @type {Block} */ (this.#leaf).text;
    const header = paragraph.slice(paragraph.lastIndexOf("\n") + 1);
    const align = alignments(text, rowCells(header).length);
    return align && [{ kind: "table", align, header }];
  }

  /** Moves the cursor only where an item begins. */
  #itemStart(cursor, kept, isInParagraph, isFirst, mode) {
    const { indent, at } = cursor.next;
    const marker = markerStart(cursor.text.slice(at), mode === "complete");
    if (marker === null || marker === UNKNOWN) return marker;
    const after = cursor.fork();
    after.skip(marker.width);
    const { indent: spaces, char } = after.next;
    if (char === "" && mode === "open") return UNKNOWN;
    if (isInParagraph && (char === "" || (marker.start ?? 1) !== 1)) return null;
    const padding = char === "" || spaces > 4 ? 1 : spaces;
    cursor.skip(marker.width);
    cursor.advance(padding);
    const item = { kind: "item", indent: indent + marker.width + padding };
    const around = this.#stack[kept - 1];
    const isSibling = isFirst && around?.kind === "list" && around.type === marker.type;
    return isSibling ? [item] : [{ kind: "list", type: marker.type, start: marker.start }, item];
  }

  #apply(starts, kept, isWhole, isBlank, cursor) {
    const isText = starts.length === 0 && !isBlank;
    if (isText && this.#leaf?.kind === "paragraph") {
      cursor.skip(0);
      this.#grow(`\n${cursor.rest}`);
      return;
    }
    if (isText && isWhole && this.#leaf?.kind === "table") {
      this.#openLeaf("row", { text: cursor.rest }, this.#leaf);
      return;
    }
    const endsList = this.#stack[kept - 1]?.kind === "list" && !isBlank && starts[0]?.kind !== "item";
    this.#closeTo(endsList ? kept - 1 : kept);
    for (const { kind, ...properties } of starts) {
      if (kind === "quote" || kind === "list" || kind === "item") this.#openContainer(kind, properties);
    }
    this.#openLast(starts.at(-1), isBlank, cursor);
  }

  /** The block that takes the rest of the line. */
  #openLast(start, isBlank, cursor) {
    switch (start?.kind) {
      case "heading":
        this.#openLeaf("heading", { level: start.level, text: cursor.rest });
        break;
      case "rule":
        this.#openLeaf("rule", {});
        this.#closeLeaf();
        break;
      case "fence":
        this.#openLeaf("code", { ...start, kind: "code", isFenced: true });
        break;
      case "code":
        this.#openLeaf("code", { text: cursor.rest, lines: 1 });
        break;
      default:
        if (isBlank) return;
        cursor.skip(0);
        this.#openLeaf("paragraph", { text: cursor.rest });
    }
  }

  /** The paragraph was a heading, unless it was nothing but definitions. */
  #becomeHeading({ level }, cursor) {
    const text = this.#withoutDefinitions();
    this.#dropLeaf();
    cursor.skip(0);
    if (text.trim() === "") {
      this.#openLeaf("paragraph", { text: cursor.rest });
    } else {
      this.#openLeaf("heading", { level, text, isUnderlined: true });
      this.#closeLeaf();
    }
  }

  /** The paragraph's last line was a table's header. */
  #becomeTable({ align, header }) {
    const paragraph = /** @type {Block} */ (this.#leaf);
    if (paragraph.text === header) {
      this.#dropLeaf();
    } else {
      paragraph.text = paragraph.text.slice(0, -header.length - 1);
      this.#sink.changed(paragraph);
      this.#closeLeaf();
    }
    const table = this.#openLeaf("table", { align });
    this.#openLeaf("row", { text: header }, table);
  }

  #withoutDefinitions() {
    const { text } = /** @type {Block} */ (this.#leaf);
    if (!text.startsWith("[")) return text;
    const { definitions, rest } = takeDefinitions(text);
    for (const definition of definitions) this.#sink.defined(definition);
    return rest;
  }

  #openContainer(kind, properties) {
    this.#stack.push(this.#open(kind, properties, this.#stack.at(-1) ?? this.#root));
  }

  #openLeaf(kind, properties, parent = this.#stack.at(-1) ?? this.#root) {
    this.#leaf = this.#open(kind, properties, parent);
    if (this.#leaf.text !== "") this.#sink.changed(this.#leaf);
    return this.#leaf;
  }

  #open(kind, properties, parent) {
    const list = parent.kind === "item" ? parent.parent : parent.kind === "list" ? parent : null;
    const isApart = this.#blankIn !== null && this.#blankIn < this.#stack.length && parent.count > 0;
    if (list && isApart && !list.isLoose) {
      list.isLoose = true;
      this.#sink.loosened(list);
    }
    this.#blankIn = null;
    const block = Object.assign(newBlock(kind, parent), properties, { kind });
    parent.count += 1;
    this.#sink.opened(block);
    return block;
  }

  #closeTo(kept) {
    while (this.#leaf !== null) this.#closeLeaf();
    while (this.#stack.length > kept) this.#close(/** @type {Block} */ (this.#stack.pop()));
  }

  #closeLeaf() {
    const leaf = /** @type {Block} */ (this.#leaf);
    if (leaf.kind === "paragraph") {
      const text = this.#withoutDefinitions();
      if (text.trim() === "") {
        this.#dropLeaf();
        return;
      }
      if (text !== leaf.text) {
        leaf.text = text;
        this.#sink.changed(leaf);
      }
    }
    this.#leaf = leaf.kind === "row" ? leaf.parent : null;
    this.#close(leaf);
  }

  #close(block) {
    block.isOpen = false;
    this.#sink.closed(block);
  }

  #dropLeaf() {
    const leaf = /** @type {Block} */ (this.#leaf);
    this.#leaf = null;
    leaf.isOpen = false;
    if (leaf.parent) leaf.parent.count -= 1;
    this.#sink.removed(leaf);
  }
}

/** Past a quote's `>` and the space after it; false: whether there is one is not known yet. */
function eatQuoteMark(cursor, mode) {
  cursor.skip(1);
  if (cursor.isAtEnd && mode === "open") return false;
  cursor.advance(1);
  return true;
}

/** A start of a leaf, as a list of one. */
function as(kind, found, more = {}) {
  return found === null || found === UNKNOWN ? found : [{ ...found, ...more, kind }];
}

/** @returns {Block} */
function newBlock(kind, parent) {
  return {
    kind, parent, count: 0, text: "", isOpen: true, isLoose: false, indent: 0, level: 0, mark: "", length: 0,
    isFenced: false, lines: 0, blanks: [], info: "", type: "", start: null, align: [],
  };
}
