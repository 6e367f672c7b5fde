import { seconds } from "./numbers.js";

/** @typedef {import("../client/index.js").ConnectionState} ConnectionState */

/** The states in a word or two, for the head of the page. */
const SHORT = new Map([
  ["connecting", "Connecting …"],
  ["open", "Connected"],
  ["reconnecting", "Reconnecting …"],
  ["closed", "Disconnected"],
]);

/** @param {ConnectionState} state */
export function shortStateWords(state) {
  return SHORT.get(state.name) ?? state.name;
}

/**
 * What is wrong with the connection and what happens next; empty while nothing is. `now` in Unix milliseconds.
 *
 * @param {ConnectionState} state
 * @param {number} now
 */
export function troubleWords(state, now) {
  if (state.name === "closed") return sentence(state.reason);
  if (state.name !== "reconnecting" || state.isOffline) return "";
  const left = state.retryAt === null ? 0 : state.retryAt - now;
  return `${sentence(state.reason)} ${left > 0 ? `Trying again in ${seconds(left)}.` : "Trying again now …"}`;
}

/** @param {string} words */
function sentence(words) {
  return /[.!?…]$/.test(words) ? words : `${words}.`;
}
