import { sharedSession } from "../client/binding/shared.js";
import { comment } from "./commentary.js";
import { Conversation } from "./conversation.js";
import { Custody } from "./custody.js";
import { Painter } from "./painter.js";
import {
  askedContent, editableContent, hasLater, isConversation, questionInput, replacedAtServer, runningFrom, textOf,
  waitsForAnswer,
} from "./question.js";
import { Thinking } from "./thinking.js";

/**
 * @typedef {import("../client/index.js").Client} Client
 * @typedef {import("../client/index.js").ChatOptions} ChatOptions
 * @typedef {import("../client/index.js").ChatRequest} ChatRequest
 * @typedef {import("../client/index.js").SessionSnapshot} SessionSnapshot
 * @typedef {import("../client/index.js").Turn} Turn
 * @typedef {import("./question.js").Content} Content
 *
 * What a question waits for: that the session is joined, or that the answers before it are complete.
 * @typedef {"join" | "answer"} Obstacle
 *
 * What a chat needs of the page. `asking` is what a question is to be asked with, or null where the settings cannot be
 * sent; `changed`: something is different, also where nothing is drawn; `back`, `withdrawn`: see Custody; `held`: what
 * was to be asked cannot be yet; `outdated`: the question that is edited is gone; `said` has a sentence for who asks.
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
 *   custodies: Set<Custody>,
 *   changed: (chat: Chat) => void,
 *   shown: (snapshot: SessionSnapshot) => void,
 *   asked: () => void,
 *   back: (draft: import("./draft.js").Draft) => void,
 *   withdrawn: (text: string) => void,
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
  #custody;
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
    this.#custody = new Custody(this.#session, page);
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
    if (request !== undefined) this.#custody.keep(request.turn);
    return true;
  }

  /** Stops all that runs, in whatever tab it was asked. */
  stop() {
    this.#abort(this.#session.requests);
  }

  /** Nobody wants what was asked here and is not sent yet. Nothing is drawn any more: that would make it known again. */
  forget() {
    this.#hasLeft = true;
    this.#custody.forgetAll();
  }

  /** The page shows another session. Nothing is aborted. */
  leave() {
    this.#hasLeft = true;
    this.#custody.leave();
    for (const stop of this.#stops) stop();
    this.#conversation.leave();
  }

  /**
   * The same question once more, with what is set now. The request that it became, where it could be asked.
   *
   * @param {Turn} turn
   * @returns {ChatRequest | undefined}
   */
  #again(turn) {
    const content = askedContent(turn);
    const options = this.#page.asking();
    if (content === null || options === null) return;
    const input = questionInput(this.#session.turns, content, this.#page.system(), turn.request);
    const obstacle = this.#obstacle(input, turn.request);
    if (obstacle === null) {
      const request = this.#send(input, options, turn);
      if (request !== undefined && turn.isLocal) this.#custody.keep(request.turn);
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
    // The place goes with `messages`, too: alone they leave a turn that runs where it is.
    const { turns } = this.#session;
    const replaces = replacedAtServer(turns, replaced?.request);
    if (replaced !== undefined) this.#dismiss(replaced.request);
    try {
      const request = this.#session.chat(input, { ...options, ...(replaces && { replaces }) });
      if (replaced !== undefined) this.#supersede(runningFrom(turns, replaces ?? replaced.request), request);
      this.#page.asked();
      return request;
    } catch (error) {
      this.#page.noticed(error);
    }
  }

  /**
   * Stops what goes with a question that is replaced: at once what was not sent, and the rest as soon as the server has
   * taken the new one. Refused, that leaves it as it is. It goes on where the chat is left meanwhile.
   *
   * @param {readonly Turn[]} turns
   * @param {ChatRequest} by
   */
  #supersede(turns, by) {
    const gone = new Map(turns.map((turn) => [turn.request, turn]));
    const requests = this.#session.requests.filter(({ id }) => gone.has(id));
    const rest = requests.filter(({ id }) => !gone.get(id)?.isUnsent);
    this.#abort(requests.filter((request) => !rest.includes(request)));
    if (rest.length === 0) return;
    const stop = this.#session.subscribe(() => {
      if (by.status === "waiting") return;
      stop();
      const wasTaken = !by.turn.isLocal && this.#session.request(by.id) !== undefined; // not taken back, either
      if (wasTaken) this.#abort(rest);
    });
  }

  /**
   * The newest first: what was not sent comes back before what is written.
   *
   * @param {readonly ChatRequest[]} requests
   */
  #abort(requests) {
    for (const request of [...requests].reverse()) {
      this.#custody.unwanted(request.id);
      request.abort().catch(this.#page.noticed);
    }
  }

  /** @param {string} request */
  #dismiss(request) {
    this.#custody.forget(request);
    this.#session.dismiss(request);
  }

  #changed() {
    this.#painter.request();
    this.#page.changed(this);
  }

  #draw() {
    if (this.#hasLeft) return;
    this.#custody.sort();
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
