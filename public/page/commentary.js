import { standingWords } from "./answer-words.js";
import { errorWords } from "./error-words.js";
import { spokenText } from "./spoken.js";

/**
 * @typedef {import("../client/index.js").Session} Session
 * @typedef {import("../client/index.js").ChatRequest} ChatRequest
 * @typedef {import("./announcer.js").Announcer} Announcer
 */

/**
 * Tells those who listen what happens in a session: that an answer begins, and the answer once it is complete. Not the
 * deltas: nobody could follow them.
 *
 * @param {Session} session
 * @param {Announcer} announcer
 * @param {(connection: string) => boolean} isOurs
 * @returns {() => void} how to stop
 */
export function comment(session, announcer, isOurs) {
  const stops = [
    session.on("request", ({ request }) =>
      announcer.say(request.isOurs ? "Answering …" : "Another tab has asked. Answering …")),
    session.on("end", ({ request }) => announcer.say(endWords(request, isOurs))),
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
