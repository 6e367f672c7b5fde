/**
 * @typedef {import("./turn.js").Turn} Turn
 *
 * @typedef {object} Chat
 * @property {Turn} turn
 * @property {Record<string, any> | null} command null once it is accepted: a key must not be kept
 * @property {"waiting" | "sent" | "accepted" | "postponed"} state `waiting` to be sent, or sent again; `accepted`:
 *   the log will show it; `postponed` until there is another connection, for this one's server is draining
 * @property {boolean} isDoubtful a snapshot that came after it was sent, or was accepted, did not show it: the log may
 *   never do, and is joined again to find out
 * @property {{ replaces: string | undefined }} [instead] where it goes if what it is to replace, which is not answered
 *   yet either, turns out never to have begun
 * @property {boolean} isRepeat the server had it before this tab asked, as far as is known
 * @property {boolean} isDue the log must have shown it by the time the head is reached that a `joined` told
 */

/**
 * The chats that this tab has made, and that the log does not show yet. A chat is idempotent: until it was answered it
 * may be sent again, unchanged (docs/protocol.md, "A careful client").
 */
export class Outbox {
  /**
   * By request, in the order of asking.
   * @type {Map<string, Chat>}
   */
  #chats = new Map();

  get chats() {
    return [...this.#chats.values()];
  }

  /** @param {string} request */
  get(request) {
    return this.#chats.get(request);
  }

  /**
   * @param {Turn} turn
   * @param {Record<string, any>} command
   */
  add(turn, command) {
    turn.sent(false);
    const unsure = this.#chats.get(command.replaces);
    this.#chats.set(turn.request, {
      turn, command, state: "waiting", isDoubtful: false, isRepeat: false, isDue: false,
      instead: unsure && { replaces: unsure.turn.replaces ?? undefined },
    });
  }

  /**
   * The log shows it, or nobody wants it any more. Returns its turn, where it was here.
   * @param {string} request
   */
  remove(request) {
    const chat = this.#chats.get(request);
    this.#chats.delete(request);
    return chat?.turn;
  }

  /**
   * The chats to send now, in `epoch`; a chat keeps the epoch with which it was sent first.
   * @param {string | null} epoch
   * @param {(request: string) => boolean} isUnwanted it is to be aborted, and not to be sent again
   */
  take(epoch, isUnwanted) {
    const due = [];
    for (const chat of this.#chats.values()) {
      if (chat.state !== "waiting" || chat.command === null || isUnwanted(chat.turn.request)) continue;
      chat.state = "sent";
      chat.turn.sent(true);
      chat.command.epoch ??= epoch;
      due.push({ turn: chat.turn, command: chat.command });
    }
    return due;
  }

  /** The requests of the chats that were sent on this connection and are not answered. */
  get unanswered() {
    return this.chats.filter((chat) => chat.state === "sent").map((chat) => chat.turn.request);
  }

  /**
   * It has to be sent again.
   * @param {string} request
   */
  notSent(request) {
    const chat = this.#chats.get(request);
    if (chat?.state === "sent") chat.state = "waiting";
  }

  /** The connection is gone: what was not answered is sent again. */
  lost() {
    for (const chat of this.#chats.values()) {
      if (chat.state !== "accepted") chat.state = "waiting";
    }
  }

  /**
   * The server has it, if it was sent: else this answers an earlier chat of the same id, of before the session was
   * left. Returns whether there is doubt that the log will ever show it.
   * @param {string} request
   * @param {boolean} isRepeat it had it before: it may have ended, and be forgotten but for its id
   */
  accepted(request, isRepeat) {
    const chat = this.#chats.get(request);
    if (chat === undefined || !chat.turn.wasSent) return false;
    chat.state = "accepted";
    chat.command = null;
    chat.isRepeat = isRepeat;
    chat.turn.become("accepted");
    const isDoubtful = chat.isDoubtful || isRepeat;
    chat.isDoubtful = false; // what snapshots did not show before is no proof: it may have begun just now
    return isDoubtful;
  }

  /**
   * Answered by an error, and nothing was started. A draining server's successor gets the chat, in whatever epoch; who
   * has not joined sends it again once that is done. Returns the turn where it failed for good. What was not sent was
   * not refused.
   * @param {string} request
   * @param {string} code
   */
  refused(request, code) {
    const chat = this.#chats.get(request);
    if (chat === undefined || chat.command === null || !chat.turn.wasSent) return undefined;
    if (code === "unknown_request" && chat.instead !== undefined) {
      Object.assign(chat.command, chat.instead);
      chat.instead = undefined; // once
      chat.state = "waiting";
      chat.turn.sent(false);
      return undefined;
    }
    if (code !== "draining" && code !== "not_joined") return chat.turn;
    chat.state = code === "draining" ? "postponed" : "waiting";
    chat.turn.sent(false);
    if (code === "draining") delete chat.command.epoch;
    return undefined;
  }

  /** The log's head is known: what was accepted before stands at or before it. */
  headKnown() {
    for (const chat of this.#chats.values()) chat.isDue = chat.state === "accepted";
  }

  /**
   * A snapshot has come that does not show these. What was sent and not answered may have begun and ended before it. It
   * may be older than an answer of its epoch: the log may still show what was accepted, and whether it does is found
   * out once. Returns whether that is to be done.
   * @param {boolean} isSameEpoch
   */
  snapshotCame(isSameEpoch) {
    let isDoubtful = false;
    for (const chat of this.#chats.values()) {
      const isAccepted = chat.state === "accepted";
      chat.isDue = isAccepted && (chat.isDoubtful || !isSameEpoch);
      chat.isDoubtful ||= chat.turn.wasSent;
      isDoubtful ||= isAccepted && !chat.isDue;
    }
    return isDoubtful;
  }

  /** Those that the log must have shown by now, and has not. */
  due() {
    return this.chats.filter((chat) => chat.isDue);
  }
}
