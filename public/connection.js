import { Backoff } from "./backoff.js";
import { closingWords, mayReconnect } from "./closing.js";

/** A connection that lived this long was a good one: the next attempt starts with the shortest wait. */
const STABLE_MS = 10_000;
/** How long a `ping` may go unanswered before the connection counts as lost. */
const PONG_MS = 10_000;
/** How long the first frame may take, the handshake included. */
const WELCOME_MS = 20_000;

/**
 * One WebSocket to the bridge, and its successors: it comes back by itself where the close code allows. It knows
 * lines, `welcome`, `goaway` and heartbeats, and nothing about sessions.
 *
 * `listener` has `opened(welcome)`, `received(frames)` (all frames of one message, in order), `lost()`, and
 * `stateChanged(state)` with `{name: "connecting" | "open" | "waiting" | "closed", retryInMs?, reason?}`.
 */
export class Connection {
  #url;
  #listener;
  #backoff;
  #WebSocket;
  #socket = null;
  #isOpen = false;
  #openedAt = 0;
  #goaway = null;
  #retry;
  #heartbeat;
  /** Ends a connection from which nothing comes although something is due. */
  #patience;

  constructor(url, listener, { backoff = new Backoff(), WebSocket = globalThis.WebSocket } = {}) {
    this.#url = url;
    this.#listener = listener;
    this.#backoff = backoff;
    this.#WebSocket = WebSocket;
  }

  open() {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#listener.stateChanged({ name: "connecting" });
    const socket = new this.#WebSocket(this.#url, ["tributary.v1"]);
    socket.onmessage = ({ data }) => this.#received(data);
    socket.onclose = ({ code }) => this.#closed(code);
    this.#socket = socket;
    this.#patience = setTimeout(() => this.#abandon(), WELCOME_MS);
  }

  /** Does not wait any longer, where it waits by its own choice and not by the server's. */
  retryNow() {
    if (this.#retry !== undefined && this.#goaway === null) this.open();
  }

  /** Sends commands as one message. Only what is sent after `opened` and before `lost` reaches the server. */
  send(...commands) {
    if (this.#isOpen) this.#socket.send(commands.map((command) => JSON.stringify(command)).join("\n"));
  }

  #received(data) {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    const frames = parseLines(data);
    for (const frame of frames) {
      if (frame.type === "welcome") this.#welcomed(frame);
      if (frame.type === "goaway") this.#goaway = frame;
    }
    this.#listener.received(frames);
  }

  #welcomed(welcome) {
    this.#isOpen = true;
    this.#openedAt = performance.now();
    this.#goaway = null;
    if (welcome.heartbeat_ms > 0) this.#heartbeat = setInterval(() => this.#ping(), welcome.heartbeat_ms);
    this.#listener.stateChanged({ name: "open" });
    this.#listener.opened(welcome);
  }

  #ping() {
    this.send({ type: "ping", t: Date.now() });
    this.#patience ??= setTimeout(() => this.#abandon(), PONG_MS);
  }

  /** A dead network may delay `close` for minutes: the socket is left to itself. */
  #abandon() {
    this.#socket.onmessage = null;
    this.#socket.onclose = null;
    this.#socket.close();
    this.#closed(1006);
  }

  #closed(code) {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#patience);
    this.#patience = undefined;
    const wasStable = this.#isOpen && performance.now() - this.#openedAt > STABLE_MS;
    this.#isOpen = false;
    this.#listener.lost();
    if (!mayReconnect(code)) {
      this.#listener.stateChanged({ name: "closed", reason: closingWords(code) });
      return;
    }
    if (wasStable) this.#backoff.reset();
    const retryInMs = this.#goaway?.reconnect_after_ms ?? this.#backoff.next();
    this.#retry = setTimeout(() => {
      this.#goaway = null;
      this.open();
    }, retryInMs);
    this.#listener.stateChanged({ name: "waiting", retryInMs, reason: closingWords(code) });
  }
}

/** A line that is no JSON object is left out; if it belonged to a log, the position's sum will miss it. */
function parseLines(data) {
  const frames = [];
  for (const line of data.split("\n")) {
    if (line === "") continue;
    try {
      const frame = JSON.parse(line);
      if (frame !== null && typeof frame === "object") frames.push(frame);
    } catch (error) {
      console.error("a line from the server is not JSON", error);
    }
  }
  return frames;
}
