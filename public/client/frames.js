/**
 * What the protocol's frames have in common (docs/protocol.md, "Server to client").
 *
 * @typedef {import("./index.js").Frame} Frame
 *
 * @typedef {object} LogFrame an entry of a session's log
 * @property {string} type
 * @property {string} session
 * @property {string} request
 * @property {number} seq
 * @property {number} n
 * @property {number} [from]
 */

/**
 * A log frame is one with a `seq` of its own, whatever its type; `joined` only tells of one.
 * @param {Frame} frame
 * @returns {frame is Frame & LogFrame}
 */
export function isLogFrame(frame) {
  return Number.isInteger(frame.seq) && Number.isInteger(frame.n) && frame.type !== "joined";
}

/**
 * After such a log frame nothing of its request follows.
 * @param {string} type
 */
export function isTerminal(type) {
  return type === "end" || type === "aborted" || type === "error";
}
