import { draftOf, isSame, joined, joinedTexts } from "./draft.js";

/** @typedef {import("./draft.js").Draft} Draft */

/** A question that was asked and is being written anew. */
export class Edit {
  #original;

  /**
   * @param {string} request whose question it is
   * @param {import("./question.js").Content} content as it was asked
   * @param {Draft} before what was being written; it comes back afterwards
   */
  constructor(request, content, before) {
    this.request = request;
    this.before = before;
    this.#original = draftOf(content);
  }

  /**
   * Whether it is another question now.
   *
   * @param {Draft} written
   */
  isChanged(written) {
    return !isSame(written, this.#original);
  }

  /**
   * What is left to send where this ends now, and nothing is thrown away.
   *
   * @param {Draft} written not used any more
   * @returns {Draft}
   */
  left(written) {
    return this.isChanged(written) ? joined(written, this.before) : this.before;
  }

  /**
   * The text of that.
   *
   * @param {Draft} written
   */
  textLeft(written) {
    return this.isChanged(written) ? joinedTexts(written.text, this.before.text) : this.before.text;
  }
}
