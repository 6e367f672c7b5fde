/**
 * A message is JSON objects, one a line (docs/protocol.md, "Transport").
 *
 * @typedef {import("./index.js").Frame} Frame
 */

/**
 * A message's frames, in order. A line that is no JSON object is handed to `refuse` and left out; if it belonged to a
 * log, the position's sum will miss it.
 * @param {unknown} data
 * @param {(message: string) => void} refuse told what is wrong, without the content
 * @returns {Frame[]}
 */
export function framesIn(data, refuse) {
  if (typeof data !== "string") {
    refuse("The server sent a message that is not text.");
    return [];
  }
  const frames = [];
  for (const line of data.split("\n")) {
    if (line === "") continue;
    const frame = parsed(line);
    if (frame === undefined) refuse("The server sent a line that is no frame.");
    else frames.push(frame);
  }
  return frames;
}

/**
 * @param {string} line
 * @returns {Frame | undefined}
 */
function parsed(line) {
  try {
    const value = JSON.parse(line);
    return value !== null && typeof value === "object" && typeof value.type === "string" ? value : undefined;
  } catch {
    return undefined; // who called says so
  }
}

/**
 * Commands as one message.
 * @param {readonly object[]} commands
 */
export function messageOf(commands) {
  return commands.map((command) => JSON.stringify(command)).join("\n");
}

/**
 * How many bytes a command takes on the wire.
 * @param {object} command
 */
export function bytesOf(command) {
  return new TextEncoder().encode(JSON.stringify(command)).length;
}
