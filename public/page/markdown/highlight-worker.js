// A classic worker: highlight.js 9 is no module.
importScripts("../../vendor/highlight/highlight.min.js");

self.onmessage = ({ data: { text, language } }) => {
  const isKnown = self.hljs.getLanguage(language) !== undefined;
  self.postMessage(isKnown ? self.hljs.highlight(language, text, true).value : null);
};
