import { isAskedAs } from "./chat-command.js";
import { interrupted } from "./errors.js";
import { snapshotTurns } from "./snapshot.js";
import { Turn } from "./turn.js";

/**
 * A session's turns, as the log tells them (docs/protocol.md, "The transcript"). Pure: frames and snapshots in, turns
 * out.
 */
export class Transcript {
  /**
   * What is to be shown, in order.
   * @type {readonly Turn[]}
   */
  turns = [];
  /** How many earlier messages a snapshot had no room for. */
  truncated = 0;
  /**
   * Those shown, and those that were replaced while they run.
   * @type {Map<string, Turn>}
   */
  #known = new Map();
  /**
   * What runs, in the order of beginning.
   * @type {Map<string, Turn>}
   */
  #running = new Map();

  /** What runs, also what was replaced meanwhile. */
  get running() {
    return this.#running.values();
  }

  /** @param {string} request */
  turn(request) {
    return this.#known.get(request);
  }

  /**
   * Begins what a `request` frame tells. Returns its turn, the one that was given.
   * @param {any} frame
   * @param {Turn} [turn] the one that was made when this tab asked, or a new one
   */
  begin(frame, turn = new Turn(frame.request)) {
    const kept = new Set(this.#remaining(frame));
    turn.ask(frame);
    this.#inherit(turn, this.#known.get(turn.request));
    turn.become("running");
    for (const gone of this.turns) {
      if (!kept.has(gone) && gone.isSettled) this.#known.delete(gone.request);
    }
    this.turns = [...[...kept].filter((each) => each.request !== turn.request), turn];
    this.#known.set(turn.request, turn);
    this.#running.set(turn.request, turn);
    return turn;
  }

  /**
   * The turns that stay when a `request` frame arrives. What only this tab knows stays, too, unless it is itself
   * replaced: its text is nowhere else.
   * @param {any} frame
   */
  #remaining({ replaces, messages, store }) {
    const index = replaces === undefined ? -1 : this.turns.findIndex((turn) => turn.request === replaces);
    const replacesEnded = messages !== undefined && store !== false;
    return this.turns.filter((turn, place) => {
      if (turn.isLocal) return place !== index;
      return (index < 0 || place < index) && !(replacesEnded && turn.isSettled);
    });
  }

  /**
   * Applies any later log frame. Returns the turn that it changed, or null where it tells nothing that is known.
   * @param {any} frame
   */
  apply(frame) {
    const turn = this.#running.get(frame.request);
    if (turn === undefined) return null;
    switch (frame.type) {
      case "start":
        turn.start(frame);
        break;
      case "delta":
        turn.append(frame);
        break;
      case "retry":
        turn.retry(frame);
        break;
      case "end":
      case "aborted":
      case "error":
        turn.finish(frame);
        this.#end(turn);
        break;
      default:
        return null;
    }
    return turn;
  }

  /** @param {Turn} turn */
  #end(turn) {
    this.#running.delete(turn.request);
    if (!this.turns.includes(turn)) this.#known.delete(turn.request);
  }

  /**
   * Replaces everything by a snapshot. What was running here and is unknown there was interrupted; it stays in sight,
   * with what it had said, as does whatever else only this tab knows. Returns the turns that it settled.
   * @param {any} snapshot
   * @param {boolean} isSameEpoch whether what had ended here has ended there
   * @param {(told: Turn) => Turn | undefined} own the turn of a chat of this tab that the log had not shown
   */
  replace(snapshot, isSameEpoch, own = () => undefined) {
    const told = snapshotTurns(snapshot);
    const before = this.#known;
    const local = this.turns.filter((turn) => turn.isLocal);
    const open = [...this.#running.values()];
    /** @type {Turn[]} */
    const settled = [];
    this.#known = new Map();
    this.#running = new Map();
    const take = (/** @type {Turn} */ fresh) => {
      const turn = this.#adopt(fresh, before.get(fresh.request) ?? own(fresh), isSameEpoch, settled);
      this.#known.set(turn.request, turn);
      if (!turn.isSettled) this.#running.set(turn.request, turn);
      return turn;
    };
    const shown = told.shown.map(take);
    told.replaced.forEach(take);
    for (const turn of open) {
      if (this.#known.has(turn.request)) continue;
      turn.fail("interrupted", interrupted("The server no longer knows this answer."));
      settled.push(turn);
      local.push(turn);
    }
    const unknown = local.filter((turn) => !this.#known.has(turn.request));
    for (const turn of unknown) this.#known.set(turn.request, turn);
    this.turns = [...shown, ...unknown].sort((a, b) => a.at - b.at);
    this.truncated = snapshot.truncated ?? 0;
    return settled;
  }

  /**
   * The turn that stands for what a snapshot tells: the one that is known already, brought up to date, or a new one.
   * @param {Turn} fresh
   * @param {Turn | undefined} known
   * @param {boolean} isSameEpoch
   * @param {Turn[]} settled
   */
  #adopt(fresh, known, isSameEpoch, settled) {
    if (known === undefined) return fresh;
    if (known.isSettled) {
      if (isSameEpoch && !known.isLocal) return known;
      this.#inherit(fresh, known);
      return fresh;
    }
    known.replaceBy(fresh);
    if (known.isSettled) settled.push(known);
    return known;
  }

  /**
   * The server knows a turn after all that was given up here: what only this tab knew of the question stays known.
   * What was refused is another question, and be it in the same words.
   * @param {Turn} turn
   * @param {Turn | undefined} before
   */
  #inherit(turn, before) {
    if (before?.isLocal === true && before.status === "interrupted" && isAskedAs(turn, before.asked)) turn.inherit(before);
  }

  /**
   * Nothing more will be heard of what runs. Returns its turns.
   * @param {import("./errors.js").TributaryError} error
   */
  interrupt(error) {
    const turns = [...this.#running.values()];
    for (const turn of turns) {
      turn.fail("interrupted", error);
      this.#end(turn);
    }
    return turns;
  }

  /**
   * Adds a turn that the server does not know and will not.
   * @param {Turn} turn
   */
  keep(turn) {
    turn.at = Math.max(turn.at, this.turns.at(-1)?.at ?? 0);
    turn.changed();
    this.turns = [...this.turns, turn];
    this.#known.set(turn.request, turn);
  }

  /**
   * Forgets a turn that the server does not know.
   * @param {string} request
   */
  dismiss(request) {
    const turn = this.#known.get(request);
    if (turn === undefined || !turn.isLocal) return false;
    this.#known.delete(request);
    this.turns = this.turns.filter((each) => each !== turn);
    return true;
  }
}
