import { isWhole, systemPromptOf } from "./question.js";

/** @typedef {import("../client/index.js").SessionSnapshot} SessionSnapshot */

/** Of so many chats that are not shown it is known what was written and not sent. */
const KEPT = 20;

/**
 * The system prompt that the next question is asked under: the chat's, or what was written and not sent yet. That stays
 * with its chat while another is shown, and comes along into a new one alone; a chat shows that it is new when it has
 * been joined.
 */
export class SystemPrompt {
  /** @type {string | null} null: as the chat has it */
  #written = null;
  #isCarried = false;
  /** @type {Map<string, string>} what was written for other chats, by session */
  #unsent = new Map();
  /** The chat's own, that of a question under way, too. */
  #current = "";
  #isNew = true;
  #canChange = true;
  #hasJoined = false;
  /** @type {SessionSnapshot["turns"] | undefined} */
  #turns;

  get value() {
    return this.#written !== null && this.#canChange ? this.#written : this.#current;
  }

  /** Whether that is the chat's own. */
  get isOwn() {
    return this.value === this.#current;
  }

  /** What was written for this chat and not asked under yet; null: nothing, or it was only carried along. */
  get written() {
    return this.#isCarried ? null : this.#written;
  }

  /** What came along from another chat, and was not asked under yet; null: nothing. */
  get carried() {
    return this.#isCarried ? this.#written : null;
  }

  get canChange() {
    return this.#canChange;
  }

  /** @param {string} text */
  write(text) {
    this.#written = text.trim() === this.#current ? null : text.trim();
    this.#isCarried = false;
  }

  /**
   * It has come along from another chat, for as long as this one shows no messages.
   *
   * @param {string} text
   */
  carry(text) {
    this.#written = text;
    this.#isCarried = true;
  }

  /** A question was asked under it: it is this chat's own from now on. */
  asked() {
    this.#isCarried = false;
  }

  /**
   * The session has changed, in whatever way. Says whether that matters here.
   *
   * @param {Pick<SessionSnapshot, "turns" | "truncated" | "isJoined">} snapshot
   */
  take({ turns, truncated, isJoined }) {
    if (turns === this.#turns && (this.#hasJoined || !isJoined)) return false;
    this.#turns = turns;
    this.#hasJoined ||= isJoined;
    this.#isNew = turns.length === 0;
    this.#canChange = isWhole(turns, truncated);
    this.#current = systemPromptOf(turns, true);
    if (this.#isCarried && this.#hasJoined && !this.#isNew) this.#written = null;
    // Until the server has answered, what was written might still be needed.
    if (this.#written === systemPromptOf(turns)) this.#written = null;
    return true;
  }

  /**
   * Another chat is shown.
   *
   * @param {{ from: string, to: string, isNew: boolean }} chats sessions; `isNew`: as far as this browser knows
   */
  changeChat({ from, to, isNew }) {
    const { value } = this;
    this.#unsent.delete(from);
    if (this.#written !== null && !this.#isCarried) this.#unsent.set(from, this.#written);
    const [oldest] = this.#unsent.keys();
    if (this.#unsent.size > KEPT) this.#unsent.delete(oldest);
    const own = this.#unsent.get(to);
    this.#isCarried = own === undefined && isNew;
    this.#written = own ?? (isNew ? value : null);
    this.#turns = undefined;
    this.#hasJoined = false;
    this.#current = "";
  }

  /**
   * What was written and not sent, for one chat or all.
   *
   * @param {string | undefined} session
   * @param {boolean} isShown whether that of the chat that is shown goes, too, and is carried nowhere
   */
  forget(session, isShown) {
    if (session === undefined) this.#unsent.clear();
    else this.#unsent.delete(session);
    if (!isShown) return;
    this.#written = null;
    this.#current = "";
  }

  /** What becomes of it, in a sentence; nothing before the chat is known. */
  get words() {
    if (!this.#hasJoined) return "";
    if (!this.#canChange) return "This chat is too long to be sent anew under another one. Begin a new chat for that.";
    if (this.#isNew) return "Goes with the first message. The server keeps it with the chat; this tab, until it has gone.";
    if (this.isOwn) return this.#current === "" ? "This chat has none." : "This chat is under it.";
    return "From the next message on. The chat so far is sent anew with it, and becomes one turn.";
  }
}
