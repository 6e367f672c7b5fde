import { Emitter } from "../emitter.js";
import { AskedAgain, report } from "../errors.js";
import { paced } from "./paced.js";

/**
 * @typedef {import("../index.js").ChatRequest} ChatRequest
 * @typedef {import("../index.js").Session} Session
 * @typedef {import("../index.js").SessionSnapshot} SessionSnapshot
 * @typedef {import("../react.js").UseChatOptions} Options
 *
 * @typedef {SessionSnapshot & { isRunning: boolean, error: import("../index.js").TributaryError | null }} View
 */

/** The request that starts a session: whoever else starts it at the same time means the same one. */
const START = "start";

/** @type {SessionSnapshot} */
const empty = Object.freeze({
  turns: Object.freeze([]), messages: Object.freeze([]), requests: Object.freeze([]),
  tabs: 0, isJoined: false, truncated: 0,
  state: Object.freeze({ name: "connecting", attempt: 1 }),
});

/**
 * What one component says in a session, and what it sees of it. It is there while somebody subscribes; whoever
 * subscribes again at once, as React does in StrictMode, was never away.
 */
export class Speaker {
  #session;
  #paced;
  /** @type {Options} */
  #options = {};
  /** @type {Emitter<{ change: null }>} */
  #events = new Emitter();
  /**
   * What failed that is no turn: to join, to stop, to ask again.
   * @type {any}
   */
  #trouble = null;
  /** @type {{ snapshot: SessionSnapshot, trouble: any, view: View } | null} */
  #seen = null;
  #wasJoined = false;
  /** Whether it is known what was asked before. */
  #isReady = false;
  #hasStarted = false;
  /**
   * What was asked here and is not answered.
   * @type {Set<ChatRequest>}
   */
  #open = new Set();
  /**
   * How to go again. Null: it is not there.
   * @type {(() => void) | null}
   */
  #leave = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #goodbye;

  /** @param {Session | null} session null: there is none yet */
  constructor(session) {
    this.#session = session;
    this.#paced = session && paced(session);
  }

  get session() {
    return this.#session;
  }

  /** The component's newest. */
  set options(/** @type {Options} */ options) {
    this.#options = options;
    this.#start();
  }

  /** @type {(listener: () => void) => () => void} */
  subscribe = (listener) => {
    const stop = this.#events.on("change", () => listener());
    this.#leave ??= this.#come();
    return () => {
      stop();
      if (this.#events.has("change")) return;
      this.#leave?.();
      this.#leave = null;
      this.#goodbye = setTimeout(() => this.#gone(), 0);
    };
  };

  /** @type {() => View} */
  getSnapshot = () => {
    const snapshot = this.#paced?.getSnapshot() ?? empty;
    if (this.#seen?.snapshot !== snapshot || this.#seen.trouble !== this.#trouble) {
      const error = this.#trouble ?? snapshot.turns.at(-1)?.error ?? null;
      const view = Object.freeze({ ...snapshot, isRunning: snapshot.requests.length > 0, error });
      this.#seen = { snapshot, trouble: this.#trouble, view };
    }
    return this.#seen.view;
  };

  /** @type {import("../react.js").Chat["send"]} */
  send = (input, options = {}) => {
    if (this.#session === null) throw new TypeError("There is no session to send to yet.");
    this.#say(null);
    return this.#keep(this.#session.chat(input, { ...this.#defaults(), ...options }));
  };

  /** @type {import("../react.js").Chat["stop"]} */
  stop = async () => {
    this.#say(null);
    try {
      await this.#session?.abort();
    } catch (error) {
      this.#say(error);
    }
  };

  /** @type {import("../react.js").Chat["retry"]} */
  retry = () => {
    const last = this.#session?.turns.at(-1);
    if (!this.#session || !last || this.#session.requests.some(({ id }) => id === last.request)) return null;
    this.#say(null);
    const { model, upstream, params, ...rest } = this.#defaults(); // the turn has these of its own
    try {
      return this.#keep(this.#session.retry(last.request, last.areParamsOmitted ? { ...rest, params } : rest));
    } catch (error) {
      this.#say(error);
      return null;
    }
  };

  // Within.

  /** Returns how to go. */
  #come() {
    clearTimeout(this.#goodbye);
    const session = this.#session;
    if (session === null || this.#paced === null) return () => {};
    let isHere = true;
    this.#wasJoined = session.isJoined;
    session.ready.then(() => {
      this.#isReady = true;
      if (isHere) this.#start();
    }, (error) => {
      if (isHere) this.#say(error);
    });
    const stops = [
      this.#paced.subscribe(() => this.#changed()),
      session.on("error", ({ error }) => error instanceof AskedAgain || this.#say(error)),
    ];
    return () => {
      isHere = false;
      for (const stop of stops) stop();
    };
  }

  /** It has not come back. A wish that could not be told any more, because the client was closed, is nobody's error. */
  #gone() {
    if (this.#options.abortOnUnmount !== true) return;
    for (const request of this.#open) {
      request.abort().catch((error) => error.code === "closed" || report(error));
    }
  }

  /** Asks what is to be asked first, where nothing ever was. */
  #start() {
    const { start } = this.#options;
    if (start === undefined || this.#hasStarted || this.#session === null) return;
    if (!this.#isReady || this.#leave === null) return;
    this.#hasStarted = true;
    const { turns, truncated } = this.#session;
    if (turns.length === 0 && truncated === 0) this.send(start, { request: START });
  }

  /** What goes with every chat. A tab that is closed unmounts nothing: the server notices. */
  #defaults() {
    const { start, abortOnUnmount, ...chat } = this.#options;
    return { ...(abortOnUnmount === true && { orphan: /** @type {const} */ ("abort") }), ...chat };
  }

  /** @param {ChatRequest} request */
  #keep(request) {
    this.#open.add(request);
    const drop = () => void this.#open.delete(request);
    request.done.then(drop, (error) => {
      drop();
      const shown = this.#session?.request(request.id);
      if (shown !== undefined && shown !== request) this.#say(error); // else its turn has it
    });
    return request;
  }

  #changed() {
    const { isJoined } = this.getSnapshot();
    const isNews = isJoined && !this.#wasJoined;
    this.#wasJoined = isJoined;
    if (isNews) {
      this.#trouble = null;
      this.#isReady = true; // also where `ready` was rejected, and it was tried again
      this.#start();
    }
    this.#events.emit("change", null);
  }

  /** @param {unknown} trouble */
  #say(trouble) {
    if (this.#trouble === trouble) return;
    this.#trouble = trouble;
    this.#events.emit("change", null);
  }
}
