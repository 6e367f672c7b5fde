/** @param {number} ms */
export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${rounded(ms / 1000)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.floor(ms / 1000) % 60} s`;
}

/**
 * Whole seconds, as somebody counts who looks on: `0.9 s` are one second.
 *
 * @param {number} ms
 */
export function seconds(ms) {
  const whole = Math.max(0, Math.ceil(ms / 1000));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/**
 * Three digits or so.
 *
 * @param {number} number
 */
export function rounded(number) {
  return number >= 100 ? grouped(Math.round(number)) : String(Math.round(number * 10) / 10);
}

/**
 * `12,345`.
 *
 * @param {number} number
 */
export function grouped(number) {
  return number.toLocaleString("en");
}

/**
 * `1 tab`, `3 tabs`.
 *
 * @param {number} number
 * @param {string} noun
 */
export function counted(number, noun) {
  return `${grouped(number)} ${noun}${number === 1 ? "" : "s"}`;
}
