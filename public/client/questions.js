import { TributaryError } from "./errors.js";

/** How many of those to upstreams the server answers at once on a connection (docs/protocol.md, "models"). */
const AT_ONCE = 4;

/**
 * Commands that ask for something and start nothing: each is sent again after a reconnect, until it was answered.
 *
 * @typedef {object} Question
 * @property {Record<string, any>} command
 * @property {boolean} isSent
 * @property {(answer: any) => void} resolve
 * @property {(error: TributaryError) => void} reject
 */
export class Questions {
  /**
   * By the command's id.
   * @type {Map<string, Question>}
   */
  #questions = new Map();
  #send;
  #asked = 0;

  /** @param {(command: object) => boolean} send says whether it could be sent */
  constructor(send) {
    this.#send = send;
  }

  /**
   * Resolves with the frame that answers it; rejects with a TributaryError.
   * @param {Record<string, any>} command
   * @returns {Promise<import("./index.js").Frame>}
   */
  ask(command) {
    this.#asked += 1;
    const id = `${command.type}:${this.#asked}`;
    JSON.stringify(command); // throws here, not when it is sent among others
    return new Promise((resolve, reject) => {
      this.#questions.set(id, { command: { ...command, id }, isSent: false, resolve, reject });
      this.flush();
    });
  }

  /** Sends what is due. */
  flush() {
    const questions = [...this.#questions.values()];
    let room = AT_ONCE - questions.filter((question) => question.isSent && concernsUpstreams(question)).length;
    for (const question of questions) {
      const isHeldBack = room <= 0 && concernsUpstreams(question);
      if (question.isSent || isHeldBack || !this.#send(question.command)) continue;
      question.isSent = true;
      if (concernsUpstreams(question)) room -= 1;
    }
  }

  get size() {
    return this.#questions.size;
  }

  /** The connection is gone. */
  lost() {
    for (const question of this.#questions.values()) question.isSent = false;
  }

  /**
   * Takes an answer. Returns whether it was one.
   * @param {import("./index.js").Frame} frame
   */
  answered(frame) {
    const question = this.#questions.get(frame.id);
    if (question === undefined) return false;
    if (frame.code === "draining") return true; // for its successor: it counts as sent on this connection
    this.#questions.delete(frame.id);
    if (frame.type === "error") question.reject(new TributaryError(/** @type {any} */ (frame)));
    else question.resolve(frame);
    this.flush();
    return true;
  }

  /** @param {TributaryError} error */
  close(error) {
    const questions = [...this.#questions.values()];
    this.#questions.clear();
    for (const { reject } of questions) reject(error);
  }
}

/** @param {Question} question */
function concernsUpstreams({ command }) {
  return command.type !== "ping"; // which the server answers itself, at once
}
