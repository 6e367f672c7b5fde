/**
 * How much text the inline parser is given at once, in UTF-16 units: emphasis costs it quadratic time, and a paragraph
 * that grows is parsed again from the beginning of its last piece only.
 */
export const MAX_PIECE = 3_000;

/** More of these in one piece than MAX_MARKS, and it is shown as it is. Real text has a few dozens. */
const MARK = /[*_]/g;
const MAX_MARKS = 300;

/**
 * Where the piece that begins at `start` ends. Where the text goes on beyond it, the answer will stay the same
 * however the text grows. The cut is, if there is one in the piece's second half, at a line's end, otherwise after
 * a sentence or a word.
 *
 * @param {string} text
 * @param {number} start
 */
export function pieceEnd(text, start) {
  const limit = start + MAX_PIECE;
  if (text.length <= limit) return text.length;
  const window = text.slice(start, limit);
  for (const border of ["\n", ". ", " "]) {
    const at = window.lastIndexOf(border);
    if (at >= MAX_PIECE / 2) return start + at + border.length;
  }
  return isHighSurrogate(text.charCodeAt(limit - 1)) ? limit - 1 : limit;
}

/**
 * Is it safe to give this to the inline parser?
 *
 * @param {string} piece
 */
export function isParsable(piece) {
  return (piece.match(MARK)?.length ?? 0) <= MAX_MARKS;
}

/** @param {number} unit */
function isHighSurrogate(unit) {
  return unit >= 0xd800 && unit <= 0xdbff;
}
