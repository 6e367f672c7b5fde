import { Emitter } from "../emitter.js";

/**
 * @typedef {import("../index.js").Client} Client
 * @typedef {import("../react.js").Models} Models
 */

/** A list of models that is asked for while somebody looks, once, and again when told to. */
export class ModelQuery {
  #client;
  #options;
  /** @type {Emitter<{ change: null }>} */
  #events = new Emitter();
  /** Counts what was asked: an older answer is not wanted any more. */
  #asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Models} */
  #state;

  /**
   * @param {Client | null} client null: there is none yet
   * @param {{ upstream?: string, key?: string }} options
   */
  constructor(client, { upstream, key }) {
    this.#client = client;
    this.#options = { upstream, key };
    this.#state = Object.freeze({ models: [], failed: [], isLoading: true, error: null, reload: () => this.#load() });
  }

  /**
   * Whether it asks that client for that.
   * @param {Client | null} client
   * @param {{ upstream?: string, key?: string }} options
   */
  isFor(client, { upstream, key }) {
    return client === this.#client && upstream === this.#options.upstream && key === this.#options.key;
  }

  /** @type {(listener: () => void) => () => void} */
  subscribe = (listener) => {
    if (!this.#events.has("change")) this.#timer = setTimeout(() => this.#load(), 0);
    const stop = this.#events.on("change", () => listener());
    return () => {
      stop();
      if (this.#events.has("change")) return;
      clearTimeout(this.#timer);
      this.#asked += 1;
    };
  };

  getSnapshot = () => this.#state;

  async #load() {
    if (this.#client === null) return;
    this.#asked += 1;
    const asked = this.#asked;
    const tell = (/** @type {Partial<Models>} */ change) => {
      if (asked === this.#asked) this.#become(change);
    };
    tell({ isLoading: true });
    try {
      const { models, failed } = await this.#client.models(this.#options);
      tell({ models, failed, isLoading: false, error: null });
    } catch (error) {
      tell({ isLoading: false, error: /** @type {import("../index.js").TributaryError} */ (error) });
    }
  }

  /** @param {Partial<Models>} change */
  #become(change) {
    this.#state = Object.freeze({ ...this.#state, ...change });
    this.#events.emit("change", null);
  }
}
