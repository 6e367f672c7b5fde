import { Aborts } from "./aborts.js";
import { TributaryError } from "./errors.js";
import { isLogFrame, isTerminal } from "./frames.js";
import { bytesOf } from "./lines.js";
import { Outbox } from "./outbox.js";
import { Subscription } from "./subscription.js";
import { Transcript } from "./transcript.js";

/**
 * @typedef {import("./index.js").Frame} Frame
 * @typedef {import("./turn.js").Turn} Turn
 *
 * @typedef {object} Wire what a session needs of its client
 * @property {(command: object) => void} send reaches the server between `opened` and `lost`
 * @property {() => import("./index.js").ConnectionState} state
 * @property {() => import("./index.js").Limits | null} limits
 * @property {() => void} left the session is not wanted any more
 * @property {import("./clock.js").Clock} clock
 * @property {() => number} [random]
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
  outbox = new Outbox();
  transcript = new Transcript();
  tabs = 0;
  #id;
  #wire;
  #listener;
  #subscription;
  #aborts = new Aborts();
  /**
   * The epoch of the transcript.
   * @type {string | null}
   */
  #epoch = null;
  /**
   * The `seq` by which the log must have shown what is due in the outbox.
   * @type {number | null}
   */
  #dueAt = null;

  /**
   * @param {string} id
   * @param {Wire} wire
   * @param {Listener} listener
   */
  constructor(id, wire, listener) {
    this.#id = id;
    this.#wire = wire;
    this.#listener = listener;
    this.#subscription = new Subscription(id, wire.send, wire);
  }

  get isJoined() {
    return this.#subscription.isJoined;
  }

  get position() {
    return this.#subscription.after ?? null;
  }

  // The connection's side.

  opened() {
    this.#subscription.join();
  }

  lost() {
    this.#subscription.stop();
    this.outbox.lost();
    this.#aborts.lost();
    this.#dueAt = null;
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
    if (this.#dueAt !== null && after !== undefined && after.seq >= this.#dueAt) this.#interruptDue();
    this.#flush();
    this.#listener.changed();
  }

  /**
   * There is no connection, and none will come by itself: nothing that is open will be answered.
   * @param {TributaryError} error
   */
  close(error) {
    this.#subscription.stop();
    this.#subscription.forget();
    for (const turn of this.transcript.interrupt(error)) this.#settled(turn);
    for (const { turn } of this.outbox.chats) this.#refuse(turn, "interrupted", error);
    this.#aborts.close(error);
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
    this.outbox.add(turn, command);
    this.#listener.began(turn);
    this.#flush();
    this.#listener.changed();
  }

  /**
   * Cancels a request. Resolves with whether this did.
   * @param {Turn} turn
   * @returns {Promise<boolean>}
   */
  async abort(turn) {
    if (turn.isSettled) return false;
    if (this.outbox.get(turn.request)?.wasSent === false) {
      this.#takeBack(turn);
      this.#listener.changed();
      return true;
    }
    const answer = this.#aborts.want(turn.request);
    this.#flush();
    return answer;
  }

  /** @param {string} request */
  dismiss(request) {
    const wasThere = this.transcript.dismiss(request);
    if (wasThere) this.#listener.changed();
    return wasThere;
  }

  leave() {
    this.#wire.send({ type: "leave", id: "leave", session: this.#id });
  }

  // Within.

  /** Sends what waits for a joined session. */
  #flush() {
    if (!this.isJoined) return;
    const limit = this.#wire.limits()?.message_bytes ?? Infinity;
    for (const command of this.outbox.take(this.#subscription.epoch, (request) => this.#aborts.has(request))) {
      if (bytesOf(command) > limit) this.#tooLarge(command.request, limit);
      else this.#wire.send(command);
    }
    for (const request of this.#aborts.take()) {
      this.#wire.send({ type: "abort", id: `abort:${request}`, session: this.#id, request });
    }
  }

  /** @param {Frame} frame */
  #apply(frame) {
    if (frame.type === "joined") {
      this.#joined(frame);
    } else if (frame.type === "request") {
      const own = this.outbox.remove(frame.request);
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
      this.outbox.headKnown();
      this.#dueAt = seq;
    } else {
      const own = (/** @type {string} */ request) => this.outbox.remove(request);
      const settled = this.transcript.replace(snapshot ?? {}, epoch === this.#epoch, own);
      this.#epoch = epoch;
      this.outbox.snapshotCame();
      this.#interruptDue();
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
        if (this.outbox.accepted(frame.request)) this.#subscription.join();
        break;
      case "ok":
        this.#abortDone(frame);
        break;
      case "error":
        this.#commandFailed(frame);
        break;
    }
  }

  /** @param {Frame} ok */
  #abortDone(ok) {
    const request = namedIn(ok, "abort");
    if (request !== undefined) this.#aborts.done(request, ok.requests?.includes(request) === true);
  }

  /** @param {Frame} frame */
  #commandFailed(frame) {
    const error = new TributaryError(/** @type {any} */ (frame));
    const chat = namedIn(frame, "chat");
    const abort = namedIn(frame, "abort");
    if (frame.code === "not_joined" && (chat ?? abort) !== undefined) this.#subscription.joinLater();
    if (chat !== undefined) {
      const turn = this.outbox.refused(chat, frame.code);
      if (turn !== undefined) this.#refuse(turn, "failed", error);
    } else if (abort !== undefined) {
      this.#abortFailed(abort, error);
    } else if (this.#subscription.answers(frame)) {
      this.#joinFailed(error);
    } else {
      this.#listener.failed(error);
    }
  }

  /**
   * @param {string} request
   * @param {TributaryError} error
   */
  #abortFailed(request, error) {
    if (error.code === "not_joined") return this.#aborts.notSent(request);
    if (error.code !== "unknown_request") return this.#aborts.failed(request, error);
    const chat = this.outbox.get(request);
    if (chat !== undefined && chat.state !== "accepted") this.#takeBack(chat.turn);
    this.#aborts.done(request, false);
  }

  /** @param {TributaryError} error */
  #joinFailed(error) {
    this.#subscription.stop();
    this.#listener.failed(error);
    if (error.retryable) return this.#subscription.joinLater();
    this.#listener.refused(error);
    for (const { turn } of this.outbox.chats) this.#refuse(turn, "failed", error);
    this.#aborts.close(error);
  }

  /**
   * @param {string} request
   * @param {number} limit
   */
  #tooLarge(request, limit) {
    const turn = this.outbox.get(request)?.turn;
    const message = `A message may have at most ${limit} bytes.`;
    const error = new TributaryError({ code: "bad_request", message, request, session: this.#id });
    if (turn !== undefined) this.#refuse(turn, "failed", error);
  }

  /**
   * A chat of this tab will not be in the log: it stays in sight.
   * @param {Turn} turn
   * @param {"failed" | "interrupted"} status
   * @param {TributaryError} error
   */
  #refuse(turn, status, error) {
    this.outbox.remove(turn.request);
    this.transcript.keep(turn);
    turn.fail(status, error);
    this.#settled(turn);
  }

  /** What the log should have shown by now was lost. */
  #interruptDue() {
    this.#dueAt = null;
    for (const turn of this.outbox.due()) {
      const { request } = turn;
      const message = "The server no longer knows this request.";
      const error = new TributaryError({ code: "interrupted", message, retryable: true, request, session: this.#id });
      this.#refuse(turn, "interrupted", error);
    }
  }

  /**
   * A chat that never began, and need not any more.
   * @param {Turn} turn
   */
  #takeBack(turn) {
    this.outbox.remove(turn.request);
    turn.become("aborted");
    this.#settled(turn);
  }

  /** @param {Turn} turn */
  #settled(turn) {
    this.#aborts.done(turn.request, turn.status === "aborted");
    this.#listener.settled(turn);
  }
}

/**
 * The request in a command's id, as `chat:REQUEST` has it.
 * @param {Frame} frame
 * @param {string} command
 */
function namedIn({ id }, command) {
  return typeof id === "string" && id.startsWith(`${command}:`) ? id.slice(command.length + 1) : undefined;
}
