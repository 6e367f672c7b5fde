import { isId, newId } from "./identifier.js";
import { Turn } from "./turn.js";
import { plainMessage } from "./views.js";

/** The command's members that no option has. */
const TAKEN = new Set(["type", "id", "session", "epoch", "input", "messages"]);

/**
 * The `chat` command for what somebody asks: a copy, so that what becomes of the original changes nothing. Only the
 * command itself is not frozen. Throws a TypeError for what can never be sent.
 * @param {string} session
 * @param {import("./index.js").ChatInput} input
 * @param {import("./index.js").ChatOptions} options
 * @returns {Record<string, any>}
 */
export function chatCommand(session, input, options) {
  const { request = newId(), signal, ...fields } = options;
  if (!isId(request)) throw new TypeError("A request's id is 1 to 128 of A-Z a-z 0-9 . _ : -");
  const given = Object.entries(fields).filter(([name, value]) => (
    !TAKEN.has(name) && value !== undefined && value !== null && value !== ""));
  const copy = copied({ ...asked(input), ...Object.fromEntries(given) });
  return { type: "chat", id: `chat:${request}`, session, request, ...copy };
}

/**
 * The turn of a command that this tab made.
 * @param {Record<string, any>} command
 * @param {number} at Unix milliseconds
 */
export function askedTurn({ context, orphan, ...command }, at) {
  const turn = new Turn(command.request);
  turn.isOurs = true;
  turn.wishes = { context, orphan };
  turn.ask({ ...command, named: { model: command.model, upstream: command.upstream }, at });
  return turn;
}

/** In a text of JSON, a backslash that stands for itself, or half of a surrogate pair without the other. */
const HALVES = /\\\\|\\ud[89a-f][0-9a-f]{2}/g;

/**
 * As it will arrive: half of a surrogate pair does so as U+FFFD.
 * @param {object} fields
 * @returns {Record<string, any>}
 */
function copied(fields) {
  try {
    const text = JSON.stringify(fields).replace(HALVES, (found) => (found.length > 2 ? "\ufffd" : found));
    return { ...JSON.parse(text, (_, value) => Object.freeze(value)) };
  } catch (cause) {
    throw new TypeError("What is asked has something that JSON cannot hold.", { cause });
  }
}

/**
 * Whether a turn was asked what a command asks, as far as is known here.
 * @param {Turn} turn
 * @param {{ input?: any, messages?: readonly any[] }} command
 */
export function isAskedAs({ prompts, omitted, isCut }, { input, messages }) {
  const all = messages ?? [{ role: "user", content: input }];
  if (omitted > 0 && omitted + prompts.length !== all.length) return false;
  if (prompts.length === 0) return true;
  const wanted = omitted > 0 || isCut ? all.slice(-prompts.length) : all; // it is the last ones that are told
  const isSame = (/** @type {any} */ one, /** @type {any} */ other) => (
    one.role === other?.role && isEqual(one.content ?? null, other.content ?? null));
  return wanted.length === prompts.length && prompts.every((prompt, index) => isSame(prompt, wanted[index]));
}

/**
 * Whether two values of JSON are the same; members have no order.
 * @param {any} one
 * @param {any} other
 * @returns {boolean}
 */
function isEqual(one, other) {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  const names = Object.keys(one);
  return Array.isArray(one) === Array.isArray(other) && names.length === Object.keys(other).length
    && names.every((name) => Object.hasOwn(other, name) && isEqual(one[name], other[name]));
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
 * What asks a turn's question again: in its place where the server knows it, else where it would have been, where that
 * is known. It names what was named, and leaves to the server what was left to it: a model that was chosen may be
 * one that another upstream serves.
 * @param {Turn} turn
 * @param {(request: string) => boolean} isKnown whether the server knows that turn
 */
export function askedAgain({ request, asked, wishes, named, params, ...turn }, isKnown) {
  const { input, messages } = asked;
  const place = turn.isLocal ? turn.replaces : turn.isStored && messages === undefined ? request : null;
  return {
    input: messages === undefined ? input : { messages },
    options: {
      ...wishes,
      ...named,
      params: params ?? undefined,
      store: turn.isStored ? undefined : false,
      replaces: place !== null && isKnown(place) ? place : undefined,
    },
  };
}
