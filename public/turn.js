/** The content fields of a delta that are plain strings. */
export const TEXT_FIELDS = ["reasoning", "text", "refusal"];

/** One choice of an answer in the making, or done. */
export class Answer {
  text = "";
  reasoning = "";
  refusal = "";
  /** `{id, name, arguments}` by index; an index may be missing while its first piece is not there. */
  toolCalls = [];

  /** Adds a delta's content field. */
  append(delta) {
    for (const field of TEXT_FIELDS) {
      if (typeof delta[field] === "string") this[field] += delta[field];
    }
    for (const piece of delta.tool_calls ?? []) this.#appendCall(piece);
  }

  /** A piece as deltas have it, or a whole call in OpenAI's shape, as a snapshot's messages have it. */
  #appendCall(piece, index = piece.index ?? this.toolCalls.length) {
    const call = (this.toolCalls[index] ??= { id: null, name: "", arguments: "" });
    call.id ??= piece.id ?? null;
    call.name ||= piece.name ?? piece.function?.name ?? "";
    call.arguments += piece.arguments ?? piece.function?.arguments ?? "";
  }
}

/** What one request put into the transcript: its messages and the answer. */
export class Turn {
  /** `running`, `ended`, `aborted`, `failed`, or `interrupted` (lost, as far as we know). */
  status = "running";
  /** `{role, content}` of what was asked. */
  prompts = [];
  /** How many earlier messages the server left out of `prompts`. */
  omitted = 0;
  /** False: the turn is in no snapshot. */
  isStored = true;
  /** True once the upstream has answered. */
  hasStarted = false;
  model = null;
  at = 0;
  /** By choice; a choice may be missing. */
  answers = [];
  reason = null;
  usage = null;
  timing = null;
  /** `{code, message, retryable}` of a failed turn. */
  error = null;
  /** Who stopped it: a connection's id, or "orphan". */
  by = null;

  constructor(request) {
    this.request = request;
  }

  get isRunning() {
    return this.status === "running";
  }

  /** The answer of a choice, made when it is first spoken of. */
  answer(choice = 0) {
    return (this.answers[choice] ??= new Answer());
  }

  /** Takes the fields of a `request` frame. */
  ask({ input, messages, model, omitted, store, at }) {
    this.prompts = messages ?? (input === undefined ? [] : [{ role: "user", content: input }]);
    this.omitted = omitted ?? 0;
    this.isStored = store !== false;
    this.model = model ?? null;
    this.at = at ?? 0;
  }

  /** Takes the fields of a `start` frame. */
  start({ model }) {
    this.hasStarted = true;
    this.model = model ?? this.model;
  }

  /** Takes the fields of a terminal frame. */
  finish({ type, reason, usage, timing, by, code, message, retryable }) {
    this.status = { end: "ended", aborted: "aborted", error: "failed" }[type];
    this.reason = reason ?? null;
    this.usage = usage ?? null;
    this.timing = timing ?? null;
    this.by = by ?? null;
    if (type === "error") this.error = { code, message, retryable: retryable === true };
  }
}

/** What can be shown of a message's content: a string, null, or an array of parts. */
export function plainText(content) {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => part.text ?? part.refusal ?? `[${part.type ?? "attachment"}]`).join("\n");
}
