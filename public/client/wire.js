/**
 * What a client and its sessions are to each other.
 *
 * @typedef {object} Wire what a session needs of its client
 * @property {(command: object) => void} send reaches the server between `opened` and `lost`
 * @property {() => string} joinId for a `join`: another than all before, also those of who has left
 * @property {() => Promise<unknown>} echo resolves once the server has answered what was sent before this; rejects
 *   where it will not
 * @property {() => import("./index.js").ConnectionState} state
 * @property {() => import("./index.js").Limits | null} limits
 * @property {(error: import("./errors.js").TributaryError) => void} failed something did, and nobody here was told
 * @property {() => void} left the session is not wanted any more
 * @property {import("./clock.js").Clock} clock
 * @property {() => number} [random]
 *
 * @typedef {object} Port what a client tells a session, and asks it
 * @property {() => void} opened
 * @property {() => void} reopening the connection that was closed is tried again
 * @property {() => void} lost
 * @property {(frames: readonly import("./index.js").Frame[]) => void} received the session's frames of one message,
 *   in order
 * @property {(error: import("./errors.js").TributaryError) => void} closed the connection does not come back by itself
 * @property {() => void} stateChanged
 * @property {() => boolean} isJoining a `join` was not answered yet
 */

export {};
