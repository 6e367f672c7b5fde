import {
  UNKNOWN, fenceStart, headingStart, markerStart, mayBeDelimiterRow, ruleStart, underline,
} from "./block-starts.js";
import { alignments, rowCells } from "./table-row.js";

/** Quotes, lists and items within each other; what would be deeper is text. */
const MAX_DEPTH = 32;

/**
 * What a line's beginning depends on.
 *
 * @typedef {object} Place
 * @property {number} depth how many open containers the line goes on with
 * @property {import("./block.js").Block | null} around the innermost of them
 * @property {import("./block.js").Block | null} paragraph the open paragraph, if there is one
 * @property {boolean} isWhole the line goes on with all open containers, so it may go on with the paragraph, too
 * @property {Mode} mode
 *
 * @typedef {import("./line-feed.js").Mode} Mode
 *
 * @typedef {{ kind: string, [property: string]: any }} Start a block that begins, with what is known of it. Other than
 *   blocks: `underline` (the paragraph was a heading) and `fence` (code).
 */

/**
 * What begins in a line, outermost first; empty: text or nothing. The cursor is then past the marks.
 *
 * @param {import("./line-cursor.js").LineCursor} cursor
 * @param {Place} place
 * @returns {Start[] | typeof UNKNOWN}
 */
export function lineStarts(cursor, place) {
  /** @type {Start[]} */
  const starts = [];
  for (;;) {
    const { indent, char } = cursor.next;
    if (char === "") return place.mode === "open" ? UNKNOWN : starts;
    const isFirst = starts.length === 0;
    if (indent >= 4) {
      if (place.paragraph && isFirst) return starts;
      cursor.advance(4);
      return [...starts, { kind: "code" }];
    }
    const canNest = place.depth + starts.length + 2 <= MAX_DEPTH;
    if (char === ">" && canNest) {
      if (!eatQuoteMark(cursor, place.mode)) return UNKNOWN;
      starts.push({ kind: "quote" });
      continue;
    }
    const found = startsAt(cursor, place, isFirst, canNest);
    if (found === UNKNOWN) return UNKNOWN;
    if (found === null) return starts;
    starts.push(...found);
    if (found.at(-1)?.kind !== "item") return starts;
  }
}

/**
 * Goes past a quote's `>` and the space after it. False: whether there is one is not known yet.
 *
 * @param {import("./line-cursor.js").LineCursor} cursor
 * @param {Mode} mode
 */
export function eatQuoteMark(cursor, mode) {
  cursor.skip(1);
  if (cursor.isAtEnd && mode === "open") return false;
  cursor.advance(1);
  return true;
}

/**
 * A list with its item, an item, or a leaf.
 *
 * @param {import("./line-cursor.js").LineCursor} cursor
 * @param {Place} place
 * @param {boolean} isFirst
 * @param {boolean} canNest
 * @returns {Start[] | null | typeof UNKNOWN}
 */
function startsAt(cursor, place, isFirst, canNest) {
  const { indent, at } = cursor.next;
  const text = cursor.text.slice(at);
  const isComplete = place.mode === "complete";
  const paragraph = isFirst && place.isWhole ? place.paragraph : null;
  const looks = [
    () => as("heading", headingStart(text, isComplete)),
    () => as("fence", fenceStart(text, isComplete), { indent }),
    () => paragraph && as("underline", underline(text, isComplete)),
    () => paragraph && tableStart(text, paragraph.text, isComplete),
    () => as("rule", ruleStart(text, isComplete)),
    () => (canNest ? itemStart(cursor, place, isFirst) : null),
  ];
  for (const look of looks) {
    const found = look();
    if (found === UNKNOWN && place.mode === "open") return UNKNOWN;
    if (found === null || found === UNKNOWN) continue;
    if (found[0].kind === "heading") cursor.skip(found[0].level);
    return found;
  }
  return null;
}

/**
 * The paragraph's last line is a table's header if the line below it looks like that.
 *
 * @param {string} text
 * @param {string} paragraph
 * @param {boolean} isComplete
 */
function tableStart(text, paragraph, isComplete) {
  if (!mayBeDelimiterRow(text)) return null;
  if (!isComplete) return UNKNOWN;
  const header = paragraph.slice(paragraph.lastIndexOf("\n") + 1);
  const align = alignments(text, rowCells(header).length);
  return align && [{ kind: "table", align, header }];
}

/**
 * Moves the cursor only where an item begins.
 *
 * @param {import("./line-cursor.js").LineCursor} cursor
 * @param {Place} place
 * @param {boolean} isFirst
 * @returns {Start[] | null | typeof UNKNOWN}
 */
function itemStart(cursor, { around, paragraph, isWhole, mode }, isFirst) {
  const { indent, at } = cursor.next;
  const marker = markerStart(cursor.text.slice(at), mode === "complete");
  if (marker === null || marker === UNKNOWN) return marker;
  const after = cursor.fork();
  after.skip(marker.width);
  const { indent: spaces, char } = after.next;
  if (char === "" && mode === "open") return UNKNOWN;
  const interrupts = isFirst && isWhole && paragraph !== null;
  if (interrupts && (char === "" || (marker.start ?? 1) !== 1)) return null;
  const padding = char === "" || spaces > 4 ? 1 : spaces;
  cursor.skip(marker.width);
  cursor.advance(padding);
  const item = { kind: "item", indent: indent + marker.width + padding };
  const isSibling = isFirst && around?.kind === "list" && around.type === marker.type;
  return isSibling ? [item] : [{ kind: "list", type: marker.type, start: marker.start }, item];
}

/**
 * A start of a leaf, as a list of one.
 *
 * @param {string} kind
 * @param {object | null | typeof UNKNOWN} found
 * @param {object} [more]
 * @returns {Start[] | null | typeof UNKNOWN}
 */
function as(kind, found, more = {}) {
  return found === null || found === UNKNOWN ? found : [{ .../** @type {object} */ (found), ...more, kind }];
}
