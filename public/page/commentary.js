import { standingWords } from "./answer-words.js";
import { errorWords } from "./error-words.js";
import { spokenText } from "./spoken.js";

/**
 * @typedef {import("../client/index.js").Session} Session
 * @typedef {import("../client/index.js").ChatRequest} ChatRequest
 * @typedef {import("./announcer.js").Announcer} Announcer
 */

const ANSWERING = "Answering …";

/**
 * Tells those who listen what happens in a session: that a question waits for the connection, that it has been taken,
 * and the answer once it is complete. Not the deltas: nobody could follow them.
 *
 * @param {Session} session
 * @param {Announcer} announcer
 * @param {(connection: string) => boolean} isOurs
 * @returns {() => void} how to stop
 */
export function comment(session, announcer, isOurs) {
  /** @type {Set<ChatRequest>} what the server has not taken yet */
  const waiting = new Set();
  const stops = [
    session.on("request", ({ request }) => {
      if (request.status === "waiting") waiting.add(request);
      else announcer.say(request.isOurs ? ANSWERING : `Another tab has asked. ${ANSWERING}`);
      if (waiting.has(request) && !session.isJoined) announcer.say(standingWords(request.turn, isOurs));
    }),
    session.on("change", () => {
      for (const request of waiting) {
        if (request.status === "waiting") continue;
        waiting.delete(request);
        if (request.status === "accepted" || request.status === "running") announcer.say(ANSWERING);
      }
    }),
    session.on("end", ({ request }) => {
      // Else it was replaced, or taken back.
      const isInSight = session.turns.some((turn) => turn.request === request.id);
      if (isInSight) announcer.say(endWords(request, isOurs));
    }),
  ];
  return () => stops.forEach((stop) => stop());
}

/**
 * @param {ChatRequest} request
 * @param {(connection: string) => boolean} isOurs
 */
function endWords(request, isOurs) {
  const text = request.choices.map((choice) => choice.text || choice.refusal).join("\n\n");
  if (request.status === "ended") return text === "" ? "The answer is complete. It has no text." : spokenText(text);
  if (request.error !== null) return errorWords(request.error);
  return standingWords(request.turn, isOurs);
}
