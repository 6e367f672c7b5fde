/** The server found the connection idle: nothing was joined. */
export const IDLE = 4408;

/** Close codes after which coming back would end the same way (docs/protocol.md, "Closing"). */
const FINAL = new Map([
  [1003, "This page sent a message that the server could not read."],
  [1007, "This page sent text that is not valid UTF-8."],
  [1008, "The server refused this page's behaviour."],
  [1009, "The message was too large for the server."],
  [4401, "The server asks for a token that is missing or has expired."],
  [4403, "This page may not use that server."],
]);

/** Why the others ended, for somebody who waits for the connection to come back. */
const PASSING = new Map([
  [1012, "The server is restarting"],
  [4290, "This tab was too slow"],
  [IDLE, "The connection was idle"],
  [4429, "The server has too many connections"],
]);

/** What requests fail with that wait when such a connection ends. */
const CODES = new Map([
  [1009, "bad_request"],
  [4401, "unauthorized"],
  [4403, "forbidden"],
]);

/**
 * Whether a client should come back by itself after this code.
 * @param {number} code
 */
export function mayReconnect(code) {
  return !FINAL.has(code);
}

/**
 * What a close code means, in words.
 * @param {number} code
 * @param {boolean} wasThere whether the server has ever been heard
 */
export function closingWords(code, wasThere = true) {
  const otherwise = wasThere ? "The connection was lost" : "The server cannot be reached";
  return FINAL.get(code) ?? PASSING.get(code) ?? otherwise;
}

/**
 * The error code for what waits when the server closes for good.
 * @param {number} code
 */
export function closingError(code) {
  return CODES.get(code) ?? "bad_request";
}
