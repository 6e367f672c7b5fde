/**
 * Time, as far as the library uses it. Tests have one of their own.
 *
 * @typedef {object} Clock
 * @property {() => number} now milliseconds that only rise; their zero means nothing
 * @property {() => number} date Unix milliseconds
 * @property {(body: () => void, ms: number) => unknown} setTimeout
 * @property {(timer: any) => void} clearTimeout
 */

/** @type {Clock} */
export const systemClock = {
  now: () => performance.now(),
  date: () => Date.now(),
  setTimeout: (body, ms) => setTimeout(body, ms),
  clearTimeout: (timer) => clearTimeout(timer),
};
