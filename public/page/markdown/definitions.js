const LABEL = /\[((?:[^[\]\\]|\\[^]){1,999})\]:[ \t]*(?:\n[ \t]*)?/y;
const ADDRESS = /<((?:[^<>\n\\]|\\.){0,4000})>|([^\s<]\S{0,4000})/y;
const QUOTED = [/"((?:[^"\\]|\\[^]){0,1000})"/, /'((?:[^'\\]|\\[^]){0,1000})'/, /\(((?:[^()\\]|\\[^]){0,1000})\)/];
const TITLE = new RegExp(`(?:[ \\t]+|[ \\t]*\\n[ \\t]*)(?:${QUOTED.map(({ source }) => source).join("|")})`, "y");
const LINE_END = /[ \t]*(?:\n|$)/y;

/**
 * The reference definitions (`[label]: address "title"`) that a paragraph begins with.
 *
 * @param {string} text a whole paragraph
 * @returns {{ definitions: { label: string, href: string, title: string | null }[], rest: string }} `rest` is what is
 *   left of the paragraph
 */
export function takeDefinitions(text) {
  const definitions = [];
  let at = 0;
  for (;;) {
    const label = match(LABEL, text, at);
    const address = label && label[1].trim() !== "" ? match(ADDRESS, text, LABEL.lastIndex) : null;
    if (label === null || address === null) break;
    const afterAddress = ADDRESS.lastIndex;
    const title = match(TITLE, text, afterAddress);
    const hasTitle = title !== null && match(LINE_END, text, TITLE.lastIndex) !== null;
    if (!hasTitle && !match(LINE_END, text, afterAddress)) break;
    at = LINE_END.lastIndex;
    definitions.push({
      label: normalLabel(label[1]),
      href: unescaped(address[1] ?? address[2]),
      title: title && hasTitle ? unescaped(title[1] ?? title[2] ?? title[3]) : null,
    });
    if (at >= text.length) break;
  }
  return { definitions, rest: text.slice(at) };
}

/**
 * Labels are compared without case and with one space where there are several.
 *
 * @param {string} label
 */
export function normalLabel(label) {
  return label.trim().replace(/\s+/g, " ").toLowerCase();
}

/**
 * @param {RegExp} pattern a sticky one
 * @param {string} text
 * @param {number} at
 */
function match(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** @param {string} text */
function unescaped(text) {
  return text.replace(/\\([!-/:-@[-`{-~])/g, "$1");
}
