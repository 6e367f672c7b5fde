import { element } from "./elements.js";
import { fold } from "./fold.js";
import { pictureURL } from "./question.js";

/**
 * @typedef {import("../client/index.js").ChatMessage} ChatMessage
 * @typedef {import("../client/index.js").ContentPart} ContentPart
 * @typedef {import("./answer-view.js").TextView} TextView
 */

const WHO = new Map([
  ["user", "You"],
  ["assistant", "Answer"],
  ["system", "System prompt"],
  ["developer", "System prompt"],
  ["tool", "Tool result"],
]);

/** Only pictures that are in the message itself: loading another would tell its server who reads here. */
const PICTURE = /^data:image\/(?:png|jpeg|webp|gif);base64,[A-Za-z0-9+/=]+$/;

/**
 * A message that was sent with a request: what somebody asked, as a rule.
 *
 * @param {ChatMessage} message
 * @param {(node: HTMLElement) => TextView} newText makes what shows Markdown in a node
 * @returns {HTMLElement}
 */
export function promptNode({ role, content }, newText) {
  const who = WHO.get(role) ?? role;
  const parts = partsOf(content);
  if (role === "assistant") {
    const view = newText(element("div", { className: "text" }));
    view.show(parts.map((part) => (typeof part === "string" ? part : "")).join("\n"), { isFinal: true });
    return element("div", { className: "prompt", dataset: { role, part: "history" } },
      element("h2", { className: "unseen" }, who), view.node);
  }
  const body = parts.map((part) => (typeof part === "string" ? element("div", { className: "plain" }, part) : part));
  if (role === "user") {
    return element("div", { className: "prompt", dataset: { role, part: "prompt" } },
      element("h2", { className: "unseen" }, who), ...body);
  }
  return element("div", { className: "prompt", dataset: { role, part: "history" } },
    fold(element("span", {}, who), element("div", {}, ...body)));
}

/**
 * @param {ChatMessage["content"]} content
 * @returns {(string | HTMLElement)[]}
 */
function partsOf(content) {
  if (typeof content === "string") return [content];
  return Array.isArray(content) ? content.map(partNode) : [];
}

/**
 * @param {ContentPart} part as somebody sent it: it may be anything
 * @returns {string | HTMLElement}
 */
function partNode(part) {
  if (typeof part !== "object" || part === null) return element("p", { className: "note" }, "(unreadable)");
  if (typeof part.text === "string") return part.text;
  if (part.type !== "image_url") return element("p", { className: "note" }, `(${part.type})`);
  const url = pictureURL(part);
  if (PICTURE.test(url)) return element("img", { src: url, alt: "Picture of this message", decoding: "async" });
  return element("p", { className: "note" }, `(A picture elsewhere, not loaded: ${url.slice(0, 200)})`);
}
