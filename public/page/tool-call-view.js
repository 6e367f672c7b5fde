import { element, setText } from "./elements.js";
import { GrowingText } from "./growing-text.js";

/** @typedef {import("../client/index.js").ToolCall} ToolCall */

/** One tool call: the tool's name and the arguments, as they come, and made legible once they are complete. */
export class ToolCallView {
  #name = element("code");
  #arguments;

  constructor() {
    const pre = element("pre", { hidden: true, tabIndex: 0, role: "group", "aria-label": "Arguments" });
    this.#arguments = new GrowingText(pre);
    const title = element("p", {}, "Calls ", this.#name);
    this.node = element("div", { className: "call", dataset: { part: "tool-call" } }, title, pre);
  }

  /**
   * @param {ToolCall} call
   * @param {boolean} isComplete
   */
  show(call, isComplete) {
    setText(this.#name, call.name || "a tool");
    const text = isComplete ? legible(call.arguments) : call.arguments;
    this.#arguments.node.hidden = text === "";
    this.#arguments.show(text);
  }
}

/** Deeper than this, and longer than so many times what came and a few lines, nothing becomes more legible. */
const DEEPEST = 32;
const TIMES = 4;
const SPARE = 1024;

/**
 * JSON with a line for each member; other text, JSON that would not survive being read (long numbers), and what is
 * nested so deeply that its margins would be most of it, as it is.
 *
 * @param {string} text
 */
export function legible(text) {
  if (depthOf(text) > DEEPEST) return text;
  try {
    const value = JSON.parse(text);
    if (typeof value !== "object" || value === null) return text;
    if (Object.keys(value).length === 0) return "";
    if (/\d{16}/.test(text)) return text;
    const pretty = JSON.stringify(value, null, 2);
    return pretty.length > TIMES * text.length + SPARE ? text : pretty;
  } catch {
    return text; // Cut off, or no JSON: shown as it came.
  }
}

/**
 * How deep the brackets of a text go, those within strings apart.
 *
 * @param {string} text
 */
function depthOf(text) {
  let [depth, deepest, isString] = [0, 0, false];
  for (let at = 0; at < text.length; at++) {
    const mark = text[at];
    if (mark === '"') isString = !isString;
    else if (isString && mark === "\\") at++;
    else if (isString) continue;
    else if (mark === "[" || mark === "{") deepest = Math.max(deepest, ++depth);
    else if (mark === "]" || mark === "}") depth--;
  }
  return deepest;
}
