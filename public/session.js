import { Backoff } from "./backoff.js";
import { newId } from "./identifier.js";
import { Outbox } from "./outbox.js";
import { Position, isLogFrame, isTerminal } from "./position.js";
import { Transcript } from "./transcript.js";

/**
 * One session as this tab sees it: joins and joins again, keeps the position, the transcript and what is not answered
 * yet. `send(...commands)` reaches the server between `opened` and `lost`.
 *
 * `listener` has `turnChanged({turn, dropped})`, `replaced()` (all turns may be others now), `outboxChanged()`,
 * `tabsChanged(count)`, `modelsChanged(models)` and `noticed(error)` (an error that belongs to no chat).
 */
export class Session {
  transcript = new Transcript();
  outbox = new Outbox();
  #id;
  #send;
  #listener;
  #position;
  #isJoined = false;
  /** Requests that this tab wants cancelled and whose end it has not seen. */
  #aborts = new Set();
  /** The ids of this tab's connections, the earlier ones too. */
  #connections = new Set();
  #limits = {};
  #rejoin;
  #rejoinBackoff = new Backoff({ first: 50 });

  constructor(id, send, listener) {
    this.#id = id;
    this.#send = send;
    this.#listener = listener;
    this.#position = new Position(id);
  }

  /** Whether a connection, of which a frame speaks, is or was this tab's. */
  isOurs(connection) {
    return this.#connections.has(connection);
  }

  // The connection's side.

  opened(welcome) {
    this.#connections.add(welcome.connection);
    this.#limits = welcome.limits ?? {};
    this.#rejoinBackoff.reset();
    this.#join();
    this.#send({ type: "models", id: "models" });
  }

  lost() {
    clearTimeout(this.#rejoin);
    this.#rejoin = undefined;
    this.#isJoined = false;
    this.outbox.lost();
    this.#listener.outboxChanged();
  }

  /** All frames of one message. Either all of the session's log frames in it are applied, or none. */
  received(frames) {
    const applicable = this.#position.accept(frames);
    if (applicable === null) this.#joinLater();
    const due = new Set(applicable);
    for (const frame of frames) {
      if (due.has(frame)) this.#apply(frame);
      else if (!isLogFrame(frame)) this.#control(frame);
    }
  }

  // The user's side.

  /** Asks, now or as soon as the session is joined. */
  chat({ input, model, replaces }) {
    const request = newId();
    const command = { type: "chat", id: `chat:${request}`, session: this.#id, request, input };
    if (model) command.model = model;
    if (replaces) command.replaces = replaces;
    this.outbox.add(command);
    const limit = this.#limits.message_bytes ?? Infinity;
    if (new TextEncoder().encode(JSON.stringify(command)).length + 256 > limit) {
      this.outbox.failed(request, {
        code: "bad_request",
        message: `A message may have at most ${limit} bytes.`,
        retryable: false,
      });
    }
    this.#flush();
  }

  /** Cancels what runs, and what was asked and has not been answered. */
  abort() {
    for (const { request, state } of this.outbox.chats) {
      if (state === "failed") continue;
      this.#aborts.add(request);
      if (state === "waiting") this.outbox.remove(request);
    }
    for (const { request } of this.transcript.running) this.#aborts.add(request);
    this.#flush();
  }

  /** Forgets a chat that failed. */
  dismiss(request) {
    if (this.outbox.remove(request)) this.#listener.outboxChanged();
  }

  // Within.

  #join() {
    const after = this.#position.after;
    this.#send({ type: "join", id: "join", session: this.#id, ...(after && { after }) });
  }

  /** What came does not continue the log: only a snapshot helps, and a server that is wrong must not be hammered. */
  #joinLater() {
    this.#isJoined = false;
    this.#rejoin ??= setTimeout(() => {
      this.#rejoin = undefined;
      this.#join();
    }, this.#rejoinBackoff.next());
  }

  /** Sends what waits for a joined session. */
  #flush() {
    if (this.#isJoined) {
      const aborts = [...this.#aborts].map((request) => ({
        type: "abort", id: `abort:${request}`, session: this.#id, request,
      }));
      const commands = [...this.outbox.take(this.#position.epoch), ...aborts];
      for (const command of commands) this.#send(command);
    }
    this.#listener.outboxChanged();
  }

  #apply(frame) {
    if (frame.type === "joined") return this.#joined(frame);
    const change = this.transcript.apply(frame);
    if (change !== null) this.#listener.turnChanged(change);
    if (this.outbox.remove(frame.request)) this.#listener.outboxChanged();
    if (isTerminal(frame.type)) this.#aborts.delete(frame.request);
  }

  #joined({ recovered, snapshot, tabs }) {
    if (!recovered) {
      this.transcript.replace(snapshot ?? {});
      this.outbox.interruptLost((request) => this.transcript.turn(request) !== undefined);
      this.#listener.replaced();
    }
    if (tabs !== undefined) this.#listener.tabsChanged(tabs);
    this.#isJoined = true;
    this.#flush();
  }

  /** Frames without a place in the log. */
  #control(frame) {
    switch (frame.type) {
      case "presence":
        if (frame.session === this.#id) this.#listener.tabsChanged(frame.tabs);
        break;
      case "models":
        this.#listener.modelsChanged(frame.models);
        break;
      case "accepted":
        this.outbox.accepted(frame.request);
        this.#listener.outboxChanged();
        break;
      case "ok":
        if (frame.command === "abort") this.#aborts.delete(idOf(frame, "abort"));
        break;
      case "error":
        this.#refused(frame);
        break;
    }
  }

  /** A command failed. */
  #refused(error) {
    const chat = idOf(error, "chat");
    const abort = idOf(error, "abort");
    if (this.outbox.get(chat) !== undefined) {
      this.outbox.failed(chat, error);
      this.#listener.outboxChanged();
    } else if (abort !== undefined) {
      this.#aborts.delete(abort);
    } else if (error.id !== "models") {
      this.#listener.noticed(error);
      if (error.id === "join" && error.retryable) this.#joinLater();
    }
  }
}

/** The request in a command's id, as `chat:REQUEST` has it. */
function idOf({ id }, command) {
  return typeof id === "string" && id.startsWith(`${command}:`) ? id.slice(command.length + 1) : undefined;
}
