import { GrowingText } from "./growing-text.js";

export function textViews() {
  /** @param {HTMLElement} node */
  return (node) => {
    node.classList.add("plain");
    return new GrowingText(node);
  };
}
