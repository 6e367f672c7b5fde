/**
 * How a turn is shown to the library's users: frozen objects, made when somebody looks.
 *
 * @typedef {import("./turn.js").Turn} Turn
 * @typedef {import("./answer.js").Answer} Answer
 * @typedef {import("./index.js").Message} Message
 * @typedef {import("./index.js").ChatMessage} ChatMessage
 */
import { Answer as EmptyAnswer } from "./answer.js";

/**
 * A view → the message as OpenAI knows it.
 * @type {WeakMap<object, ChatMessage>}
 */
const plain = new WeakMap();

/**
 * A message as a server may be sent it: one of our own views without what it has beyond OpenAI's shape, any other as it
 * is.
 * @param {ChatMessage} message
 */
export function plainMessage(message) {
  return plain.get(message) ?? message;
}

/** A turn's view and messages, made when somebody looks, and the same objects until the turn changes. */
export class TurnViews {
  #turn;
  /** @type {import("./index.js").Turn | null} */
  #view = null;
  /** @type {readonly Message[] | null} */
  #prompts = null;
  /** @type {readonly Message[] | null} */
  #messages = null;

  /** @param {Turn} turn */
  constructor(turn) {
    this.#turn = turn;
  }

  get view() {
    return (this.#view ??= turnView(this.#turn));
  }

  get messages() {
    this.#prompts ??= promptMessages(this.#turn);
    return (this.#messages ??= messagesOf(this.#turn, this.#prompts));
  }

  /** The turn has changed. */
  forget() {
    this.#view = null;
    this.#messages = null;
  }

  /** So has what was asked. */
  forgetAll() {
    this.forget();
    this.#prompts = null;
  }
}

/**
 * The answers in order; at least that of choice 0.
 * @param {Turn} turn
 * @returns {[number, Answer][]}
 */
function answersOf({ answers }) {
  /** @type {[number, Answer][]} */
  const first = answers.has(0) ? [] : [[0, new EmptyAnswer(0)]];
  return [...first, ...answers].sort(([a], [b]) => a - b);
}

/**
 * @param {Turn} turn
 * @returns {import("./index.js").Turn}
 */
function turnView(turn) {
  const { request, status, isOurs, isLocal, prompts, omitted, isStored, hasStarted, model, requestedModel, at } = turn;
  const { upstream, provider, params, areParamsOmitted, replaces, usage, timing, reason, finishReason } = turn;
  return Object.freeze({
    request, isOurs, status, isLocal, isUnsent: status === "waiting" && !turn.wasSent, prompts, omitted, isStored,
    hasStarted,
    choices: Object.freeze(answersOf(turn).map(([, answer]) => answer.view)),
    model, requestedModel, upstream, provider, params, areParamsOmitted, replaces, usage, timing, reason, finishReason,
    abortedBy: turn.abortedBy, retries: turn.retries, dropped: turn.dropped, context: turn.context, error: turn.error, at,
  });
}

/**
 * What was asked, as messages.
 * @param {Turn} turn
 * @returns {readonly Message[]}
 */
function promptMessages({ request, prompts, at }) {
  return prompts.map((prompt, index) => {
    const known = { content: null, ...prompt, id: `${request}/${index}`, request, at };
    return viewOf(known, prompt);
  });
}

/**
 * A turn's messages: what was asked, then the answers, also those that have said nothing yet.
 * @param {Turn} turn
 * @param {readonly Message[]} prompts
 * @returns {readonly Message[]}
 */
function messagesOf(turn, prompts) {
  return [...prompts, ...answersOf(turn).map(([choice, answer]) => answerMessage(turn, choice, answer))];
}

/**
 * @param {Turn} turn
 * @param {number} choice
 * @param {Answer} answer
 */
function answerMessage(turn, choice, answer) {
  const { request, status, model, usage, timing, reason, error, at } = turn;
  const type = /** @type {const} */ ("function");
  const calls = answer.toolCalls.map(({ id, ...call }) => ({ id, type, function: call }));
  /** @type {{ role: string, content: string | null, [name: string]: unknown }} */
  const said = { role: "assistant", content: answer.text === "" && calls.length > 0 ? null : answer.text };
  if (answer.refusal !== "") said.refusal = answer.refusal;
  if (calls.length > 0) said.tool_calls = calls;
  const more = {
    ...(answer.reasoning !== "" && { reasoning: answer.reasoning }),
    ...(answer.extra.length > 0 && { extra: answer.extra.slice() }),
    ...(choice > 0 && { choice }),
    ...(model !== null && { model }), ...(usage !== null && { usage }), ...(timing !== null && { timing }),
    ...(reason !== null && { reason }), ...(error !== null && { error }),
  };
  return viewOf({ ...said, ...more, id: `${request}/answer/${choice}`, request, status, at }, said);
}

/**
 * @param {any} message
 * @param {ChatMessage} source
 * @returns {Message}
 */
function viewOf(message, source) {
  plain.set(message, source);
  return Object.freeze(message);
}

/**
 * A frozen list: the old one, where the new one has the same members.
 * @template Member
 * @param {readonly Member[] | undefined} before
 * @param {Member[]} now
 * @returns {readonly Member[]}
 */
export function unlessSame(before, now) {
  const isSame = before?.length === now.length && now.every((member, index) => member === before[index]);
  return isSame ? /** @type {readonly Member[]} */ (before) : Object.freeze(now);
}
