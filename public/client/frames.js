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

/**
 * A message's frames: those of each session, and those of the connection, in their order.
 * @param {readonly Frame[]} frames
 */
export function sorted(frames) {
  /** @type {Frame[]} */
  const control = [];
  /** @type {Map<string, Frame[]>} */
  const sessions = new Map();
  for (const frame of frames) {
    const batch = typeof frame.session === "string" ? sessions.get(frame.session) : control;
    if (batch === undefined) sessions.set(frame.session, [frame]);
    else batch.push(frame);
  }
  return { control, sessions };
}
