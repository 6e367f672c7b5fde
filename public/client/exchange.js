import { Commands } from "./commands.js";
import { AskedAgain, TributaryError } from "./errors.js";
import { Log } from "./log.js";

/**
 * @typedef {import("./index.js").Frame} Frame
 * @typedef {import("./turn.js").Turn} Turn
 * @typedef {import("./wire.js").Wire} Wire
 *
 * @typedef {object} Listener told what happens, each message's events after all of the message was taken in
 * @property {(turn: Turn) => void} began
 * @property {(turn: Turn, delta: Frame) => void} said
 * @property {(turn: Turn) => void} settled
 * @property {(tabs: number) => void} tabsChanged
 * @property {() => void} replaced a snapshot came
 * @property {() => void} joined
 * @property {(error: TributaryError) => void} failed something did that nobody waits for
 * @property {(error: TributaryError) => void} refused the session cannot be joined
 * @property {() => void} changed something did; called last
 */

/** What this tab and the server say to each other about one session: commands, and the log with what comes of them. */
export class Exchange {
  tabs = 0;
  #wire;
  #listener;
  #log;
  #commands;
  /**
   * Why nothing that is asked now will be answered, and what it becomes.
   * @type {{ status: "failed" | "interrupted", error: TributaryError } | null}
   */
  #end = null;

  /**
   * @param {string} id
   * @param {Wire} wire
   * @param {Listener} listener
   */
  constructor(id, wire, listener) {
    this.#wire = wire;
    this.#listener = listener;
    this.#commands = new Commands(id, wire, {
      refused: (turn, status, error) => this.#refused(turn, status, error),
      taken: (turn, error) => {
        turn.fail("failed", error);
        this.#settled(turn);
      },
      takenBack: (turn) => {
        turn.become("aborted");
        this.#settled(turn);
      },
      unanswered: () => {
        this.#flush();
        this.#unanswered(id);
      },
    });
    this.#log = new Log(id, wire, {
      shown: (told, isSameEpoch) => this.#commands.shown(told, isSameEpoch),
      began: (turn) => listener.began(turn),
      said: (turn, delta) => listener.said(turn, delta),
      settled: (turn) => this.#settled(turn),
      resumed: () => this.#commands.headKnown(),
      replaced: (isSameEpoch) => {
        const isDoubtful = this.#commands.snapshotCame(isSameEpoch);
        listener.replaced();
        return isDoubtful;
      },
      joined: (tabs) => {
        this.#tabs(tabs);
        listener.joined();
      },
      unanswered: () => this.#unanswered(id),
      caughtUp: () => this.#commands.interruptDue(),
    });
  }

  get transcript() {
    return this.#log.transcript;
  }

  get isJoined() {
    return this.#log.isJoined;
  }

  get isJoining() {
    return this.#log.isJoining;
  }

  get position() {
    return this.#log.position;
  }

  /** What is to be shown, in order; at the end what the log does not show yet. */
  get turns() {
    return [...this.transcript.turns, ...this.#commands.turns];
  }

  /** What runs or is not answered yet. */
  get open() {
    return [...this.transcript.running, ...this.#commands.turns];
  }

  /** @param {string} request */
  turn(request) {
    return this.#commands.turn(request) ?? this.transcript.turn(request);
  }

  // The connection's side.

  opened() {
    this.#end = null;
    this.#log.join();
  }

  reopening() {
    this.#end = null;
  }

  lost() {
    this.#log.lost();
    this.#commands.lost();
    this.#tabs(0);
    this.#listener.changed();
  }

  /**
   * The session's frames of one message, in order.
   * @param {readonly Frame[]} frames
   */
  received(frames) {
    this.#log.received(frames, (frame) => this.#control(frame));
    this.#flush();
    this.#listener.changed();
  }

  /**
   * There is no connection, and none will come by itself: nothing that is open will be answered.
   * @param {TributaryError} error
   */
  close(error) {
    this.#over("interrupted", error);
    this.#listener.changed();
  }

  // The user's side.

  /**
   * Asks, now or as soon as the session is joined.
   * @param {Turn} turn
   * @param {Record<string, any>} command
   */
  chat(turn, command) {
    this.transcript.dismiss(turn.request);
    this.#commands.chat(turn, command);
    this.#listener.began(turn);
    if (this.#end !== null) this.#commands.close(this.#end.status, this.#end.error);
    this.#flush();
    this.#listener.changed();
  }

  /**
   * Cancels a request. Resolves with whether this did.
   * @param {Turn} turn
   */
  abort(turn) {
    const answer = this.#commands.abort(turn);
    this.#flush();
    if (turn.isSettled) this.#listener.changed();
    return answer;
  }

  /** @param {string} request */
  dismiss(request) {
    const wasThere = this.transcript.dismiss(request);
    if (wasThere) this.#listener.changed();
    return wasThere;
  }

  // Within.

  /** Sends what waits for a joined session. */
  #flush() {
    if (!this.isJoined) return;
    this.#commands.flush(this.#log.epoch, this.#wire.limits()?.message_bytes ?? Infinity);
  }

  /** @param {unknown} tabs */
  #tabs(tabs) {
    if (typeof tabs !== "number" || tabs === this.tabs) return;
    this.tabs = tabs;
    this.#listener.tabsChanged(tabs);
  }

  /**
   * Frames without a place in the log.
   * @param {Frame} frame
   */
  #control(frame) {
    switch (frame.type) {
      case "presence":
        if (this.isJoined) this.#tabs(frame.tabs);
        break;
      case "accepted":
        // Joining again with the position tells whether the log will ever show it.
        if (this.#commands.accepted(frame)) this.#log.join();
        break;
      case "ok":
        this.#commands.answered(frame);
        break;
      case "error":
        this.#commandFailed(frame);
        break;
    }
  }

  /** @param {Frame} frame */
  #commandFailed(frame) {
    const error = new TributaryError(/** @type {any} */ (frame));
    if (this.#commands.failed(frame, error)) {
      if (error.code === "not_joined") this.#log.joinLater();
    } else if (this.#log.answers(frame)) {
      this.#joinFailed(error);
    } else {
      this.#listener.failed(error);
    }
  }

  /** @param {string} session */
  #unanswered(session) {
    this.#listener.failed(new AskedAgain(session));
  }

  /** @param {TributaryError} error */
  #joinFailed(error) {
    if (error.retryable) this.#log.joinLater(); // first: whoever is told may leave
    this.#listener.failed(error);
    if (error.retryable) return;
    this.#listener.refused(error);
    this.#over("failed", error);
  }

  /**
   * Nothing that is open will be answered, nor what is asked from now on, until it is tried again.
   * @param {"failed" | "interrupted"} status what becomes of questions that were not answered
   * @param {TributaryError} error
   */
  #over(status, error) {
    this.#end = { status, error };
    this.#tabs(0);
    this.#commands.close(status, error);
    this.#log.close(error);
  }

  /**
   * A chat of this tab will not be in the log: it stays in sight.
   * @param {Turn} turn
   * @param {"failed" | "interrupted"} status
   * @param {TributaryError} error
   */
  #refused(turn, status, error) {
    this.transcript.keep(turn);
    turn.fail(status, error);
    this.#settled(turn);
  }

  /** @param {Turn} turn */
  #settled(turn) {
    this.#commands.settled(turn);
    this.#listener.settled(turn);
  }
}
