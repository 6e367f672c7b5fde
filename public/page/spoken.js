/** As much of an answer as is read out: who wants more goes to the conversation. */
const LONGEST = 1200;

/**
 * An answer as it is read out: without Markdown's signs, code and tables only mentioned, and not for minutes.
 *
 * @param {string} markdown
 */
export function spokenText(markdown) {
  const text = markdown
    .slice(0, LONGEST * 4)
    .replace(/^ {0,3}(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^ {0,3}\1[`~]*[ \t]*$|$(?![\s\S]))/gm, "(Code.) ")
    .replace(/(?:^ {0,3}\|.*\|[ \t]*$\n?)+/gm, "(Table.) ")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/^ {0,3}(?:#{1,6}|>|[-*+]|\d+[.)])[ \t]+/gm, "")
    .replace(/[*_`~]{1,3}(?=\S)|(?<=\S)[*_`~]{1,3}/g, "")
    .replace(/\s+/g, " ")
    .trim();
  if (text.length <= LONGEST && markdown.length <= LONGEST * 4) return text;
  const cut = text.slice(0, LONGEST);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), LONGEST - 80))} … The rest is in the conversation.`;
}
