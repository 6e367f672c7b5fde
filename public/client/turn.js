import { Answer } from "./answer.js";
import { TributaryError } from "./errors.js";
import { TurnViews } from "./views.js";

/**
 * @typedef {import("./index.js").Status} Status
 *
 * @typedef {object} Follower who wants to know what becomes of a turn
 * @property {(said: import("./answer.js").Said) => void} [said] a delta was appended
 * @property {() => void} [replaced] it may be another text now
 * @property {() => void} settled nothing more comes; it is called once, and last
 */

/**
 * What one request put into the transcript: its messages and the answer. It is changed by frames, and looked at by
 * views.
 */
export class Turn {
  /** @type {Status} */
  status = "waiting";
  isOurs = false;
  /** It may have arrived. */
  wasSent = true;
  /** The server does not know it. */
  isLocal = false;
  /**
   * What was asked, as messages.
   * @type {readonly any[]}
   */
  prompts = [];
  /**
   * The `input` or `messages` it was asked with.
   * @type {{ input?: any, messages?: readonly any[] }}
   */
  asked = {};
  /**
   * Of these two, what the `chat` named; the rest the server chose.
   * @type {{ readonly model?: string, readonly upstream?: string }}
   */
  named = {};
  /**
   * What was asked for and no frame tells: known where this tab asked.
   * @type {{ context?: any, orphan?: "finish" | "abort" }}
   */
  wishes = {};
  omitted = 0;
  /** There may have been earlier ones, which a snapshot had no room for. */
  isCut = false;
  isStored = true;
  hasStarted = false;
  /** @type {string | null} */
  model = null;
  /**
   * What was asked for, where that differs.
   * @type {string | null}
   */
  requestedModel = null;
  /** @type {string | null} */
  upstream = null;
  /** @type {string | null} */
  provider = null;
  /** @type {Record<string, unknown> | null} */
  params = null;
  /** There were some, and a snapshot had no room for them. */
  areParamsOmitted = false;
  /** @type {string | null} */
  replaces = null;
  /** @type {any} */
  context = null;
  /** @type {readonly string[]} */
  dropped = [];
  /** @type {readonly any[]} */
  retries = [];
  /** Unix milliseconds. */
  at = 0;
  /**
   * By choice.
   * @type {Map<number, Answer>}
   */
  answers = new Map();
  /** That of the newest delta, or of the last entry that a snapshot has in it. */
  n = 0;
  /** @type {string | null} */
  reason = null;
  /** @type {string | null} */
  finishReason = null;
  /** @type {any} */
  usage = null;
  /** @type {any} */
  timing = null;
  /** @type {TributaryError | null} */
  error = null;
  /**
   * Who stopped it: a connection's id, or "orphan".
   * @type {string | null}
   */
  abortedBy = null;

  /** @type {Set<Follower>} */
  #followers = new Set();
  #views = new TurnViews(this);

  /** @param {string} request */
  constructor(request) {
    this.request = request;
  }

  /** Nothing of it can change any more. */
  get isSettled() {
    return this.status !== "waiting" && this.status !== "accepted" && this.status !== "running";
  }

  /**
   * The answer of a choice, made when it is first spoken of.
   * @param {number} [choice]
   */
  answer(choice = 0) {
    let answer = this.answers.get(choice);
    if (answer === undefined) this.answers.set(choice, (answer = new Answer(choice)));
    return answer;
  }

  /** As it stands now, frozen; the same object until it changes. */
  get view() {
    return this.#views.view;
  }

  /** Its messages as they stand now; the same array until it changes. */
  get messages() {
    return this.#views.messages;
  }

  // What changes it.

  /**
   * Takes the fields of a `request` frame, of a snapshot's request, or of a `chat` command.
   * @param {any} fields
   */
  ask({ input, messages, model, upstream, named, params, params_omitted, replaces, omitted = 0, store, ...more }) {
    if (omitted === 0 || !this.#hasAll) {
      const prompts = messages?.slice() ?? (input === undefined ? [] : [{ role: "user", content: input }]);
      this.asked = messages === undefined ? { input } : { messages };
      this.prompts = Object.freeze(prompts);
      this.omitted = omitted;
    }
    const { dropped, context, at } = more;
    this.isStored = store !== false;
    this.model = model ?? null;
    this.upstream = upstream ?? null;
    this.named = named ?? {};
    this.params = params ?? null;
    this.areParamsOmitted = params_omitted === true;
    this.replaces = replaces ?? null;
    this.dropped = dropped ?? [];
    this.context = context ?? null;
    this.at = at ?? this.at;
    this.#views.forgetAll();
  }

  /** @param {boolean} wasSent */
  sent(wasSent) {
    this.wasSent = wasSent;
    this.changed();
  }

  /** @param {Status} status */
  become(status) {
    this.status = status;
    this.changed();
    if (this.isSettled) this.#settle();
  }

  /**
   * Takes the fields of a `start` frame.
   * @param {any} fields
   */
  start({ model, requested_model, upstream, provider }) {
    this.hasStarted = true;
    this.requestedModel = requested_model ?? null;
    this.model = model ?? this.model;
    this.upstream = upstream ?? this.upstream;
    this.provider = provider ?? null;
    this.changed();
  }

  /**
   * Takes the fields of a `retry` frame.
   * @param {any} fields
   */
  retry({ attempt, after_ms, code, status, upstream, model, dropped }) {
    const retry = { attempt, after_ms, code, status, upstream, model, dropped };
    const known = Object.entries(retry).filter(([, value]) => value !== undefined);
    this.retries = [...this.retries, Object.freeze(Object.fromEntries(known))];
    if (upstream !== undefined) {
      this.upstream = upstream;
      this.dropped = dropped ?? [];
    }
    this.changed();
  }

  /**
   * Takes a `delta` frame.
   * @param {import("./answer.js").Said} said
   */
  append(said) {
    this.answer(said.choice).append(said);
    this.n = said.n ?? this.n;
    this.changed();
    for (const follower of this.#followers) follower.said?.(said);
  }

  /**
   * Takes the fields of a terminal frame.
   * @param {any} frame
   */
  finish(frame) {
    this.reason = frame.reason ?? null;
    this.finishReason = frame.finish_reason ?? null;
    this.usage = frame.usage ?? null;
    this.timing = frame.timing ?? null;
    this.abortedBy = frame.by ?? null;
    if (frame.extra !== undefined) this.append({ extra: frame.extra });
    const answers = frame.choices ?? [{ choice: 0, finish_reason: this.finishReason }];
    for (const { choice, finish_reason } of answers) this.answer(choice).finishReason = finish_reason ?? null;
    if (frame.type === "error") this.error = new TributaryError(frame);
    this.become(frame.type === "end" ? "ended" : frame.type === "aborted" ? "aborted" : "failed");
  }

  /**
   * It will never be answered.
   * @param {"failed" | "interrupted"} status
   * @param {TributaryError} error
   */
  fail(status, error) {
    this.isLocal = true;
    this.error = error;
    this.become(status);
  }

  /** All that was asked is known. */
  get #hasAll() {
    return this.prompts.length > 0 && this.omitted === 0 && !this.isCut;
  }

  /**
   * A snapshot tells it anew. Who asked stays known, and so does what the snapshot has no room for.
   * @param {Turn} told
   */
  replaceBy(told) {
    for (const [choice, answer] of told.isSettled ? told.answers : []) {
      const known = this.answers.get(choice);
      if (known !== undefined) answer.alignCalls(known);
    }
    const { isOurs, wishes, retries, asked, prompts, omitted } = this;
    const isUntold = told.omitted > 0 && told.prompts.length === 0;
    const whole = this.#hasAll && !told.#hasAll && { asked, prompts, omitted: 0, isCut: false };
    const prompt = whole || (isUntold && { asked, prompts, omitted });
    const params = told.params ?? this.params;
    const areParamsOmitted = told.areParamsOmitted && params === null;
    Object.assign(this, told, { isOurs, wishes, retries, params, areParamsOmitted }, prompt);
    this.#views.forgetAll();
    for (const follower of this.#followers) follower.replaced?.();
    if (this.isSettled) this.#settle();
  }

  /**
   * It is what this tab knew as another turn.
   * @param {Turn} before
   */
  inherit(before) {
    const { isOurs, wishes, params, asked, prompts } = before;
    if (before.#hasAll && !this.#hasAll) Object.assign(this, { asked, prompts, omitted: 0, isCut: false });
    this.isOurs = isOurs;
    this.wishes = wishes;
    this.params ??= params;
    this.areParamsOmitted &&= this.params === null;
    this.#views.forgetAll();
  }

  /** Views are to be made anew. */
  changed() {
    this.#views.forget();
  }

  /**
   * Tells what becomes of it. Where that is settled already, it says so at once. Returns how to stop.
   * @param {Follower} follower
   */
  follow(follower) {
    if (this.isSettled) follower.settled();
    else this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }

  #settle() {
    const followers = this.#followers;
    this.#followers = new Set();
    for (const follower of followers) follower.settled();
  }
}
