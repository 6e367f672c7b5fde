/**
 * Time, as far as the library uses it. Tests have one of their own.
 *
 * @typedef {object} Clock
 * @property {() => number} now milliseconds that only rise; their zero means nothing
 * @property {() => number} date Unix milliseconds
 * @property {(body: () => void, ms: number) => unknown} setTimeout
 * @property {(timer: any) => void} clearTimeout
 */

/** What a timer can count: beyond that it would ring at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** @type {Clock} */
export const systemClock = {
  now: () => performance.now(),
  date: () => Date.now(),
  setTimeout: (body, ms) => setTimeout(body, Math.min(ms, LONGEST_MS)),
  clearTimeout: (timer) => clearTimeout(timer),
};
