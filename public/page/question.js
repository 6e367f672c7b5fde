/**
 * What to send so that a question is asked in its place, under a system prompt. Pure.
 *
 * The server keeps the conversation, so a question is a single `input` as a rule. A system prompt is a message at the
 * head of the conversation: it travels with the first question, as `messages`. Changed later, the conversation has to
 * be sent anew under it, which makes one turn of it all: docs/protocol.md, "The transcript".
 *
 * @typedef {import("../client/index.js").Turn} Turn
 * @typedef {import("../client/index.js").ChatInput} ChatInput
 * @typedef {import("../client/index.js").ChatMessage} ChatMessage
 * @typedef {string | readonly import("../client/index.js").ContentPart[]} Content
 */

/**
 * @param {readonly Turn[]} turns the conversation
 * @param {Content} content the question
 * @param {string} system the system prompt it is to be asked under
 * @param {string} [replaces] the request whose question it replaces, with all that came after
 * @returns {ChatInput}
 */
export function questionInput(turns, content, system, replaces) {
  const before = turns.slice(0, placeOf(turns, replaces));
  const shared = sharedWith(turns.find((turn) => turn.request === replaces), before);
  const named = turns.find((turn) => turn.request === replacedAtServer(turns, replaces));
  const mayBeAll = named?.status === "waiting" && named.prompts.length > 1; // it came as the whole conversation
  const isAsItWas = shared.length === 0 && system === systemPromptOf(before);
  if (isAsItWas && !mayBeAll) return typeof content === "string" ? content : [...content];
  const messages = [...messagesOf(before), ...shared].filter((message) => !isSystem(message));
  if (system !== "") messages.unshift({ role: "system", content: system });
  return { messages: [...messages, { role: "user", content }] };
}

/**
 * Whether a question has to wait until the answers before it are complete. `messages` would take those that run out of
 * what models are told later on; and an `input` is told nothing of `messages` whose answer runs: no system prompt, and
 * nothing of a conversation that was sent anew.
 *
 * @param {readonly Turn[]} turns the conversation
 * @param {ChatInput} input
 * @param {string} [replaces] the request whose question it replaces
 */
export function waitsForAnswer(turns, input, replaces) {
  const live = turns.slice(0, placeOf(turns, replaces)).filter((turn) => turn.isStored && isUnderWay(turn));
  const isWithMessages = live.some(({ prompts, omitted }) => prompts.length !== 1 || omitted > 0);
  return live.length > 0 && (isConversation(input) || isWithMessages);
}

/**
 * What somebody wrote, without empty lines around it. The first line keeps its indentation.
 *
 * @param {string} written
 */
export function questionText(written) {
  const text = written.trimEnd();
  return text.slice(text.slice(0, text.search(/\S|$/)).lastIndexOf("\n") + 1);
}

/**
 * Whether it is the conversation as a whole, in place of what the server has.
 *
 * @param {ChatInput} input
 * @returns {input is { messages: readonly ChatMessage[] }}
 */
export function isConversation(input) {
  return typeof input === "object" && "messages" in input;
}

/**
 * The system prompt that the conversation is under; empty where there is none.
 *
 * @param {readonly Turn[]} turns
 * @param {boolean} [isWithLive] whether a question under way counts, which the server may still refuse
 */
export function systemPromptOf(turns, isWithLive = false) {
  for (const turn of [...turns].reverse()) {
    if (!counts(turn) && !(isWithLive && isUnderWay(turn))) continue;
    const texts = turn.prompts.filter(isSystem).map((message) => textOf(message.content));
    if (texts.length > 0) return texts.join("\n\n");
  }
  return "";
}

/**
 * Whether this tab has all that would have to be sent under another system prompt.
 *
 * @param {readonly Turn[]} turns
 */
export function isWhole(turns, truncated = 0) {
  return truncated === 0 && turns.every((turn) => turn.omitted === 0);
}

/**
 * Whether a turn is under way, or not answered by the server yet.
 *
 * @param {Pick<Turn, "status">} turn
 */
export function isUnderWay({ status }) {
  return status === "waiting" || status === "accepted" || status === "running";
}

/**
 * Where a question is to stand: as many turns come before it. What the server does not have is in sight at the end, and
 * stands for where it was to go.
 *
 * @param {readonly Turn[]} turns
 * @param {string} [replaces] the request whose question it replaces
 */
export function placeOf(turns, replaces) {
  const known = standIn(turns, replaces, (turn) => !isApart(turn));
  if (known !== undefined) return turns.indexOf(known);
  const replaced = turns.find((turn) => turn.request === replaces);
  return replaced?.status === "waiting" ? turns.indexOf(replaced) : turns.length;
}

/**
 * The request to name to the server as the one that is replaced; none where it has nothing at that place. What was sent
 * and not answered may have arrived; where it has not, it is sent again, and first.
 *
 * @param {readonly Turn[]} turns
 * @param {string} [replaces] the request whose question is replaced
 */
export function replacedAtServer(turns, replaces) {
  return standIn(turns, replaces, ({ isLocal, isUnsent }) => !isLocal && !isUnsent)?.request;
}

/**
 * What is under way and goes out of sight with a question that is replaced: itself, and what came after it. The server
 * would let it run.
 *
 * @param {readonly Turn[]} turns
 * @param {string} [replaces] the request whose question is replaced
 */
export function runningFrom(turns, replaces) {
  return turns.slice(placeOf(turns, replaces)).filter(isUnderWay);
}

/**
 * Whether something would go with a turn that is replaced: what the server knows, and came after it.
 *
 * @param {readonly Turn[]} turns
 * @param {string} request
 */
export function hasLater(turns, request) {
  return turns.slice(placeOf(turns, request) + 1).some((turn) => !turn.isLocal);
}

/**
 * The last thing a person said in a turn; null where it was none.
 *
 * @param {Turn} turn
 * @returns {Content | null}
 */
export function askedContent(turn) {
  const last = turn.prompts.at(-1);
  return last?.role === "user" && last.content != null ? last.content : null;
}

/**
 * What is asked of a turn as one can write it anew: all of it is text, or a picture that is in the message itself. Null
 * where it is not, or where not all of the turn is here.
 *
 * @param {Turn} turn
 * @returns {Content | null}
 */
export function editableContent(turn) {
  const content = turn.omitted === 0 ? askedContent(turn) : null;
  if (content === null || typeof content === "string") return content;
  return Array.isArray(content) && content.every(isWritable) ? content : null;
}

/**
 * The text of a message's content, pictures left out.
 *
 * @param {ChatMessage["content"]} content
 */
export function textOf(content) {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.flatMap((part) => (typeof part?.text === "string" ? [part.text] : [])).join("\n");
}

/**
 * The address of a picture part, in either of its shapes.
 *
 * @param {import("../client/index.js").ContentPart} part as somebody sent it: it may be anything
 */
export function pictureURL(part) {
  const picture = part?.image_url;
  if (typeof picture === "string") return picture;
  const { url } = /** @type {{ url?: unknown }} */ (picture ?? {});
  return typeof url === "string" ? url : "";
}

/**
 * What a turn that is replaced came with beside its question. That of one the server does not have is the conversation
 * itself, where that is still there.
 *
 * @param {Turn | undefined} replaced
 * @param {readonly Turn[]} before the turns that it comes after
 */
function sharedWith(replaced, before) {
  if (replaced === undefined || (isApart(replaced) && before.some(counts))) return [];
  return withoutLast(replaced.prompts);
}

/**
 * What a model would be sent of these turns: those that ended, or were stopped, with something said.
 *
 * @param {readonly Turn[]} turns
 * @returns {ChatMessage[]}
 */
function messagesOf(turns) {
  return turns.filter(counts).flatMap((turn) => {
    const text = turn.choices[0]?.text ?? "";
    if (text === "") return withoutLast(turn.prompts);
    return [...turn.prompts, { role: "assistant", content: text }];
  });
}

/**
 * A turn, or what that was to replace, and so on: the first that the server has.
 *
 * @param {readonly Turn[]} turns
 * @param {string | null | undefined} request
 * @param {(turn: Turn) => boolean} isThere whether the server has it
 * @returns {Turn | undefined}
 */
function standIn(turns, request, isThere) {
  const turn = turns.find((each) => each.request === request);
  return turn === undefined || isThere(turn) ? turn : standIn(turns, turn.replaces, isThere);
}

/**
 * Whether the server does not have it, as far as is known: it was refused, or has not been answered.
 *
 * @param {Turn} turn
 */
function isApart({ isLocal, status }) {
  return isLocal || status === "waiting";
}

/** @param {Turn} turn */
function counts({ status, isStored, isLocal }) {
  return isStored && !isLocal && (status === "ended" || status === "aborted" || status === "failed");
}

/** @param {import("../client/index.js").ContentPart} part as somebody sent it: it may be anything */
function isWritable(part) {
  return typeof part?.text === "string" || (part?.type === "image_url" && pictureURL(part).startsWith("data:"));
}

/** @param {readonly ChatMessage[]} prompts */
function withoutLast(prompts) {
  return prompts.at(-1)?.role === "user" ? prompts.slice(0, -1) : [...prompts];
}

/** @param {ChatMessage} message */
function isSystem({ role }) {
  return role === "system" || role === "developer";
}
