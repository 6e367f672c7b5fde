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

/**
 * JSON with a line for each member; other text, and JSON that would not survive being read (long numbers), as it is.
 *
 * @param {string} text
 */
export function legible(text) {
  try {
    const value = JSON.parse(text);
    if (typeof value !== "object" || value === null) return text;
    if (Object.keys(value).length === 0) return "";
    return /\d{16}/.test(text) ? text : JSON.stringify(value, null, 2);
  } catch {
    return text; // Cut off, or no JSON: shown as it came.
  }
}
