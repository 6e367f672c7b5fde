import { interrupted } from "./errors.js";
import { DeltaReader } from "./reader.js";

/**
 * @typedef {import("./index.js").ChatRequest} Contract
 * @typedef {import("./index.js").Session} Session
 * @typedef {import("./turn.js").Turn} Turn
 */

/**
 * A request and its answer, live: a turn as the library's users hold it.
 * @implements {Contract}
 */
export class ChatRequest {
  #session;
  #turn;
  #abort;
  /** @type {Promise<ChatRequest> | null} */
  #done = null;

  /**
   * @param {Session} session
   * @param {Turn} turn
   * @param {() => Promise<void>} abort
   */
  constructor(session, turn, abort) {
    this.#session = session;
    this.#turn = turn;
    this.#abort = abort;
  }

  get id() {
    return this.#turn.request;
  }

  get session() {
    return this.#session;
  }

  get isOurs() {
    return this.#turn.isOurs;
  }

  get status() {
    return this.#turn.status;
  }

  get turn() {
    return this.#turn.view;
  }

  get text() {
    return this.#turn.answers.get(0)?.text ?? "";
  }

  get reasoning() {
    return this.#turn.answers.get(0)?.reasoning ?? "";
  }

  get refusal() {
    return this.#turn.answers.get(0)?.refusal ?? "";
  }

  get toolCalls() {
    return this.#turn.view.choices[0]?.toolCalls ?? [];
  }

  get choices() {
    return this.#turn.view.choices;
  }

  get model() {
    return this.#turn.model;
  }

  get requestedModel() {
    return this.#turn.requestedModel;
  }

  get upstream() {
    return this.#turn.upstream;
  }

  get provider() {
    return this.#turn.provider;
  }

  get usage() {
    return this.#turn.usage;
  }

  get timing() {
    return this.#turn.timing;
  }

  get reason() {
    return this.#turn.reason;
  }

  get finishReason() {
    return this.#turn.finishReason;
  }

  get abortedBy() {
    return this.#turn.abortedBy;
  }

  get retries() {
    return this.#turn.retries;
  }

  get dropped() {
    return this.#turn.dropped;
  }

  get error() {
    return this.#turn.error;
  }

  /** Made when it is first asked for: who never asks is not told of a rejection. */
  get done() {
    return (this.#done ??= new Promise((resolve, reject) => {
      const settled = () => {
        const { status, error } = this.#turn;
        if (status === "ended" || status === "aborted") resolve(this);
        else reject(error ?? interrupted("The request failed."));
      };
      this.#turn.follow({ settled });
    }));
  }

  abort() {
    return this.#abort();
  }

  [Symbol.asyncIterator]() {
    return new DeltaReader(this.#turn);
  }
}
