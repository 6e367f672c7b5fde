/** More columns than this make no table. */
const MAX_COLUMNS = 64;

/**
 * The cells of a row, trimmed. A pipe behind a backslash separates nothing. Cells beyond `count` join the last one, so
 * that nothing is dropped; a short row stays short: to fill it up would make many elements of little text.
 *
 * @param {string} row one line, or its beginning
 * @param {number} [count] how many columns the table has
 * @returns {string[]}
 */
export function rowCells(row, count) {
  let text = row.trim();
  if (text.startsWith("|")) text = text.slice(1);
  if (text.endsWith("|") && !isEscaped(text, text.length - 1)) text = text.slice(0, -1);
  const cells = [];
  let start = 0;
  for (let at = text.indexOf("|"); at !== -1; at = text.indexOf("|", at + 1)) {
    if (count !== undefined && cells.length >= count - 1) break;
    if (isEscaped(text, at)) continue;
    cells.push(text.slice(start, at));
    start = at + 1;
  }
  cells.push(text.slice(start));
  return cells.map((cell) => cell.trim().replaceAll("\\|", "|"));
}

/**
 * How the columns are aligned, when a line is the one below a table's header with `count` cells.
 *
 * @param {string} line
 * @param {number} count
 * @returns {("" | "left" | "center" | "right")[] | null} null: it is no such line
 */
export function alignments(line, count) {
  if (count > MAX_COLUMNS || !line.includes("|") || !/^[|:\- \t]+$/.test(line)) return null;
  const cells = rowCells(line);
  if (cells.length !== count || !cells.every((cell) => /^:?-+:?$/.test(cell))) return null;
  return cells.map((cell) => {
    if (cell.endsWith(":")) return cell.startsWith(":") ? "center" : "right";
    return cell.startsWith(":") ? "left" : "";
  });
}

/**
 * Does an odd number of backslashes stand before this place?
 *
 * @param {string} text
 * @param {number} at
 */
function isEscaped(text, at) {
  let first = at;
  while (text[first - 1] === "\\") first -= 1;
  return (at - first) % 2 === 1;
}
