import { sharedSession } from "../client/binding/shared.js";
import { comment } from "./commentary.js";
import { Conversation } from "./conversation.js";
import { draftOf } from "./draft.js";
import { Painter } from "./painter.js";
import {
  askedContent, editableContent, hasLater, isConversation, placeOf, questionInput, textOf, waitsForAnswer,
} from "./question.js";
import { Thinking } from "./thinking.js";

/**
 * @typedef {import("../client/index.js").Client} Client
 * @typedef {import("../client/index.js").ChatOptions} ChatOptions
 * @typedef {import("../client/index.js").SessionSnapshot} SessionSnapshot
 * @typedef {import("../client/index.js").Turn} Turn
 * @typedef {import("./question.js").Content} Content
 *
 * What a question waits for: that the session is joined, or that the answers before it are complete.
 * @typedef {"join" | "answer"} Obstacle
 *
 * What a chat needs of the page. `asking` is what a question is to be asked with, or null where the settings cannot be
 * sent; `changed`: something is different, also where nothing is drawn; `back`: what was asked was not sent; `held`:
 * what was to be asked cannot be yet; `outdated`: the question that is edited is gone; `said` has a sentence for who
 * asks.
 * @typedef {{
 *   client: Client,
 *   places: import("./conversation.js").Places,
 *   announcer: import("./announcer.js").Announcer,
 *   newText: import("./turn-view.js").Surroundings["newText"],
 *   asking: () => ChatOptions | null,
 *   system: () => string,
 *   edit: (turn: Turn, content: Content) => void,
 *   offer: import("./turn-view.js").Surroundings["offer"],
 *   unsent: import("./unsent.js").Unsent,
 *   changed: (chat: Chat) => void,
 *   shown: (snapshot: SessionSnapshot) => void,
 *   asked: () => void,
 *   back: (draft: import("./draft.js").Draft) => void,
 *   held: (obstacle: Obstacle) => void,
 *   outdated: () => void,
 *   said: (words: string) => void,
 *   ended: () => void,
 *   noticed: (error: unknown) => void,
 * }} Page
 */

/**
 * The session that the page shows. Changes are noted as they come and drawn once an animation frame. When another is
 * shown it is left, but not before what was asked in it has been sent and answered.
 */
export class Chat {
  #page;
  #session;
  #conversation;
  #thinking;
  #painter = new Painter(() => this.#draw());
  #hasLeft = false;
  /** The requests that the server may not have yet; true: the session knew them here. */
  #unsent;
  /** @type {(() => void)[]} */
  #stops;

  /**
   * @param {string} id
   * @param {Page} page
   */
  constructor(id, page) {
    this.#page = page;
    const { getSnapshot, subscribe } = sharedSession(page.client, id);
    this.#session = /** @type {import("../client/index.js").Session} */ (getSnapshot());
    this.#unsent = new Map(page.unsent.requests(id).map((request) => [request, false]));
    this.#thinking = new Thinking(this.#session);
    /** @param {string} connection */
    const isOurs = (connection) => page.client.isOurs(connection);
    this.#conversation = new Conversation(page.places, {
      newText: page.newText,
      isOurs,
      thinking: this.#thinking,
      again: (turn) => this.#again(turn),
      hasLater: (turn) => hasLater(this.#session.turns, turn.request),
      edit: (turn) => {
        const content = editableContent(turn);
        if (content !== null) page.edit(turn, content);
      },
      dismiss: (turn) => this.#dismiss(turn.request),
      offer: page.offer,
    }, page.noticed);
    this.#stops = [
      subscribe(() => {}),
      this.#session.subscribe(() => this.#changed()),
      this.#session.on("end", () => page.ended()),
      this.#session.on("error", ({ error }) => page.noticed(error)),
      comment(this.#session, page.announcer, isOurs),
      () => this.#thinking.stop(),
    ];
    this.#painter.request();
  }

  get id() {
    return this.#session.id;
  }

  get isRunning() {
    return this.#session.requests.length > 0;
  }

  get snapshot() {
    return this.#session.getSnapshot();
  }

  /** The newest turn that can be edited. */
  get lastAsked() {
    return [...this.#session.turns].reverse().find((turn) => editableContent(turn) !== null);
  }

  /**
   * Asks; instead of the question of `replaces`, where that is given.
   *
   * @param {Content} content
   * @param {string} [replaces]
   */
  ask(content, replaces) {
    const options = this.#page.asking();
    if (options === null) return false;
    const { turns } = this.#session;
    const replaced = turns.find((turn) => turn.request === replaces);
    if (replaces !== undefined && replaced === undefined) {
      this.#page.outdated();
      return false;
    }
    const input = questionInput(turns, content, this.#page.system(), replaces);
    const obstacle = this.#obstacle(input, replaces);
    if (obstacle !== null) {
      this.#page.held(obstacle);
      return false;
    }
    const request = this.#send(input, options, replaced);
    if (request !== undefined) this.#keep(request.id, content);
    return true;
  }

  /** Stops all that runs, in whatever tab it was asked. */
  stop() {
    this.#session.abort().catch(this.#page.noticed);
    this.#sortUnsent();
  }

  /** The page shows another session. Nothing is aborted. */
  leave() {
    this.#hasLeft = true;
    for (const stop of this.#stops) stop();
    this.#conversation.leave();
  }

  /**
   * The same question once more, with what is set now. The request that it became, where it could be asked.
   *
   * @param {Turn} turn
   * @returns {import("../client/index.js").ChatRequest | undefined}
   */
  #again(turn) {
    const content = askedContent(turn);
    const options = this.#page.asking();
    if (content === null || options === null) return;
    const input = questionInput(this.#session.turns, content, this.#page.system(), turn.request);
    const obstacle = this.#obstacle(input, turn.request);
    if (obstacle === null) {
      const request = this.#send(input, options, turn);
      if (request !== undefined && turn.isLocal) this.#keep(request.id, content);
      return request;
    }
    this.#page.said(obstacle === "join"
      ? "The chat is not here yet. Try again when it is."
      : "An answer is under way. Try again when it is complete.");
  }

  /**
   * `messages` take the place of the whole conversation, and before it is joined nobody knows what that is.
   *
   * @param {import("../client/index.js").ChatInput} input
   * @param {string | undefined} replaces
   * @returns {Obstacle | null}
   */
  #obstacle(input, replaces) {
    if (isConversation(input) && !this.#session.isJoined) return "join";
    return waitsForAnswer(this.#session.turns, input, replaces) ? "answer" : null;
  }

  /**
   * @param {import("../client/index.js").ChatInput} input
   * @param {ChatOptions} options
   * @param {Turn | undefined} replaced
   */
  #send(input, options, replaced) {
    // The server knows nothing of a refused question, but of what that was to replace, perhaps. It goes with `messages`,
    // too: alone they leave a turn that runs where it is.
    const { turns } = this.#session;
    const replaces = turns[placeOf(turns, replaced?.request)]?.request;
    if (replaced !== undefined) this.#dismiss(replaced.request);
    try {
      const request = this.#session.chat(input, { ...options, ...(replaces && { replaces }) });
      this.#page.asked();
      return request;
    } catch (error) {
      this.#page.noticed(error);
    }
  }

  /** @param {string} request */
  #dismiss(request) {
    this.#forgetUnsent(request);
    this.#session.dismiss(request);
  }

  /**
   * What only this tab has goes with the page's drafts until the server has it.
   *
   * @param {string} request
   * @param {Content} content
   */
  #keep(request, content) {
    this.#page.unsent.add(this.id, request, draftOf(content));
    this.#unsent.set(request, true);
    this.#sortUnsent();
  }

  /**
   * What the server has is not unsent any more. What is not known any more, or not after a reload, is a draft again.
   */
  #sortUnsent() {
    for (const [id, wasKnown] of this.#unsent) {
      const turn = this.#session.request(id)?.turn;
      if (turn === undefined) {
        if (wasKnown || this.#session.isJoined) this.#page.back(this.#forgetUnsent(id));
      } else if (turn.isLocal || turn.status === "waiting") this.#unsent.set(id, true);
      else this.#forgetUnsent(id);
    }
  }

  /** @param {string} request */
  #forgetUnsent(request) {
    this.#unsent.delete(request);
    return this.#page.unsent.take(this.id, request);
  }

  #changed() {
    this.#painter.request();
    this.#sortUnsent();
    this.#page.changed(this);
  }

  #draw() {
    if (this.#hasLeft) return;
    this.#sortUnsent();
    const { snapshot } = this;
    this.#conversation.show(snapshot);
    this.#page.shown(snapshot);
  }
}

/**
 * What a chat begins with, to call it by.
 *
 * @param {readonly Turn[]} turns
 */
export function beginning(turns) {
  for (const { prompts } of turns) {
    const asked = prompts.find((message) => message.role === "user");
    if (asked !== undefined) return textOf(asked.content);
  }
  return "";
}
