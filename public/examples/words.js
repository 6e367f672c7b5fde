// What the examples say about the connection.

/** @param {import("../client/index.js").ConnectionState} state */
export function stateWords(state) {
  switch (state.name) {
    case "open":
      return "Connected";
    case "reconnecting":
      return `${state.reason}. ${state.isOffline ? "Waiting for the network …" : "Connecting again …"}`;
    case "closed":
      return state.reason;
    default:
      return "Connecting …";
  }
}

/** @param {number} tabs */
export function tabWords(tabs) {
  return tabs === 1 ? "1 tab" : `${tabs} tabs`;
}
