import { element, icon } from "./elements.js";

/**
 * Something folded away: `details` with a summary of a few words.
 *
 * @param {Node} words
 * @param {Node} body
 */
export function fold(words, body) {
  return element("details", { className: "fold" }, element("summary", {}, icon("chevron"), words), body);
}
