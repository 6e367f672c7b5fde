import { TributaryError } from "./errors.js";
import { Turn } from "./turn.js";

/**
 * Reads a snapshot (docs/protocol.md, "Joining and snapshots").
 * @param {{ messages?: readonly any[], requests?: readonly any[], truncated?: number }} snapshot
 * @returns {{ shown: Turn[], replaced: Turn[] }} turns in their order; and those that run on though they were replaced
 */
export function snapshotTurns({ messages = [], requests = [], truncated = 0 }) {
  const running = requests.filter((request) => request.replaced !== true).map(runningTurn);
  const ended = endedTurns(messages);
  if (truncated > 0 && ended.length > 0) ended[0].isCut = true;
  const shown = [...ended, ...running].sort((a, b) => a.at - b.at);
  return { shown, replaced: requests.filter((request) => request.replaced === true).map(runningTurn) };
}

/**
 * `messages` as turns: neighbours of one request; those with a `status` are the answer.
 * @param {readonly any[]} messages
 */
function endedTurns(messages) {
  /** @type {{ turn: Turn, prompts: any[] }[]} */
  const ended = [];
  for (const { request, at, ...message } of messages) {
    let last = ended.at(-1);
    if (last === undefined || last.turn.request !== request) {
      last = { turn: new Turn(request), prompts: [] };
      last.turn.status = "ended";
      last.turn.at = at ?? 0;
      ended.push(last);
    }
    if (message.status === undefined) last.prompts.push(message);
    else takeAnswer(last.turn, message);
  }
  return ended.map(({ turn, prompts }) => {
    turn.prompts = Object.freeze(prompts);
    turn.asked = askedWith(prompts);
    return turn;
  });
}

/**
 * A single message of the user may have come as `input` or in `messages`: asked again, both mean the same where the
 * turn is replaced.
 * @param {readonly any[]} prompts
 */
function askedWith(prompts) {
  const [first] = prompts;
  return prompts.length === 1 && first.role === "user" ? { input: first.content } : { messages: prompts };
}

/**
 * @param {Turn} turn
 * @param {any} message
 */
function takeAnswer(turn, message) {
  turn.hasStarted = message.model !== undefined;
  turn.status = message.status;
  turn.model = message.model ?? message.requested_model ?? turn.model;
  if (turn.hasStarted) turn.requestedModel = message.requested_model ?? turn.requestedModel;
  turn.upstream = message.upstream ?? turn.upstream;
  turn.provider = message.provider ?? turn.provider;
  turn.params = message.params ?? turn.params;
  turn.areParamsOmitted ||= message.params_omitted === true;
  turn.dropped = message.dropped ?? turn.dropped;
  turn.context = message.context ?? turn.context;
  turn.named = message.named ?? turn.named;
  turn.usage = message.usage ?? turn.usage;
  turn.timing = message.timing ?? turn.timing;
  if (message.choice === undefined) turn.reason = message.reason ?? null;
  if (message.error !== undefined) turn.error = new TributaryError({ ...message.error, request: turn.request });
  turn.answer(message.choice).append({ ...message, text: message.content ?? "" });
}

/**
 * One of `requests`: its frames' fields, and what it has said so far.
 * @param {any} request
 */
function runningTurn(request) {
  const turn = new Turn(request.request);
  turn.ask(request);
  turn.status = "running";
  turn.n = request.n ?? 0;
  if (request.provider !== undefined) turn.start(request);
  for (const said of [request, ...(request.choices ?? [])]) turn.answer(said.choice).append(said);
  return turn;
}
