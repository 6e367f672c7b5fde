// A classic worker: highlight.js 9 is no module.
const worker = /** @type {any} */ (self);
worker.importScripts("../../vendor/highlight/highlight.min.js");
// Else it writes to the console that version 9 is out of support by its makers; Debian, whose it is, supports it.
worker.hljs.configure({ hideUpgradeWarningAcceptNoSupportOrSecurityUpdates: true });

/** @param {MessageEvent<{ text: string, language: string }>} event */
worker.onmessage = ({ data: { text, language } }) => {
  const isKnown = worker.hljs.getLanguage(language) !== undefined;
  worker.postMessage(isKnown ? worker.hljs.highlight(language, text, true).value : null);
};
