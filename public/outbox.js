/**
 * The chats that this tab has sent, or will, and that the log does not show yet. A chat is idempotent: until it was
 * answered it may be sent again, unchanged (docs/protocol.md, "A careful client").
 *
 * A chat is `waiting` (not sent, or to be sent again), `sent`, `accepted` (the log will show it), or `failed`
 * (nothing was started; `error` says why).
 */
export class Outbox {
  /** Request → `{request, command, state, error}`, in the order of asking. */
  #chats = new Map();

  get chats() {
    return [...this.#chats.values()];
  }

  get(request) {
    return this.#chats.get(request);
  }

  add(command) {
    const chat = { request: command.request, command, state: "waiting", error: null };
    this.#chats.set(command.request, chat);
    return chat;
  }

  /** The log shows it, or nobody wants it any more. Returns whether it was here. */
  remove(request) {
    return this.#chats.delete(request);
  }

  /** The commands to send now, in `epoch`; a chat keeps the epoch with which it was sent first. */
  take(epoch) {
    const due = this.chats.filter((chat) => chat.state === "waiting");
    for (const chat of due) {
      chat.state = "sent";
      chat.command.epoch ??= epoch;
    }
    return due.map((chat) => chat.command);
  }

  /** The connection is gone: what was not answered is sent again. */
  lost() {
    for (const chat of this.chats) {
      if (chat.state === "sent") chat.state = "waiting";
    }
  }

  accepted(request) {
    const chat = this.#chats.get(request);
    if (chat !== undefined) chat.state = "accepted";
  }

  /** Answered by an error. A draining server started nothing: its successor gets the chat, in whatever epoch. */
  failed(request, error) {
    const chat = this.#chats.get(request);
    if (chat === undefined) return;
    if (error.code === "draining") {
      chat.state = "waiting";
      delete chat.command.epoch;
    } else {
      chat.state = "failed";
      chat.error = error;
    }
  }

  /** A snapshot has come: accepted chats that it does not show were lost with the log they were accepted in. */
  interruptLost(isShown) {
    for (const chat of this.chats) {
      if (isShown(chat.request)) this.#chats.delete(chat.request);
      else if (chat.state === "accepted") {
        this.failed(chat.request, { code: "interrupted", message: "The server lost it.", retryable: true });
      }
    }
  }
}
