/**
 * How blocks begin. Each function looks at a line (or at its beginning, while it is still being written) from the
 * first character that is no space, and answers with what begins there, with null where nothing of the kind does, or
 * with UNKNOWN where only more of the line can tell. An answer other than UNKNOWN holds for every way in which the
 * line may go on.
 */
export const UNKNOWN = Symbol("unknown");

/**
 * `#` to `######`.
 *
 * @param {string} text
 * @param {boolean} isComplete the line has ended
 */
export function headingStart(text, isComplete) {
  const level = leading(text, "#");
  if (level === 0 || level > 6) return null;
  if (level === text.length && !isComplete) return UNKNOWN;
  return level === text.length || isSpace(text[level]) ? { level } : null;
}

/**
 * Three or more backticks or tildes; what follows names the language.
 *
 * @param {string} text
 * @param {boolean} isComplete
 */
export function fenceStart(text, isComplete) {
  const mark = text[0];
  if (mark !== "`" && mark !== "~") return null;
  const length = leading(text, mark);
  if (length < 3) return length === text.length && !isComplete ? UNKNOWN : null;
  const info = text.slice(length);
  if (mark === "`" && info.includes("`")) return null;
  return isComplete ? { mark, length, info: info.trim() } : UNKNOWN;
}

/**
 * Does this line close a fence?
 *
 * @param {string} text
 * @param {{ mark: string, length: number }} fence
 * @param {boolean} isComplete
 */
export function fenceEnd(text, { mark, length }, isComplete) {
  const count = leading(text, mark);
  if (text.slice(count).trim() !== "") return false;
  if (!isComplete) return UNKNOWN;
  return count >= length;
}

/**
 * The line under a paragraph that makes it a heading.
 *
 * @param {string} text
 * @param {boolean} isComplete
 */
export function underline(text, isComplete) {
  if (!/^(?:=+|-+)[ \t]*$/.test(text)) return null;
  return isComplete ? { level: text[0] === "=" ? 1 : 2 } : UNKNOWN;
}

/**
 * Three or more `*`, `-` or `_`, and nothing else.
 *
 * @param {string} text
 * @param {boolean} isComplete
 */
export function ruleStart(text, isComplete) {
  const mark = text[0];
  if (mark !== "*" && mark !== "-" && mark !== "_") return null;
  let count = 0;
  for (const char of text) {
    if (char === mark) count += 1;
    else if (!isSpace(char)) return null;
  }
  if (!isComplete) return UNKNOWN;
  return count >= 3 ? {} : null;
}

/**
 * A list item's marker: `-`, `*`, `+`, `1.` or `1)`, with a space or nothing after it.
 *
 * @param {string} text
 * @param {boolean} isComplete
 */
export function markerStart(text, isComplete) {
  const [marker, number] = /^(?:[-*+]|(\d{1,9})[.)])/.exec(text) ?? [];
  if (marker === undefined) return !isComplete && /^\d{1,9}$/.test(text) ? UNKNOWN : null;
  if (marker.length === text.length) {
    if (!isComplete) return UNKNOWN;
  } else if (!isSpace(text[marker.length])) {
    return null;
  }
  return { width: marker.length, type: marker.at(-1), start: number === undefined ? null : Number(number) };
}

/**
 * Could the line, as far as it is known, become the one below a table's header?
 *
 * @param {string} text
 */
export function mayBeDelimiterRow(text) {
  return /^[|:\- \t]+$/.test(text);
}

/**
 * @param {string} text
 * @param {string} mark
 */
function leading(text, mark) {
  let count = 0;
  while (text[count] === mark) count += 1;
  return count;
}

/** @param {string} char */
function isSpace(char) {
  return char === " " || char === "\t";
}
