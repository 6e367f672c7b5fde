import { Turn, plainText } from "./turn.js";

/**
 * A session's turns, in order, as the log tells them (docs/protocol.md, "The transcript"). Pure: frames and snapshots
 * in; each call returns what changed, so that a view need not look at the rest.
 */
export class Transcript {
  /** In order. */
  turns = [];
  /** How many earlier messages a snapshot had no room for. */
  truncated = 0;

  get running() {
    return this.turns.filter((turn) => turn.isRunning);
  }

  turn(request) {
    return this.turns.findLast((turn) => turn.request === request);
  }

  /**
   * Applies one log frame. Returns `{turn, dropped}`, `dropped` being the turns that left, or null where nothing
   * that is shown has changed.
   */
  apply(frame) {
    if (frame.type === "request") return this.#begin(frame);
    const turn = this.turn(frame.request);
    if (turn === undefined) return null;
    switch (frame.type) {
      case "start":
        turn.start(frame);
        break;
      case "delta":
        turn.answer(frame.choice).append(frame);
        break;
      case "end":
      case "aborted":
      case "error":
        turn.finish(frame);
        break;
      default:
        return null;
    }
    return { turn, dropped: [] };
  }

  #begin(frame) {
    const kept = this.#remaining(frame);
    const dropped = this.turns.filter((turn) => !kept.includes(turn));
    const turn = new Turn(frame.request);
    turn.ask(frame);
    this.turns = [...kept, turn];
    return { turn, dropped };
  }

  /** The turns that stay when a `request` frame arrives. */
  #remaining({ replaces, messages, store }) {
    const index = this.turns.findIndex((turn) => turn.request === replaces);
    const kept = replaces !== undefined && index >= 0 ? this.turns.slice(0, index) : this.turns;
    return messages !== undefined && store !== false ? kept.filter((turn) => turn.isRunning) : kept;
  }

  /**
   * Replaces everything by a snapshot. A turn that was running here and of which the snapshot knows nothing was
   * interrupted: it stays in sight, with what it had said.
   */
  replace({ messages = [], requests = [], truncated = 0 }) {
    const waiting = this.running;
    const turns = [...endedTurns(messages), ...requests.filter((each) => !each.replaced).map(runningTurn)];
    const known = new Set([...turns, ...requests].map((each) => each.request));
    for (const turn of waiting) {
      if (known.has(turn.request)) continue;
      turn.status = "interrupted";
      turns.push(turn);
    }
    this.turns = turns.sort((a, b) => a.at - b.at);
    this.truncated = truncated;
  }
}

/** A snapshot's `messages` as turns: neighbours of one request; those with a `status` are the answer. */
function endedTurns(messages) {
  const turns = [];
  for (const message of messages) {
    let turn = turns.at(-1);
    if (turn?.request !== message.request) {
      turn = new Turn(message.request);
      turn.status = "ended";
      turn.at = message.at ?? 0;
      turns.push(turn);
    }
    if (message.status === undefined) turn.prompts.push(message);
    else takeAnswer(turn, message);
  }
  return turns;
}

function takeAnswer(turn, message) {
  turn.hasStarted = true;
  turn.status = message.status;
  turn.model = message.model ?? null;
  turn.usage = message.usage ?? turn.usage;
  turn.timing = message.timing ?? turn.timing;
  turn.reason = message.reason ?? turn.reason;
  turn.error = message.error ?? turn.error;
  turn.answer(message.choice).append({ ...message, text: plainText(message.content) });
}

/** One of a snapshot's `requests`: its frames' fields, and what it has said so far. */
function runningTurn(request) {
  const turn = new Turn(request.request);
  turn.ask(request);
  if (request.provider !== undefined) turn.start(request);
  for (const said of [request, ...(request.choices ?? [])]) turn.answer(said.choice).append(said);
  return turn;
}
