import { loadMarkdown } from "./markdown/libraries.js";
import { MarkdownView } from "./markdown/markdown-view.js";

/**
 * Makes what shows a model's text in a node. The libraries for that are loaded once, from now on; what is there before
 * them, or without them, is shown as plain text.
 *
 * @returns {(node: HTMLElement) => import("./answer-view.js").TextView}
 */
export function textViews() {
  const libraries = loadMarkdown();
  return (node) => {
    const view = new MarkdownView(node, { libraries });
    return { node, show: (text, state) => view.show(text, state), leave: () => view.leave() };
  };
}
