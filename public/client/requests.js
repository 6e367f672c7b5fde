import { askedAgain, askedTurn, chatCommand, isAskedAs } from "./chat-command.js";
import { TributaryError, taken } from "./errors.js";
import { ChatRequest } from "./request.js";

/**
 * @typedef {import("./index.js").ChatInput} ChatInput
 * @typedef {import("./index.js").ChatOptions} ChatOptions
 * @typedef {import("./index.js").Session} Session
 * @typedef {import("./exchange.js").Exchange} Exchange
 * @typedef {import("./turn.js").Turn} Turn
 */

/** A session's requests: they are made here, and each turn has one that stands for it. */
export class Requests {
  #session;
  #exchange;
  #clock;
  #failed;
  /** @type {WeakMap<Turn, ChatRequest>} */
  #requests = new WeakMap();

  /**
   * @param {Session} session
   * @param {Exchange} exchange
   * @param {import("./clock.js").Clock} clock
   * @param {(error: TributaryError) => void} failed told what nobody waits for
   */
  constructor(session, exchange, clock, failed) {
    this.#session = session;
    this.#exchange = exchange;
    this.#clock = clock;
    this.#failed = failed;
  }

  /**
   * The one of a turn; always the same.
   * @param {Turn} turn
   */
  of(turn) {
    let request = this.#requests.get(turn);
    if (request === undefined) {
      request = new ChatRequest(this.#session, turn, async () => void (await this.#exchange.abort(turn)));
      this.#requests.set(turn, request);
    }
    return request;
  }

  /** @param {string} id */
  get(id) {
    const turn = this.#exchange.turn(id);
    return turn && this.of(turn);
  }

  /** Those that run or are not answered yet. */
  get open() {
    return this.#exchange.open.map((turn) => this.of(turn));
  }

  /**
   * @param {ChatInput} input
   * @param {ChatOptions} options
   */
  chat(input, options) {
    return this.#make(chatCommand(this.#session.id, input, options), options.signal);
  }

  /**
   * @param {string} id
   * @param {ChatOptions} options
   */
  retry(id, options) {
    const { transcript } = this.#exchange;
    const turn = transcript.turn(id);
    if (turn === undefined || turn.omitted > 0 || turn.prompts.length === 0) {
      const message = turn === undefined ? "There is no such request here." : "Not all of its messages are here.";
      throw this.#error("bad_request", message, id);
    }
    if (turn.areParamsOmitted && options.params === undefined) {
      throw this.#error("bad_request", "Not all of its parameters are here.", id);
    }
    const again = askedAgain(turn, (request) => transcript.turn(request)?.isLocal === false);
    const wanted = { ...again.options, ...options };
    const command = chatCommand(this.#session.id, again.input, wanted);
    return this.#make(command, wanted.signal, id);
  }

  /** Cancels those that are open. Resolves with the ids of those of which that is true. */
  async abort() {
    const answers = this.#exchange.open.map(async (turn) => ((await this.#exchange.abort(turn)) ? [turn.request] : []));
    return (await Promise.all(answers)).flat();
  }

  // Within.

  /**
   * @param {Record<string, any>} command
   * @param {AbortSignal} [signal]
   * @param {string} [failed] the turn that goes out of sight once this stands, where only this tab knows it
   */
  #make(command, signal, failed) {
    const { transcript } = this.#exchange;
    const known = this.#exchange.turn(command.request);
    const isKnown = known !== undefined && !known.isLocal;
    if (isKnown && !isAskedAs(known, command)) return this.#taken(command);
    const turn = isKnown ? known : askedTurn(command, this.#clock.date());
    if (!isKnown && signal?.aborted) return this.#unasked(turn);
    const request = this.of(turn);
    if (!isKnown) {
      if (failed !== undefined) transcript.dismiss(failed);
      this.#exchange.chat(turn, command);
    }
    if (signal) this.#heed(signal, turn);
    return request;
  }

  /**
   * It is not wanted any more. Nobody hears of it but who made it.
   * @param {Turn} turn
   */
  #unasked(turn) {
    turn.become("aborted");
    return this.of(turn);
  }

  /**
   * Another question has that id. Whoever asks this one is told so; it is nowhere to be seen.
   * @param {Record<string, any>} command
   */
  #taken(command) {
    const turn = askedTurn(command, this.#clock.date());
    turn.fail("failed", taken(command.request, this.#session.id));
    return this.of(turn);
  }

  /**
   * @param {AbortSignal} signal
   * @param {Turn} turn
   */
  #heed(signal, turn) {
    const abort = () => {
      // Whether it worked shows in the request; only a closed client could not even ask.
      this.#exchange.abort(turn).catch((error) => this.#failed(error));
    };
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort);
    turn.follow({ settled: () => signal.removeEventListener("abort", abort) });
  }

  /**
   * @param {"bad_request"} code
   * @param {string} message
   * @param {string} request
   */
  #error(code, message, request) {
    return new TributaryError({ code, message, request, session: this.#session.id });
  }
}
