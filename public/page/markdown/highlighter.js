/** A piece of code that takes longer than this is left as it is. */
const TIMEOUT_MS = 3_000;

/** After so many of them, nothing more is highlighted. */
const MAX_TIMEOUTS = 3;

const ALLOWED = {
  RETURN_DOM_FRAGMENT: true,
  ALLOWED_TAGS: ["span", "#text"],
  ALLOWED_ATTR: ["class"],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
};

/** @typedef {{ text: string, language: string, done: (fragment: DocumentFragment) => void }} Job */

/**
 * Highlights code in a worker, one piece after the other, when it is about to be seen. The worker, and highlight.js in
 * it, is loaded when there is something to highlight; where it cannot be loaded, code stays as it is.
 */
export class Highlighter {
  #purify;
  /** @type {Worker | null} */
  #worker = null;
  /**
   * What has been seen, in order; the first is with the worker.
   *
   * @type {Job[]}
   */
  #waiting = [];
  /**
   * What has not been seen.
   *
   * @type {WeakMap<Element, Job>}
   */
  #unseen = new WeakMap();
  #observer = new IntersectionObserver((entries) => this.#moved(entries), { rootMargin: "50%" });
  #timer = 0;
  #timeouts = 0;
  #isBroken = false;

  /** @param {any} purify DOMPurify */
  constructor(purify) {
    this.#purify = purify;
  }

  /**
   * @param {Element} node where the code is
   * @param {Job} job `done` is called with the same text in spans; never where that failed
   */
  highlight(node, job) {
    if (this.#isBroken) return;
    this.#unseen.set(node, job);
    this.#observer.observe(node);
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #moved(entries) {
    for (const { target, isIntersecting } of entries) {
      const job = isIntersecting && this.#unseen.get(target);
      if (!job || this.#isBroken) continue;
      this.#observer.unobserve(target);
      this.#unseen.delete(target);
      this.#waiting.push(job);
      if (this.#waiting.length === 1) this.#ask();
    }
  }

  #ask() {
    const [next] = this.#waiting;
    if (!next) return;
    this.#worker ??= this.#newWorker();
    this.#timer = setTimeout(() => this.#timedOut(), TIMEOUT_MS);
    this.#worker.postMessage({ text: next.text, language: next.language });
  }

  #newWorker() {
    const worker = new Worker(new URL("highlight-worker.js", import.meta.url));
    worker.onmessage = ({ data }) => this.#answered(data);
    worker.onerror = () => this.#give();
    return worker;
  }

  /** @param {string | null} html null: the language is unknown */
  #answered(html) {
    clearTimeout(this.#timer);
    const asked = this.#waiting.shift();
    if (asked && html !== null) {
      const fragment = this.#purify.sanitize(html, ALLOWED);
      for (const span of fragment.querySelectorAll("[class]")) {
        if (!/^hljs-[\w-]+(?: hljs-[\w-]+| [\w-]+_+)*$/.test(span.className)) span.removeAttribute("class");
      }
      if (fragment.textContent === asked.text) asked.done(fragment);
    }
    this.#ask();
  }

  #timedOut() {
    this.#worker?.terminate();
    this.#worker = null;
    this.#waiting.shift();
    this.#timeouts += 1;
    if (this.#timeouts >= MAX_TIMEOUTS) this.#give();
    else this.#ask();
  }

  /** No highlighting any more. */
  #give() {
    clearTimeout(this.#timer);
    this.#isBroken = true;
    this.#observer.disconnect();
    this.#waiting = [];
    this.#worker?.terminate();
    this.#worker = null;
  }
}
