import { Highlighter } from "./highlighter.js";

/**
 * What markdown is rendered with.
 *
 * @typedef {{ marked: any, purify: any, highlighter: Highlighter | null }} Libraries
 */

/** @type {Promise<Libraries | null> | null} */
let loaded = null;

/**
 * Loads the parser and DOMPurify, once for the page; null where they are not installed: then text is shown as it is.
 *
 * @returns {Promise<Libraries | null>}
 */
export function loadMarkdown() {
  loaded ??= load();
  return loaded;
}

async function load() {
  const vendor = new URL("../../vendor/", import.meta.url);
  try {
    const [{ default: purify }] = await Promise.all([
      import(new URL("dompurify/dompurify.mjs", vendor).href),
      import(new URL("marked/marked.umd.min.js", vendor).href), // no module: it leaves a global behind
    ]);
    const { marked } = /** @type {any} */ (globalThis);
    if (!purify.isSupported) return null;
    return { marked, purify, highlighter: new Highlighter(purify) };
  } catch (error) {
    console.info("Answers are shown as plain text: the libraries for markdown are not installed.", error);
    return null;
  }
}
