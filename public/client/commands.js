import { Aborts } from "./aborts.js";
import { isAskedAs } from "./chat-command.js";
import { Doubt } from "./doubt.js";
import { TributaryError, taken } from "./errors.js";
import { bytesOf } from "./lines.js";
import { Outbox } from "./outbox.js";

/**
 * @typedef {import("./index.js").Frame} Frame
 * @typedef {import("./turn.js").Turn} Turn
 *
 * @typedef {object} Listener
 * @property {(turn: Turn, status: "failed" | "interrupted", error: TributaryError) => void} refused the log will
 *   never show it
 * @property {(turn: Turn, error: TributaryError) => void} taken its id is another question's
 * @property {(turn: Turn) => void} takenBack it never began, and need not any more
 * @property {() => void} unanswered answers were lost, and the commands are due again
 */

/**
 * What this tab wants of a session's server and has not got: chats, and stops. They are sent while the session is
 * joined.
 */
export class Commands {
  #session;
  #send;
  #listener;
  #outbox = new Outbox();
  #aborts = new Aborts();
  #doubt;

  /**
   * @param {string} session
   * @param {import("./wire.js").Wire} wire
   * @param {Listener} listener
   */
  constructor(session, wire, listener) {
    this.#session = session;
    this.#send = wire.send;
    this.#listener = listener;
    this.#doubt = new Doubt(wire, {
      unanswered: () => [
        ...this.#outbox.unanswered.map((request) => `chat:${request}`),
        ...this.#aborts.unanswered.map((request) => `abort:${request}`),
      ],
      lost: (ids) => this.#lost(ids),
    });
  }

  /** The turns of the chats that the log does not show yet, in the order of asking. */
  get turns() {
    return this.#outbox.chats.map((chat) => chat.turn);
  }

  /** @param {string} request */
  turn(request) {
    return this.#outbox.get(request)?.turn;
  }

  /**
   * @param {Turn} turn
   * @param {Record<string, any>} command
   */
  chat(turn, command) {
    this.#outbox.add(turn, command);
  }

  /**
   * Resolves with whether the request was cancelled by this.
   * @param {Turn} turn
   * @returns {Promise<boolean>}
   */
  async abort(turn) {
    if (turn.isSettled) return false;
    if (this.#outbox.get(turn.request) === undefined || turn.wasSent) return this.#aborts.want(turn.request);
    this.#takeBack(turn);
    return true;
  }

  /**
   * Sends what is due.
   * @param {string | null} epoch
   * @param {number} limit how many bytes a message may have
   */
  flush(epoch, limit) {
    const chats = this.#outbox.take(epoch, (request) => this.#aborts.has(request));
    const aborts = this.#aborts.take();
    if (chats.length + aborts.length > 0) this.#doubt.begin();
    for (const { turn, command } of chats) {
      if (bytesOf(command) <= limit) this.#send(command);
      else this.#refuse(turn, "failed", this.#error("bad_request", `A message may have at most ${limit} bytes.`, turn));
    }
    for (const request of aborts) {
      this.#send({ type: "abort", id: `abort:${request}`, session: this.#session, request });
    }
  }

  /** The connection is gone. */
  lost() {
    this.#doubt.settle();
    this.#outbox.lost();
    this.#aborts.lost();
  }

  /**
   * Nothing will be answered any more.
   * @param {"failed" | "interrupted"} status
   * @param {TributaryError} error
   */
  close(status, error) {
    this.#doubt.settle();
    this.#aborts.close(error);
    for (const turn of this.turns) this.#refuse(turn, status, error);
  }

  // What the server says.

  /**
   * The log shows a request. Returns the turn that was made when this tab asked that. Before the server has said that
   * it took ours, the question may be another one under the same id; so it may after that, in another epoch.
   * @param {Turn} told
   * @param {boolean} isSameEpoch
   */
  shown(told, isSameEpoch) {
    const chat = this.#outbox.get(told.request);
    if (chat === undefined) return undefined;
    const { turn, state } = chat;
    this.#outbox.remove(turn.request);
    if ((state === "accepted" && isSameEpoch) || isAskedAs(told, turn.asked)) return turn;
    this.#listener.taken(turn, taken(turn.request, this.#session));
    return undefined;
  }

  /**
   * @param {Frame} accepted
   * @returns {boolean} whether it is doubtful that the log will ever show it
   */
  accepted({ request, duplicate }) {
    return this.#outbox.accepted(request, duplicate === true);
  }

  /**
   * An `ok`, perhaps that of an abort.
   * @param {Frame} ok
   */
  answered(ok) {
    const request = namedIn(ok, "abort");
    if (request !== undefined) this.#aborts.done(request, ok.requests?.includes(request) === true);
  }

  /**
   * A command's error. Returns whether it answers one of ours.
   * @param {Frame} frame
   * @param {TributaryError} error
   */
  failed(frame, error) {
    const chat = namedIn(frame, "chat");
    const abort = namedIn(frame, "abort");
    if (chat !== undefined) {
      const turn = this.#outbox.refused(chat, error.code);
      if (turn !== undefined) this.#refuse(turn, "failed", error);
    } else if (abort !== undefined) {
      this.#abortFailed(abort, error);
    }
    return (chat ?? abort) !== undefined;
  }

  /**
   * @param {string} request
   * @param {TributaryError} error
   */
  #abortFailed(request, error) {
    if (error.code === "not_joined") return this.#aborts.notSent(request);
    const chat = this.#outbox.get(request);
    const isUnknown = error.code === "unknown_request";
    if (isUnknown) this.#aborts.done(request, false);
    else this.#aborts.failed(request, error);
    // What nobody wants any more does not go out, also where it could not be stopped in case it had arrived.
    const isOut = chat?.state === "accepted" || (chat?.state === "sent" && !isUnknown);
    if (chat !== undefined && !isOut) this.#takeBack(chat.turn);
  }

  /** The log's head is known: what was accepted before stands at or before it. */
  headKnown() {
    this.#outbox.headKnown();
  }

  /**
   * A snapshot came, and what it shows was taken from here. Returns whether it is doubtful that the log will ever show
   * the rest.
   * @param {boolean} isSameEpoch
   */
  snapshotCame(isSameEpoch) {
    const isDoubtful = this.#outbox.snapshotCame(isSameEpoch);
    this.interruptDue();
    return isDoubtful;
  }

  /** What the log should have shown by now was lost. */
  interruptDue() {
    for (const { turn, isRepeat } of this.#outbox.due()) {
      const message = isRepeat
        ? "This was asked before and has ended; the server no longer has the answer."
        : "The server no longer knows this request.";
      this.#refuse(turn, "interrupted", this.#error("interrupted", message, turn));
    }
  }

  /** @param {Turn} turn */
  settled(turn) {
    this.#aborts.done(turn.request, turn.status === "aborted");
  }

  // Within.

  /** @param {string[]} ids of the commands that will not be answered; all may be sent again */
  #lost(ids) {
    for (const id of ids) {
      const chat = namedIn({ id }, "chat");
      if (chat !== undefined) this.#outbox.notSent(chat);
      else this.#aborts.notSent(/** @type {string} */ (namedIn({ id }, "abort")));
    }
    this.#listener.unanswered();
  }

  /**
   * @param {Turn} turn
   * @param {"failed" | "interrupted"} status
   * @param {TributaryError} error
   */
  #refuse(turn, status, error) {
    this.#outbox.remove(turn.request);
    this.#listener.refused(turn, status, error);
  }

  /** @param {Turn} turn */
  #takeBack(turn) {
    this.#outbox.remove(turn.request);
    this.#listener.takenBack(turn);
  }

  /**
   * @param {"bad_request" | "interrupted"} code
   * @param {string} message
   * @param {Turn} turn
   */
  #error(code, message, { request }) {
    return new TributaryError({ code, message, retryable: code === "interrupted", request, session: this.#session });
  }
}

/**
 * The request in a command's id, as `chat:REQUEST` has it.
 * @param {Record<string, any>} frame
 * @param {string} command
 */
function namedIn({ id }, command) {
  return typeof id === "string" && id.startsWith(`${command}:`) ? id.slice(command.length + 1) : undefined;
}
