import { loadMarkdown } from "/page/markdown/libraries.js";
import { MarkdownView } from "/page/markdown/markdown-view.js";

const libraries = await loadMarkdown();
const node = document.getElementById("answer");

/** What no CSP may have had to stop. */
const violations = [];
document.addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));

/** What may be in a rendered answer, and nothing else. */
const TAGS = [
  "div", "p", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "hr", "pre", "code", "span", "button", "table",
  "thead", "tbody", "tr", "th", "td", "a", "strong", "em", "del", "br", "input",
];
const ATTRIBUTES = [
  "class", "href", "title", "target", "rel", "start", "type", "disabled", "role", "aria-label", "aria-live", "tabindex",
  "scope",
];

/** Everything in the answer that should not be there. */
function strangers(root) {
  const found = [];
  for (const each of root.querySelectorAll("*")) {
    if (!TAGS.includes(each.localName) || each.namespaceURI !== "http://www.w3.org/1999/xhtml") found.push(each.localName);
    for (const { name, value } of each.attributes) {
      if (!ATTRIBUTES.includes(name)) found.push(`${each.localName}[${name}]`);
      if (name === "href" && !/^(?:https?|mailto):/.test(value)) found.push(value);
      if (name === "class" && !/^(?:(?:md|hljs)-[\w-]+ ?)+$/.test(value)) found.push(`class ${value}`);
    }
    if (each.localName === "a" && (each.rel !== "noopener noreferrer nofollow" || each.target !== "_blank")) {
      found.push(`a ${each.rel} ${each.target}`);
    }
  }
  return found;
}

/** Shows a text at once, with no highlighting unless it is wished for. */
function shown(text, { isHighlighted = false } = {}) {
  const root = document.createElement("div");
  node.replaceChildren(root);
  const view = new MarkdownView(root, {
    libraries: isHighlighted ? libraries : { ...libraries, highlighter: null },
  });
  view.show(text, { isFinal: true });
  view.flush();
  return root;
}

/** Shows a text piece by piece, everything after each piece; answers with the view and its element. */
function streamed(pieces) {
  const root = document.createElement("div");
  node.replaceChildren(root);
  const view = new MarkdownView(root, { libraries: { ...libraries, highlighter: null } });
  let text = "";
  for (const piece of pieces) {
    text += piece;
    view.show(text);
    view.flush();
  }
  view.show(text, { isFinal: true });
  view.flush();
  return { root, view };
}

/** Cuts a text into pieces of 1 to `longest` units; the same seed gives the same cuts. */
function cut(text, longest, seed) {
  const pieces = [];
  let state = seed;
  for (let at = 0; at < text.length;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const length = 1 + (state >>> 8) % longest;
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}

Object.assign(globalThis, { MarkdownView, cut, libraries, node, shown, strangers, streamed, violations });
document.documentElement.dataset.ready = "true";
