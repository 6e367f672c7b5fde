/**
 * @typedef {import("./index.js").Delta} Delta
 * @typedef {import("./answer.js").Said} Said
 * @typedef {import("./turn.js").Turn} Turn
 * @typedef {{ resolve: (result: IteratorResult<Delta>) => void, reject: (error: unknown) => void }} Waiting
 */
import { TEXT_FIELDS } from "./answer.js";

/**
 * Iterates over an answer from its beginning. It keeps no queue: what was not asked for is kept as one string for each
 * field, so a slow reader costs no more memory than the answer has, and gets fewer, larger deltas.
 * @implements {AsyncIterator<Delta>}
 */
export class DeltaReader {
  #turn;
  /** @type {Map<string, Lane>} */
  #lanes = new Map();
  /**
   * The lanes that have something, in the order in which they got it.
   * @type {Set<Lane>}
   */
  #due = new Set();
  /** @type {Waiting[]} */
  #waiting = [];
  /** The `n` of the newest that was heard. */
  #heard = 0;
  #isSettled = false;
  #isOver = false;
  #unfollow;

  /** @param {Turn} turn */
  constructor(turn) {
    this.#turn = turn;
    this.#tellAll();
    this.#unfollow = turn.follow({
      said: (said) => this.#said(said),
      replaced: () => this.#tellAll(),
      settled: () => {
        this.#isSettled = true;
        this.#serve();
      },
    });
  }

  /** @returns {Promise<IteratorResult<Delta>>} */
  next() {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#serve();
    });
  }

  /**
   * Whoever iterates has had enough.
   * @returns {Promise<IteratorResult<Delta>>}
   */
  async return() {
    this.#unfollow();
    this.#isOver = true;
    this.#due.clear();
    this.#serve();
    return { value: undefined, done: true };
  }

  /** Answers those who wait, as far as there is something for them. */
  #serve() {
    while (this.#waiting.length > 0) {
      const [lane] = this.#due;
      if (lane === undefined && !this.#isSettled && !this.#isOver) return;
      const { resolve, reject } = /** @type {Waiting} */ (this.#waiting.shift());
      if (lane !== undefined) {
        this.#due.delete(lane);
        resolve({ value: lane.take(), done: false });
      } else {
        const { error } = this.#turn;
        const mustThrow = !this.#isOver && error !== null;
        this.#isOver = true;
        if (mustThrow) reject(error);
        else resolve({ value: undefined, done: true });
      }
    }
  }

  /** @param {Said} said */
  #said(said) {
    this.#hear();
    const { choice = 0 } = said;
    for (const field of TEXT_FIELDS) {
      const piece = said[field];
      if (typeof piece === "string") this.#put(this.#lane(choice, field), piece, said.logprobs);
    }
    for (const { index, id, name, arguments: piece } of said.tool_calls ?? []) {
      this.#put(this.#callLane(choice, index, id, name), piece ?? "");
    }
    if (said.extra !== undefined) this.#put(this.#lane(choice, "extra"), [said.extra].flat());
    this.#serve();
  }

  /** All of the answer as it stands: from each lane what it has not had. A snapshot may know less than we did. */
  #tellAll() {
    const isOlder = this.#turn.n < this.#heard;
    this.#hear();
    for (const lane of this.#lanes.values()) lane.rewind(isOlder);
    for (const [choice, answer] of this.#turn.answers) {
      for (const field of TEXT_FIELDS) {
        if (answer[field] !== "") this.#restart(this.#lane(choice, field), answer[field]);
      }
      for (const [index, { id, name, arguments: whole }] of answer.calls) {
        this.#restart(this.#callLane(choice, index, id ?? undefined, name), whole);
      }
      if (answer.extra.length > 0) this.#restart(this.#lane(choice, "extra"), answer.extra, isOlder);
    }
    this.#serve();
  }

  #hear() {
    this.#heard = Math.max(this.#heard, this.#turn.n);
  }

  /**
   * @param {number} choice
   * @param {string} field
   */
  #lane(choice, field) {
    const key = `${choice} ${field}`;
    let lane = this.#lanes.get(key);
    if (lane === undefined) this.#lanes.set(key, (lane = new Lane(choice, field)));
    return lane;
  }

  /**
   * @param {number} choice
   * @param {number} index
   * @param {string | undefined} id
   * @param {string | undefined} name
   */
  #callLane(choice, index, id, name) {
    const key = `${choice} call ${index}`;
    let lane = this.#lanes.get(key);
    const isNew = lane === undefined;
    if (lane === undefined) this.#lanes.set(key, (lane = new Lane(choice, "toolCalls", index)));
    if (lane.identify(id, name) || isNew) this.#due.add(lane);
    return lane;
  }

  /**
   * @param {Lane} lane
   * @param {string | object[]} piece
   * @param {unknown} [logprobs]
   */
  #put(lane, piece, logprobs) {
    if (lane.append(piece, logprobs)) this.#due.add(lane);
  }

  /**
   * @param {Lane} lane
   * @param {string | object[]} whole
   * @param {boolean} [isOlder]
   */
  #restart(lane, whole, isOlder) {
    if (lane.restart(whole, isOlder)) this.#due.add(lane);
  }
}

/**
 * A `delta` frame as the library's users see it.
 * @param {import("./index.js").Frame} frame
 * @returns {Delta}
 */
export function deltaOf({ choice = 0, text, reasoning, refusal, tool_calls: toolCalls, extra, logprobs }) {
  const said = { text, reasoning, refusal, toolCalls, extra: extra && [extra], logprobs: logprobs && [logprobs] };
  const known = Object.entries(said).filter(([, value]) => value !== undefined);
  return { choice, ...Object.fromEntries(known) };
}

/** One field of one choice: how much of it there is, and what was not handed out. */
class Lane {
  /** How long the field is by what the log has told, and how much of it was put here. */
  #told = 0;
  #taken = 0;
  /** @type {string | object[] | null} */
  #pending = null;
  /** @type {unknown[]} */
  #logprobs = [];
  #choice;
  #field;
  #index;
  /**
   * Of a tool call: what is known beside its arguments, and what of that was not handed out.
   * @type {{ id?: string, name?: string }}
   */
  #identity = {};
  /** @type {{ id?: string, name?: string }} */
  #news = {};

  /**
   * @param {number} choice
   * @param {string} field
   * @param {number} [index] of a tool call
   */
  constructor(choice, field, index) {
    this.#choice = choice;
    this.#field = field;
    this.#index = index;
  }

  /**
   * A piece of a tool call may say what the call is, the first of them or a later one. Returns whether that is new.
   * @param {string | undefined} id
   * @param {string | undefined} name
   */
  identify(id, name) {
    const isIdNew = Boolean(id) && this.#identity.id === undefined;
    const isNameNew = Boolean(name) && this.#identity.name === undefined;
    if (isIdNew) this.#identity.id = this.#news.id = id;
    if (isNameNew) this.#identity.name = this.#news.name = name;
    return isIdNew || isNameNew;
  }

  /**
   * A piece came. A snapshot may have been older than what was there: that part is not new.
   * @param {string | object[]} piece
   * @param {unknown} [logprobs]
   */
  append(piece, logprobs) {
    const isNew = this.#add(piece, this.#told);
    if (isNew && logprobs !== undefined) this.#logprobs.push(logprobs);
    return isNew;
  }

  /**
   * A snapshot came: as far as it says, there is nothing.
   * @param {boolean} isOlder than what was heard
   */
  rewind(isOlder) {
    if (isOlder || this.#field !== "extra") this.#told = 0;
  }

  /**
   * A snapshot came: this is all there is. Of `extra` it may leave out what was here: unless it is older than that,
   * what follows is new all the same.
   * @param {string | object[]} whole
   * @param {boolean} [isOlder]
   */
  restart(whole, isOlder = false) {
    const isNew = this.#add(whole, 0);
    if (!isOlder && this.#field === "extra") this.#told = this.#taken;
    return isNew;
  }

  /**
   * Adds of `piece`, which begins at `start` in the field, what is new. Returns whether that is anything.
   * @param {string | object[]} piece
   * @param {number} start
   */
  #add(piece, start) {
    this.#told = start + piece.length;
    if (this.#told <= this.#taken) return false;
    const fresh = start === this.#taken ? piece : piece.slice(this.#taken - start);
    this.#taken = this.#told;
    if (this.#pending === null) this.#pending = typeof fresh === "string" ? fresh : [...fresh];
    else if (typeof fresh === "string") this.#pending += fresh;
    else for (const extra of fresh) /** @type {object[]} */ (this.#pending).push(extra);
    return true;
  }

  /**
   * What was not handed out.
   * @returns {Delta}
   */
  take() {
    const pending = this.#pending;
    this.#pending = null;
    if (this.#field === "toolCalls") {
      const call = { index: this.#index, ...this.#news, ...(pending !== null && { arguments: pending }) };
      this.#news = {};
      return { choice: this.#choice, toolCalls: [/** @type {any} */ (call)] };
    }
    const logprobs = this.#logprobs;
    this.#logprobs = [];
    return { choice: this.#choice, [this.#field]: pending, ...(logprobs.length > 0 && { logprobs }) };
  }
}
