import { grouped } from "./numbers.js";

/**
 * @typedef {import("../client/index.js").ModelInfo} ModelInfo
 * @typedef {import("../client/index.js").ModelFailure} ModelFailure
 * @typedef {import("../client/index.js").ModelList} ModelList
 *
 * Empty: the server's default. A model alone: the server finds the upstream. An upstream alone: that one's own choice.
 * @typedef {{ model: string, upstream: string }} Choice
 */

/** As many as a popup can use; who looks for another types more of its name. */
const SHOWN = 200;

/**
 * The models whose name, maker or upstream has all the words that were typed, by upstream: the very name first, then
 * those that begin so, else in the server's order. `meant` is the first of them where it is such a one; `more`: how
 * many there are beyond those that are shown.
 *
 * @param {readonly ModelInfo[]} models
 * @param {string} typed
 * @returns {{ groups: { upstream: string, models: ModelInfo[] }[], meant: ModelInfo | undefined, more: number }}
 */
export function matching(models, typed) {
  const name = typed.trim();
  const words = wordsOf(name);
  const hits = models.filter((model) => {
    const text = `${model.id} ${model.name ?? ""} ${model.owned_by ?? ""} ${model.upstream}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  if (name !== "") hits.sort((one, other) => distance(one.id, name) - distance(other.id, name));
  const [first] = hits;
  /** @type {Map<string, ModelInfo[]>} */
  const groups = new Map();
  for (const model of hits.slice(0, SHOWN)) {
    const group = groups.get(model.upstream);
    if (group === undefined) groups.set(model.upstream, [model]);
    else group.push(model);
  }
  return {
    groups: [...groups].map(([upstream, models]) => ({ upstream, models })),
    meant: first !== undefined && name !== "" && distance(first.id, name) < ELSEWHERE ? first : undefined,
    more: Math.max(0, hits.length - SHOWN),
  };
}

/**
 * The first upstream that lists a model of that very name; empty where none does, or nothing is named.
 *
 * @param {readonly ModelInfo[]} models
 * @param {string} id
 */
export function upstreamOf(models, id) {
  return models.find((model) => model.id === id)?.upstream ?? "";
}

/**
 * Where a model goes whose name was typed: to an upstream that lists it; else to the one that was chosen, where that
 * has no list or was chosen without a model; else wherever the server finds it, which is empty.
 *
 * @param {ModelList} list
 * @param {string} id
 * @param {Choice} choice that stands
 */
export function upstreamFor({ models, failed }, id, { model, upstream }) {
  const isMeant = model === "" || failed.some((failure) => failure.upstream === upstream);
  return id === "" ? "" : upstreamOf(models, id) || (isMeant ? upstream : "");
}

/**
 * Upstreams without a list that have all the words that were typed in their names: what can be chosen of them is their
 * own choice. One whose name nobody knows cannot.
 *
 * @param {readonly ModelFailure[]} failed
 * @param {string} typed
 */
export function unlisted(failed, typed) {
  const words = wordsOf(typed);
  const names = new Set(failed.map(({ upstream }) => upstream).filter((upstream) => upstream !== ""));
  return [...names].filter((upstream) => words.every((word) => upstream.toLowerCase().includes(word)));
}

/**
 * The one upstream that there is; undefined where there are several, or the list tells of none.
 *
 * @param {ModelList} list
 */
export function onlyUpstream({ models, failed }) {
  const [first, ...others] = new Set([...models, ...failed].map(({ upstream }) => upstream));
  return others.length === 0 ? first : undefined;
}

/**
 * What is known of a model, in a few words: `128k window · $2.50 → $10.00 · sees pictures`.
 *
 * @param {ModelInfo} model
 */
export function modelWords({ context_tokens: window, price, input }) {
  const words = [];
  if (window !== undefined) words.push(`${short(window)} window`);
  const prices = [price?.input, price?.output].map((each) => (each === undefined ? "?" : `$${each}`));
  if (price?.input !== undefined || price?.output !== undefined) words.push(prices.join(" → "));
  if (input?.includes("image")) words.push("sees pictures");
  return words.join(" · ");
}

/**
 * Upstreams whose models could not be listed, a sentence each; without a name the default one, while nobody knows that.
 *
 * @param {readonly ModelFailure[]} failed
 */
export function failureWords(failed) {
  return failed.map(({ upstream, message }) => `${upstream || "The default upstream"}: ${message}`);
}

/**
 * What the prices are for, where there are any.
 *
 * @param {readonly ModelInfo[]} models
 */
export function priceWords(models) {
  return models.some((model) => model.price !== undefined) ? "Prices: a million tokens in → out." : "";
}

/** @param {string} typed */
function wordsOf(typed) {
  return typed.toLowerCase().split(/\s+/).filter((word) => word !== "");
}

/** How far a name that only has what was typed somewhere is from it. */
const ELSEWHERE = 3;

/**
 * How far a model's name is from what was typed.
 *
 * @param {string} id
 * @param {string} typed
 */
function distance(id, typed) {
  if (id === typed) return 0;
  if (!id.toLowerCase().startsWith(typed.toLowerCase())) return ELSEWHERE;
  return id.length === typed.length ? 1 : 2;
}

/** @param {number} tokens */
function short(tokens) {
  if (tokens >= 1_000_000) return `${Math.round(tokens / 100_000) / 10}M`;
  return tokens >= 10_000 ? `${Math.round(tokens / 1000)}k` : grouped(tokens);
}
