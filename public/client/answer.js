/**
 * @typedef {import("./index.js").Choice} Choice
 * @typedef {import("./index.js").ToolCall} ToolCall
 * @typedef {{ -readonly [Field in keyof ToolCall]: ToolCall[Field] }} CallInTheMaking
 *
 * @typedef {object} Said what a delta, a snapshot's request or message brings
 * @property {string} [text]
 * @property {string} [reasoning]
 * @property {string} [refusal]
 * @property {readonly any[]} [tool_calls] pieces as deltas have them, or whole calls in OpenAI's shape
 * @property {object | readonly object[]} [extra]
 * @property {unknown} [logprobs]
 * @property {number} [choice]
 * @property {number} [n] of a delta
 */

/** The content fields of a delta that are plain strings. */
export const TEXT_FIELDS = /** @type {const} */ (["reasoning", "text", "refusal"]);

/** One choice of an answer in the making, or done. */
export class Answer {
  text = "";
  reasoning = "";
  refusal = "";
  /** @type {string | null} */
  finishReason = null;
  /**
   * What the provider said beside that.
   * @type {object[]}
   */
  extra = [];
  /**
   * By index: hostile ones must not make long arrays.
   * @type {Map<number, CallInTheMaking>}
   */
  calls = new Map();
  #choice;

  /** @param {number} choice */
  constructor(choice) {
    this.#choice = choice;
  }

  /**
   * Adds what was said. The engine keeps appended strings as ropes: this costs the same at any length.
   * @param {Said} said
   */
  append(said) {
    for (const field of TEXT_FIELDS) {
      const piece = said[field];
      if (typeof piece === "string") this[field] += piece;
    }
    for (const piece of said.tool_calls ?? []) this.#appendCall(piece);
    for (const extra of [said.extra ?? []].flat()) this.extra.push(extra);
  }

  /**
   * Takes the indices of what was known of this answer: a snapshot tells whole calls in their order, without indices.
   * @param {Answer} known
   */
  alignCalls(known) {
    const indices = [...known.calls.keys()].sort((a, b) => a - b);
    const byId = new Map([...known.calls].map(([index, { id }]) => [id, index]));
    const aligned = [...this.calls].map(([index, call], rank) => {
      const place = call.id === null ? indices[rank] : byId.get(call.id);
      return /** @type {const} */ ([place ?? index, call]);
    });
    if (new Set(aligned.map(([index]) => index)).size === aligned.length) this.calls = new Map(aligned);
  }

  /** @param {any} piece */
  #appendCall(piece) {
    const index = piece.index ?? this.calls.size;
    let call = this.calls.get(index);
    if (call === undefined) this.calls.set(index, (call = { id: null, name: "", arguments: "" }));
    call.id ??= piece.id ?? null;
    call.name ||= piece.name ?? piece.function?.name ?? "";
    call.arguments += piece.arguments ?? piece.function?.arguments ?? "";
  }

  /** The calls in the order of their indices. */
  get toolCalls() {
    return [...this.calls].sort(([a], [b]) => a - b).map(([, call]) => Object.freeze({ ...call }));
  }

  /**
   * As it stands now.
   * @returns {Choice}
   */
  get view() {
    const { text, reasoning, refusal, toolCalls, finishReason } = this;
    const extra = Object.freeze([...this.extra]);
    return Object.freeze({
      choice: this.#choice, text, reasoning, refusal, toolCalls: Object.freeze(toolCalls), extra, finishReason,
    });
  }
}
