import { counted, duration, grouped, rounded } from "./numbers.js";

/**
 * @typedef {import("../client/index.js").Turn} Turn
 * @typedef {import("../client/index.js").Usage} Usage
 */

/** Why a whole answer ended where it did, where that is worth a word. */
const REASONS = new Map([
  ["length", "cut at the length limit"],
  ["content_filter", "stopped by a content filter"],
  ["tool_calls", "asks for tools"],
]);

/** Who counted, where it was not the model's provider. */
const SOURCES = new Map([
  ["upstream", ""],
  ["calibrated", " (estimated roughly)"],
]);

/**
 * What is known of an answer, for the line under it: model, tokens, speed, time to the first token. What is not known
 * is not spoken of.
 *
 * @param {Pick<Turn, "model" | "usage" | "timing" | "reason">} turn
 */
export function factWords({ model, usage, timing, reason }) {
  const words = [];
  if (model) words.push(model);
  if (usage) words.push(usageWords(usage));
  if (timing?.tokens_per_s) words.push(`${rounded(timing.tokens_per_s)} tokens/s`);
  if (timing?.ttft_ms !== undefined) words.push(`first token after ${duration(timing.ttft_ms)}`);
  if (timing?.total_ms !== undefined) words.push(`${duration(timing.total_ms)} in all`);
  const why = reason ? REASONS.get(reason) : undefined;
  if (why !== undefined) words.push(why);
  return words;
}

/** @param {Usage} usage */
function usageWords({ input, output, reasoning, cached, source }) {
  const parts = [];
  if (cached) parts.push(`${grouped(cached)} cached`);
  if (reasoning) parts.push(`${grouped(reasoning)} for reasoning`);
  const rest = parts.length > 0 ? `, ${parts.join(", ")}` : "";
  return `${grouped(input)} → ${grouped(output)} tokens${rest}${SOURCES.get(source) ?? " (estimated)"}`;
}

/**
 * How an answer stands that runs, or did not come to its end; empty for one that did, and for one that failed: that has
 * an error. `isOurs` tells this tab's connections.
 *
 * @param {Pick<Turn, "status" | "hasStarted" | "abortedBy">} turn
 * @param {(connection: string) => boolean} isOurs
 */
export function standingWords({ status, hasStarted, abortedBy }, isOurs) {
  switch (status) {
    case "waiting":
      return "Waiting for the connection …";
    case "accepted":
      return "Asked …";
    case "running":
      return hasStarted ? "" : "Waiting for the model …";
    case "aborted":
      if (abortedBy === "orphan") return "Stopped, because no tab was left.";
      return abortedBy === null || isOurs(abortedBy) ? "Stopped." : "Stopped from another tab.";
    default:
      return "";
  }
}

/**
 * What is worth knowing about how an answer was come by: what was tried before, what was left out. A sentence each.
 *
 * @param {Turn} turn
 */
export function asideWords({ status, retries, dropped, context, hasStarted, upstream, model, requestedModel }) {
  const sentences = [];
  if (retries.length > 0) sentences.push(retryWords(status, retries, hasStarted, upstream, model));
  if (requestedModel && model && requestedModel !== model && !retries.some((each) => each.model)) {
    sentences.push(`Asked for ${requestedModel}.`);
  }
  const left = retries.reduce((names, each) => (each.upstream ? each.dropped ?? [] : names), dropped);
  if (left.length > 0) sentences.push(`This upstream does not take ${left.join(", ")}: left out.`);
  if (context !== null && context.omitted > 0) {
    const size = context.tokens === undefined ? "" : `; ${grouped(context.tokens)} tokens were sent`;
    sentences.push(`Left out to fit: ${counted(context.omitted, "earlier message")}${size}.`);
  }
  return sentences;
}

/**
 * @param {Turn["status"]} status
 * @param {Turn["retries"]} retries
 * @param {boolean} hasStarted
 * @param {string | null} upstream
 * @param {string | null} model
 */
function retryWords(status, retries, hasStarted, upstream, model) {
  const causes = retries.map(({ status, code }) => (status === undefined ? CAUSES.get(code) ?? code : String(status)));
  const wentElsewhere = retries.some((each) => each.upstream);
  const where = wentElsewhere ? [upstream, model].filter((each) => each).join(" · ") : "";
  const after = `Asked again after ${causes.join(", ")}`;
  if (hasStarted) return where === "" ? `${after}.` : `${after}, answered by ${where}.`;
  if (status === "running") return where === "" ? `${after} …` : `${after}, now ${where} …`;
  return where === "" ? `${after}, in vain.` : `${after}, at last ${where}, in vain.`;
}

/** What an attempt failed by, where there is no HTTP status, within a sentence. */
const CAUSES = new Map([
  ["upstream_unreachable", "no connection"],
  ["upstream_timeout", "too long a silence"],
  ["upstream_closed", "a cut"],
  ["upstream_protocol", "something unreadable"],
  ["upstream_rate_limited", "a rate limit"],
]);
