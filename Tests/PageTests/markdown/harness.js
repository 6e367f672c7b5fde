import { loadMarkdown } from "/page/markdown/libraries.js";
import { MarkdownView } from "/page/markdown/markdown-view.js";

const libraries = await loadMarkdown();
const node = document.getElementById("answer");

Object.assign(globalThis, { MarkdownView, libraries, node });
document.documentElement.dataset.ready = "true";
