import { isId, newId } from "./identifier.js";
import { plainMessage } from "./views.js";

/**
 * The `chat` command for what somebody asks. Throws a TypeError for what can never be sent.
 * @param {string} session
 * @param {import("./index.js").ChatInput} input
 * @param {import("./index.js").ChatOptions} options
 * @returns {Record<string, any>}
 */
export function chatCommand(session, input, options) {
  const { request = newId(), signal, ...fields } = options;
  if (!isId(request)) throw new TypeError("A request's id is 1 to 128 of A-Z a-z 0-9 . _ : -");
  const given = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return { type: "chat", id: `chat:${request}`, session, request, ...asked(input), ...Object.fromEntries(given) };
}

/** @param {import("./index.js").ChatInput} input */
function asked(input) {
  if (typeof input === "string" && input !== "") return { input };
  if (Array.isArray(input) && input.length > 0) return { input };
  const messages = typeof input === "object" && input !== null && "messages" in input ? input.messages : undefined;
  if (Array.isArray(messages) && messages.length > 0) return { messages: messages.map(plainMessage) };
  throw new TypeError("What is asked is a string, a list of content parts, or { messages }; not an empty one.");
}

/**
 * What asks a turn's question again: in its place where the server knows it, else where it would have been.
 * @param {import("./turn.js").Turn} turn
 */
export function askedAgain({ request, asked, model, requestedModel, params, replaces, isStored, isLocal }) {
  const { input, messages } = asked;
  const place = isLocal ? replaces : isStored && messages === undefined ? request : null;
  return {
    input: messages === undefined ? input : { messages },
    options: {
      model: requestedModel ?? model ?? undefined,
      params: params ?? undefined,
      store: isStored ? undefined : false,
      replaces: place ?? undefined,
    },
  };
}
