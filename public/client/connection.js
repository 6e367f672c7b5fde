import { Attempts } from "./attempts.js";
import { systemClock } from "./clock.js";
import { IDLE, mayReconnect } from "./closing.js";
import { TributaryError } from "./errors.js";
import { Heartbeat } from "./heartbeat.js";
import { Lifecycle } from "./lifecycle.js";
import { framesIn, messageOf } from "./lines.js";

/** How long the first frame may take, the handshake included. */
const WELCOME_MS = 20_000;

/**
 * @typedef {import("./index.js").Frame} Frame
 * @typedef {import("./index.js").ConnectionState} ConnectionState
 * @typedef {import("./index.js").WebSocketLike} WebSocketLike
 *
 * @typedef {object} Listener
 * @property {(welcome: Frame) => void} welcomed before the state says that it is open
 * @property {() => void} opened after that
 * @property {(frames: Frame[]) => void} received all frames of one message, in order
 * @property {() => void} lost after `opened`
 * @property {(state: ConnectionState) => void} stateChanged
 * @property {() => boolean} isNeeded whether there is anything to come back for, where the server found it idle
 * @property {() => boolean} expectsMuch whether something was asked for whose answer may take long to arrive
 * @property {(error: TributaryError) => void} failed something came that belongs to nothing
 *
 * @typedef {object} Parts
 * @property {import("./index.js").WebSocketConstructor} [WebSocket]
 * @property {import("./backoff.js").Backoff} [backoff]
 * @property {Lifecycle} [lifecycle]
 * @property {import("./clock.js").Clock} [clock]
 */

/**
 * One WebSocket to the server, and its successors: it comes back by itself where the close code allows. It knows lines,
 * `welcome`, `goaway`, heartbeats and what the browser tells of the network, and nothing about sessions.
 */
export class Connection {
  /** @type {ConnectionState} */
  state = { name: "connecting", attempt: 1 };
  #url;
  #listener;
  #attempts;
  /** @type {import("./index.js").WebSocketConstructor} */
  #WebSocket;
  #lifecycle;
  #heartbeat;
  /** @type {WebSocketLike | null} */
  #socket = null;
  #isOpen = false;
  /** It has been said who this is. */
  #isReady = false;
  /** The page woke before that. */
  #hasWoken = false;
  /** How long this server may be silent, in milliseconds; 0: for ever. */
  #interval = 0;
  /** `close()` was called. */
  #isOver = false;
  /** The server closed it for it was idle, and nothing has been wanted since. */
  #isIdle = false;

  /**
   * @param {string} url
   * @param {Listener} listener
   * @param {Parts} [parts]
   */
  constructor(url, listener, parts = {}) {
    const { WebSocket = globalThis.WebSocket, clock = systemClock } = parts;
    if (typeof WebSocket !== "function") throw new TypeError("There is no WebSocket here: give one, { WebSocket }.");
    this.#url = url;
    this.#listener = listener;
    this.#WebSocket = WebSocket;
    this.#lifecycle = parts.lifecycle ?? new Lifecycle();
    this.#attempts = new Attempts(() => this.#connect(), { backoff: parts.backoff, lifecycle: this.#lifecycle, clock });
    this.#heartbeat = new Heartbeat({
      ping: () => this.send({ type: "ping", t: clock.date() }),
      dead: () => this.#drop(1006),
      backlog: () => this.#socket?.bufferedAmount ?? 0,
      expectsMuch: () => this.#isOpen && listener.expectsMuch(),
    }, clock);
  }

  open() {
    this.#lifecycle.start({
      online: () => this.#wake(),
      offline: () => this.#offline(),
      woke: () => this.#wake(),
    });
    try {
      this.#connect();
    } catch (error) {
      this.#lifecycle.stop(); // an address that may not be connected to: there is no client
      throw error;
    }
  }

  /** Sends commands as one message. Only what is sent after `opened` and before `lost` reaches the server. */
  send(/** @type {object[]} */ ...commands) {
    if (this.#isOpen) this.#socket?.send(messageOf(commands));
  }

  /** It was said who this is: from now on the server may be asked for a sign of life. */
  ready() {
    if (!this.#isOpen) return;
    this.#isReady = true;
    this.#heartbeat.start(this.#interval);
    if (this.#hasWoken) this.#heartbeat.probe();
  }

  /** Tries now, whatever it waits for; also where the server had closed for good. An open connection stays. */
  reconnect() {
    if (this.#socket !== null || this.#isOver) return;
    this.#attempts.reset();
    this.#connect();
  }

  /** Something is wanted of it: where it had ended idle, it comes back now. */
  need() {
    if (this.#isIdle) this.#connect();
  }

  /** Loses the connection, as if the network had. */
  drop() {
    if (this.#socket !== null) this.#drop(1006);
  }

  /** For good. */
  close() {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#lifecycle.stop();
    this.#forget()?.close(1000);
    this.#wasLost();
    this.#become({ name: "closed", reason: "The connection was closed by this page.", code: null });
  }

  /**
   * Whoever was told of something may have closed it, or may have tried again, meanwhile.
   * @param {boolean} [isWoken] the network may be another
   */
  #connect(isWoken = false) {
    if (this.#isOver || this.#socket !== null) return;
    this.#attempts.began(isWoken);
    this.#isIdle = false;
    const socket = new this.#WebSocket(this.#url, ["tributary.v1"]);
    socket.onmessage = (event) => this.#received(event.data);
    socket.onclose = (event) => this.#closed(event.code);
    socket.onerror = () => {}; // says nothing; `close` follows
    this.#socket = socket;
    this.#heartbeat.expect(WELCOME_MS);
    this.#become(this.#attempts.state);
  }

  /** @param {unknown} data */
  #received(data) {
    this.#heartbeat.heard();
    const frames = framesIn(data, (message) => {
      this.#listener.failed(new TributaryError({ code: "unreadable", message }));
    });
    for (const frame of frames) {
      if (this.#isOver) return;
      if (frame.type === "welcome") this.#welcomed(frame);
      else this.#attempts.heard(frame);
    }
    if (!this.#isOver) this.#listener.received(frames);
  }

  /** @param {Frame} welcome */
  #welcomed(welcome) {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#isReady = this.#hasWoken = false;
    this.#interval = welcome.heartbeat_ms > 0 ? welcome.heartbeat_ms : 0;
    this.#attempts.succeeded();
    this.#heartbeat.stop();
    this.#listener.welcomed(welcome);
    this.#become({ name: "open", connection: welcome.connection });
    if (this.#isOpen) this.#listener.opened();
  }

  /** The network may be another by now. */
  #wake() {
    if (this.#isOpen) {
      this.#probe();
    } else if (this.#socket !== null) {
      if (this.#attempts.isFresh) return;
      this.#attempts.reset();
      this.#heartbeat.hurry();
    } else if (this.#attempts.mayHurry) {
      this.#attempts.reset();
      this.#connect(true);
    }
  }

  #offline() {
    if (this.#isOpen) this.#probe();
    else if (this.#attempts.mayHurry) this.#become(this.#attempts.wait());
  }

  /** Finds out whether it still lives, now or as soon as that may be asked: until then its silence proves nothing. */
  #probe() {
    if (this.#isReady) this.#heartbeat.probe();
    else this.#hasWoken = true;
  }

  /**
   * Leaves a socket to itself: a dead network may delay its `close` for minutes.
   * @param {number} code
   */
  #drop(code) {
    this.#forget()?.close();
    this.#ended(code);
  }

  /** @param {number} code */
  #closed(code) {
    this.#forget();
    this.#ended(code);
  }

  /** Nothing is heard of the socket any more. Returns it. */
  #forget() {
    const socket = this.#socket;
    this.#socket = null;
    this.#heartbeat.stop();
    this.#attempts.stop();
    if (socket !== null) socket.onmessage = socket.onclose = null;
    return socket;
  }

  #wasLost() {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#listener.lost();
  }

  /** @param {number} code */
  #ended(code) {
    const reason = this.#attempts.ended(code);
    this.#wasLost();
    if (this.#isOver || this.#socket !== null) return;
    if (code === IDLE && !this.#listener.isNeeded()) this.#rest();
    else if (mayReconnect(code)) this.#become(this.#attempts.wait());
    else this.#become({ name: "closed", reason, code });
  }

  #rest() {
    this.#isIdle = true;
    this.#become(this.#attempts.state);
  }

  /** @param {ConnectionState} state */
  #become(state) {
    this.state = Object.freeze(state);
    this.#listener.stateChanged(this.state);
  }
}
