/**
 * What the error codes mean for the person in front of the page, and what that person can do (docs/protocol.md,
 * "Errors"). `offer` is what a button beside it does, apart from trying again, which is offered wherever that can help.
 *
 * @typedef {"key" | "model" | "context" | "reload"} Offer
 * @type {Map<string, { title: string, advice?: string, offer?: Offer }>}
 */
const ERRORS = new Map(Object.entries({
  bad_request: { title: "This could not be asked" },
  unknown_type: { title: "The server does not know this command", advice: "It may be older than this page." },
  unauthorized: { title: "You are not signed in", offer: "reload" },
  forbidden: { title: "This is not allowed" },
  not_joined: { title: "This tab has lost its place in the chat", offer: "reload" },
  unknown_request: { title: "The server no longer knows that message", advice: "Ask anew instead." },
  request_exists: { title: "That was already asked" },
  too_many_requests: { title: "Too much at once", advice: "Wait until an answer is complete." },
  missing_key: { title: "An API key is needed", offer: "key" },
  invalid_key: { title: "The API key was refused", offer: "key" },
  model_not_found: { title: "There is no such model", offer: "model" },
  context_length: { title: "The chat is too long for this model", offer: "context" },
  upstream_rate_limited: { title: "The model’s provider asks to slow down" },
  upstream_error: { title: "The model’s provider failed" },
  upstream_unreachable: { title: "The model’s provider cannot be reached" },
  upstream_timeout: { title: "The model’s provider did not answer in time" },
  upstream_closed: { title: "The answer broke off" },
  upstream_protocol: { title: "The model’s provider sent something unreadable" },
  interrupted: { title: "The answer was interrupted" },
  draining: { title: "The server is going away" },
  internal: { title: "The server failed" },
  closed: { title: "This page was disconnected before there was an answer", offer: "reload" },
  unreadable: { title: "The server sent something that this page cannot read", offer: "reload" },
  token: { title: "No access token could be had", offer: "reload" },
}));

const UNKNOWN = { title: "Something went wrong", advice: undefined, offer: undefined };

/**
 * An error in parts: what it is, what was said about it, and what could be done beside trying again.
 *
 * @param {{ code?: string, message?: string }} error
 * @returns {{ title: string, said: string, offer: Offer | undefined }}
 */
export function errorParts({ code = "", message = "" }) {
  const { title, advice = "", offer } = ERRORS.get(code) ?? UNKNOWN;
  return { title: `${title}.`, said: [message, advice].filter((each) => each !== "").join(" "), offer };
}

/**
 * An error as a sentence or two.
 *
 * @param {{ code?: string, message?: string }} error
 */
export function errorWords(error) {
  const { title, said } = errorParts(error);
  return said === "" ? title : `${title} ${said}`;
}
