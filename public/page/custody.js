import { draftOf } from "./draft.js";
import { editableContent } from "./question.js";

/**
 * @typedef {import("../client/index.js").Session} Session
 * @typedef {import("../client/index.js").Turn} Turn
 * @typedef {import("./draft.js").Draft} Draft
 * @typedef {{
 *   unsent: import("./unsent.js").Unsent,
 *   custodies: Set<Custody>,
 *   back: (draft: Draft) => void,
 *   withdrawn: (text: string) => void,
 * }} Page
 *   `unsent`: where they are kept meanwhile; `custodies`: all that listen, also for chats that are not shown; `back`: what
 *   was asked is a draft again, and belongs before what is being written; `withdrawn`: such a text was sent after all, by
 *   a copy of this tab
 */

/**
 * Keeps what this tab asked in a session until the server has it, and what the server has lost. What is not known any
 * more, or not after a reload, is a draft again. Once the chat is not shown, it stays where it is kept.
 */
export class Custody {
  #session;
  #page;
  /** @type {Map<string, Turn | null>} as last seen, by request, in the order of asking; null: not by this page */
  #turns;
  /** @type {Map<string, string>} what was given back and another tab may yet send, by request */
  #givenBack = new Map();
  /** What nobody waits for an answer to any more. */
  #unwanted = new Set();
  /** @type {Map<string, string[]>} whose answers were lost when another was asked, by that one's request */
  #lostBefore = new Map();
  #hasLeft = false;
  #stops;

  /**
   * @param {Session} session
   * @param {Page} page
   */
  constructor(session, page) {
    this.#session = session;
    this.#page = page;
    const waiting = session.requests.filter(({ status }) => status === "waiting");
    this.#turns = new Map(waiting.map(({ id, turn }) => [id, turn]));
    for (const request of page.unsent.requests(session.id)) {
      if (!this.#turns.has(request)) this.#turns.set(request, null);
    }
    page.custodies.add(this);
    this.#stops = [
      () => page.custodies.delete(this),
      session.subscribe(() => this.#changed()),
      session.on("end", ({ request: { turn } }) => this.#ended(turn)),
    ];
  }

  /** The id of its session. */
  get session() {
    return this.#session.id;
  }

  /**
   * It was asked here, or its answer was lost.
   *
   * @param {Turn} turn
   */
  keep(turn) {
    const content = editableContent(turn);
    if (content === null) return;
    this.#page.unsent.add(this.#session.id, turn.request, draftOf(content));
    if (turn.status === "waiting") this.#noteLostBefore(turn.request);
    this.#turns.set(turn.request, turn);
    this.sort();
  }

  /**
   * Nobody wants it any more.
   *
   * @param {string} request
   */
  forget(request) {
    this.unwanted(request);
    this.#drop(request);
  }

  /**
   * It is to be aborted. If that comes to nothing because its answer is lost, it is not kept, here or by an earlier visit.
   *
   * @param {string} request
   */
  unwanted(request) {
    if (!this.#session.requests.some(({ id }) => id === request)) return;
    for (const custody of this.#page.custodies) {
      if (custody.session === this.session) custody.#unwanted.add(request);
    }
  }

  /** Nobody wants any of them, nor what is lost from now on. */
  forgetAll() {
    for (const request of [...this.#turns.keys()]) this.#drop(request);
    this.#givenBack.clear();
    for (const stop of this.#stops) stop();
  }

  /** Another chat is shown. What becomes of these is followed for as long as some are under way. */
  leave() {
    this.#hasLeft = true;
    this.#changed();
  }

  /** The newest first: each goes before what is there. */
  sort() {
    for (const [request, seen] of [...this.#turns].reverse()) {
      const turn = this.#session.request(request)?.turn;
      if (turn?.isLocal || turn?.status === "waiting") this.#turns.set(request, turn);
      else if (turn !== undefined) this.#drop(request);
      else if (!this.#hasLeft && (seen !== null || this.#session.isJoined)) this.#giveBack(request, seen);
    }
    // The last one that was given back stands before the others.
    for (const [request, text] of [...this.#givenBack].reverse()) {
      if (this.#session.request(request) === undefined) continue;
      this.#givenBack.delete(request);
      if (!this.#hasLeft) this.#page.withdrawn(text);
    }
  }

  /** The last of what happened has been told. */
  #changed() {
    this.sort();
    const isOver = this.#hasLeft && !this.#session.requests.some(({ isOurs }) => isOurs);
    if (isOver) for (const stop of this.#stops) stop();
  }

  /**
   * Where its answer was lost, it is kept. Where it has one, those lost before it was asked need none any more.
   *
   * @param {Turn} turn
   */
  #ended(turn) {
    const { request, status, isOurs } = turn;
    const lostBefore = this.#lostBefore.get(request) ?? [];
    this.#lostBefore.delete(request);
    const isUnwanted = this.#unwanted.delete(request);
    if (isOurs && status === "interrupted" && !isUnwanted) this.keep(turn);
    if (status === "ended") for (const lost of lostBefore) this.#drop(lost);
  }

  /** @param {string} request */
  #noteLostBefore(request) {
    const lost = [...this.#turns].filter(([, turn]) => turn?.status === "interrupted").map(([id]) => id);
    if (lost.length > 0) this.#lostBefore.set(request, lost);
  }

  /** @param {string} request */
  #drop(request) {
    this.#turns.delete(request);
    this.#page.unsent.take(this.#session.id, request);
  }

  /**
   * @param {string} request
   * @param {Turn | null} seen what was kept may have had to make room
   */
  #giveBack(request, seen) {
    const kept = this.#page.unsent.take(this.#session.id, request);
    const content = seen && editableContent(seen);
    this.#turns.delete(request);
    this.#unwanted.delete(request);
    this.#lostBefore.delete(request);
    if (seen === null && kept.text !== "") this.#givenBack.set(request, kept.text);
    this.#page.back(content === null ? kept : draftOf(content));
  }
}
