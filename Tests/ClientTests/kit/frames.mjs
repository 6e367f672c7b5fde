/** Builders for what a server sends. */
export const SESSION = "s";

/** A log frame. */
export function frame(type, request, seq, n, fields = {}) {
  return { type, session: SESSION, request, seq, n, ...fields };
}

export function asked(request, seq, input, fields = {}) {
  return frame("request", request, seq, 0, { input, upstream: "u", at: seq * 1000, ...fields });
}

export function text(request, seq, n, piece, fields = {}) {
  return frame("delta", request, seq, n, { text: piece, ...fields });
}

export function end(request, seq, n, fields = {}) {
  return frame("end", request, seq, n, { reason: "stop", finish_reason: "stop", timing: { total_ms: 1 }, ...fields });
}

export function joined(epoch, seq, snapshot = { messages: [], requests: [] }, fields = {}) {
  return { type: "joined", session: SESSION, epoch, seq, recovered: false, tabs: 1, snapshot, ...fields };
}

export function recovered(epoch, seq, fields = {}) {
  return { type: "joined", session: SESSION, epoch, seq, recovered: true, tabs: 1, ...fields };
}

export function welcome(connection = "c1", fields = {}) {
  return { type: "welcome", version: 1, connection, heartbeat_ms: 25_000, limits: { message_bytes: 2000 }, ...fields };
}
