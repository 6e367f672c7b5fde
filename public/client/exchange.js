import { Commands } from "./commands.js";
import { TributaryError } from "./errors.js";
import { isLogFrame, isTerminal } from "./frames.js";
import { Subscription } from "./subscription.js";
import { Transcript } from "./transcript.js";

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

/** What this tab and the server say to each other about one session, and what is known by it. */
export class Exchange {
  transcript = new Transcript();
  tabs = 0;
  #wire;
  #listener;
  #subscription;
  #commands;
  /**
   * The epoch of the transcript.
   * @type {string | null}
   */
  #epoch = null;
  /**
   * The `seq` by which the log must have shown what was accepted before.
   * @type {number | null}
   */
  #dueAt = null;
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
    this.#subscription = new Subscription(id, wire.send, wire);
    this.#commands = new Commands(id, wire.send, {
      refused: (turn, status, error) => this.#refused(turn, status, error),
      takenBack: (turn) => {
        turn.become("aborted");
        this.#settled(turn);
      },
    });
  }

  get isJoined() {
    return this.#subscription.isJoined;
  }

  get isJoining() {
    return this.#subscription.isJoining;
  }

  get position() {
    return this.#subscription.after ?? null;
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
    this.#subscription.join();
  }

  /** There will be a connection, perhaps. */
  reopening() {
    this.#end = null;
  }

  lost() {
    this.#subscription.stop();
    this.#commands.lost();
    this.#dueAt = null;
    this.#tabs(0);
    this.#listener.changed();
  }

  /**
   * The session's frames of one message, in order. Either all of its log frames are applied, or none.
   * @param {readonly Frame[]} frames
   */
  received(frames) {
    const applicable = this.#subscription.accept(frames);
    let next = 0;
    for (const frame of frames) {
      if (frame === applicable[next]) {
        next += 1;
        this.#apply(frame);
      } else if (!isLogFrame(frame) && frame.type !== "joined") {
        this.#control(frame);
      }
    }
    const { after } = this.#subscription;
    if (this.#dueAt !== null && after !== undefined && after.seq >= this.#dueAt) {
      this.#dueAt = null;
      this.#commands.interruptDue();
    }
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
    this.#commands.flush(this.#subscription.epoch, this.#wire.limits()?.message_bytes ?? Infinity);
  }

  /** @param {Frame} frame */
  #apply(frame) {
    if (frame.type === "joined") {
      this.#joined(frame);
    } else if (frame.type === "request") {
      const own = this.#commands.shown(frame.request);
      const turn = this.transcript.begin(frame, own);
      if (own === undefined) this.#listener.began(turn);
    } else {
      const turn = this.transcript.apply(frame);
      if (turn === null) return;
      if (frame.type === "delta") this.#listener.said(turn, frame);
      if (isTerminal(frame.type)) this.#settled(turn);
    }
  }

  /** @param {Frame} joined */
  #joined({ recovered, epoch, seq, snapshot, tabs }) {
    if (recovered) {
      this.#commands.headKnown();
      this.#dueAt = seq;
    } else {
      const own = (/** @type {string} */ request) => this.#commands.shown(request);
      const settled = this.transcript.replace(snapshot ?? {}, epoch === this.#epoch, own);
      this.#epoch = epoch;
      this.#dueAt = null;
      this.#commands.snapshotCame();
      this.#listener.replaced();
      for (const turn of settled) this.#settled(turn);
    }
    this.#tabs(tabs);
    this.#listener.joined();
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
        this.#tabs(frame.tabs);
        break;
      case "accepted":
        // Joining again with the position tells whether the log will ever show it.
        if (this.#commands.accepted(frame)) this.#subscription.join();
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
      if (error.code === "not_joined") this.#subscription.joinLater();
    } else if (this.#subscription.answers(frame)) {
      this.#joinFailed(error);
    } else {
      this.#listener.failed(error);
    }
  }

  /** @param {TributaryError} error */
  #joinFailed(error) {
    this.#subscription.stop();
    this.#listener.failed(error);
    if (error.retryable) return this.#subscription.joinLater();
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
    this.#subscription.stop();
    this.#subscription.forget();
    this.#tabs(0);
    this.#commands.close(status, error);
    for (const turn of this.transcript.interrupt(error)) this.#settled(turn);
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
