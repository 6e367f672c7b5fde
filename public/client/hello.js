import { TributaryError } from "./errors.js";

/**
 * Who a client is: what it says first on each connection, once its token is there.
 */
export class Hello {
  #token;
  #name;
  #listener;
  /** Counts the connections: a token that comes when another is there is not said. */
  #connections = 0;

  /**
   * @param {import("./index.js").ConnectOptions} options
   * @param {object} listener
   * @param {(hello: object | null) => void} listener.ready all commands may be sent, after this one where there is one
   * @param {(error: TributaryError) => void} listener.failed there is no token for this connection
   */
  constructor({ token, client }, listener) {
    this.#token = token;
    this.#name = client;
    this.#listener = listener;
  }

  /** A connection is open. */
  opened() {
    this.#connections += 1;
    if (typeof this.#token === "function") this.#fetch(this.#token);
    else this.#say(this.#token);
  }

  /** It is gone, or is not wanted any more. */
  lost() {
    this.#connections += 1;
  }

  /** @param {() => string | Promise<string>} token */
  async #fetch(token) {
    const connection = this.#connections;
    let value;
    try {
      value = await token();
    } catch (cause) {
      if (connection !== this.#connections) return; // nobody waits for that token any more
      const error = new TributaryError({ code: "token", message: "The token could not be had.", retryable: true });
      return this.#listener.failed(Object.assign(error, { cause }));
    }
    if (connection === this.#connections) this.#say(value);
  }

  /** @param {string | undefined} token */
  #say(token) {
    const fields = { ...(token !== undefined && { token }), ...(this.#name !== undefined && { client: this.#name }) };
    this.#listener.ready(Object.keys(fields).length === 0 ? null : { type: "hello", id: "hello", ...fields });
  }
}
