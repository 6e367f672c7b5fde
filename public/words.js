/** What the error codes mean for the person in front of the page (docs/protocol.md, "Errors"). */
const ERRORS = new Map(Object.entries({
  bad_request: "The request was not understood",
  unknown_type: "The server does not know this command",
  unauthorized: "You are not signed in",
  forbidden: "This is not allowed",
  not_joined: "This tab has not joined the session",
  unknown_request: "That request is not known",
  request_exists: "That request was already made",
  too_many_requests: "Too many requests at once",
  missing_key: "There is no API key",
  invalid_key: "The API key was refused",
  model_not_found: "There is no such model",
  context_length: "The conversation is too long for this model",
  upstream_rate_limited: "The model's provider asks to slow down",
  upstream_error: "The model's provider failed",
  upstream_unreachable: "The model's provider cannot be reached",
  upstream_timeout: "The model's provider did not answer in time",
  upstream_closed: "The answer broke off",
  upstream_protocol: "The model's provider sent something unreadable",
  interrupted: "The answer was interrupted",
  draining: "The server is going away",
  internal: "The server failed",
}));

/** An error as a sentence or two: what it is, and what the server says about it. */
export function errorWords({ code, message }) {
  const title = ERRORS.get(code) ?? "Something went wrong";
  return message ? `${title}. ${message}` : `${title}.`;
}

/** Why a whole answer ended where it did, where that is worth a word. */
const REASONS = new Map([
  ["length", "cut at the length limit"],
  ["content_filter", "stopped by a content filter"],
  ["tool_calls", "asks for tools"],
]);

/** The line under an answer: model, tokens, speed, time to the first token. */
export function metaWords(turn) {
  const { model, usage, timing, reason } = turn;
  const words = [];
  if (model) words.push(model);
  if (usage) words.push(`${usage.input} → ${usage.output} tokens${usage.source === "upstream" ? "" : " (estimated)"}`);
  if (usage?.reasoning) words.push(`${usage.reasoning} of them reasoning`);
  if (timing?.tokens_per_s > 0) words.push(`${round(timing.tokens_per_s)} tokens/s`);
  if (timing?.ttft_ms !== undefined) words.push(`first token after ${duration(timing.ttft_ms)}`);
  if (timing?.total_ms !== undefined) words.push(`${duration(timing.total_ms)} in all`);
  if (REASONS.has(reason)) words.push(REASONS.get(reason));
  return words.join(" · ");
}

/** How an answer stands that is not simply complete; empty for one that is. `isOurs` tells this tab's connections. */
export function statusWords(turn, isOurs) {
  switch (turn.status) {
    case "waiting":
      return "Sending …";
    case "accepted":
    case "running":
      return turn.hasStarted ? "" : "Waiting for the model …";
    case "aborted":
      if (turn.abortedBy === "orphan") return "Stopped, because no tab was left.";
      return turn.abortedBy === null || isOurs(turn.abortedBy) ? "Stopped." : "Stopped from another tab.";
    case "failed":
    case "interrupted":
      return errorWords(turn.error ?? {});
    default:
      return "";
  }
}

/** What can be shown of a message's content: a string, null, or an array of parts. */
export function plainText(content) {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => part.text ?? part.refusal ?? `[${part.type ?? "attachment"}]`).join("\n");
}

/** A connection's state for the status line. */
export function stateWords({ name, retryAt, reason }) {
  switch (name) {
    case "connecting":
      return "Connecting …";
    case "reconnecting":
      if (retryAt === null) return `${reason}. Trying again …`;
      return `${reason}. Trying again in ${duration(Math.max(0, retryAt - Date.now()))} …`;
    case "closed":
      return `${reason} Reload the page to try again.`;
    default:
      return "Connected";
  }
}

function duration(ms) {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${round(ms / 1000)} s`;
}

function round(number) {
  return number >= 100 ? String(Math.round(number)) : number.toFixed(1);
}
