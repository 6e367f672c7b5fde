import { element } from "./elements.js";
import { failureWords, matching, modelWords, priceWords, unlisted, upstreamFor } from "./model-list.js";

/**
 * @typedef {import("../client/index.js").ModelList} ModelList
 * @typedef {import("./model-list.js").Choice} Choice
 */

/**
 * What one can choose from when that was typed, as nodes; which of them Enter takes; and what else there is to say. A
 * name takes that very model or the first that begins so, and else is taken as it is, which is among the options, too.
 *
 * @param {ModelList} list
 * @param {string} typed
 * @param {Choice} choice that stands
 * @returns {{ nodes: HTMLElement[], meant: HTMLElement | null, words: string[] }}
 */
export function modelOptions(list, typed, choice) {
  const name = typed.trim();
  const { groups, meant, more } = matching(list.models, name);
  const first = name === "" ? defaultOption(choice) : typedOption(name, upstreamFor(list, name, choice));
  const nodes = meant?.id === name ? [] : [first];
  let taken = name === "" ? null : first;
  groups.forEach(({ upstream, models }, index) => {
    const title = element("div", { id: `models-of-${index}`, className: "group" }, upstream);
    const options = models.map((model) => {
      const isChosen = model.id === choice.model && (choice.upstream === "" || choice.upstream === upstream);
      const option = optionNode(model.id, modelWords(model), { model: model.id, upstream }, isChosen);
      if (model === meant) taken = option;
      return option;
    });
    nodes.push(element("div", { role: "group", "aria-labelledby": title.id }, title, ...options));
  });
  for (const upstream of unlisted(list.failed, name)) {
    const isChosen = choice.model === "" && choice.upstream === upstream;
    nodes.push(optionNode(upstream, "its own choice", { model: "", upstream }, isChosen));
  }
  const beyond = more > 0 ? `${more} more: type a part of the name.` : "";
  const prices = priceWords(groups.flatMap((group) => group.models));
  return { nodes, meant: taken, words: [beyond, ...failureWords(list.failed), prices] };
}

/** @param {Choice} choice that stands */
function defaultOption({ model, upstream }) {
  const isChosen = model === "" && upstream === "";
  return optionNode("Default model", "the server’s own choice", { model: "", upstream: "" }, isChosen);
}

/**
 * @param {string} name
 * @param {string} upstream empty: the server finds it
 */
function typedOption(name, upstream) {
  const where = upstream === "" ? "" : `, of ${upstream}`;
  return optionNode(name, `as it is typed${where}`, { model: name, upstream }, false);
}

/**
 * @param {string} name
 * @param {string} words what is known of it
 * @param {Choice} choice
 * @param {boolean} isChosen
 */
function optionNode(name, words, choice, isChosen) {
  const mark = isChosen ? [element("span", { className: "unseen" }, ", chosen")] : [];
  const facts = words === "" ? [] : [element("span", { className: "fine" }, words)];
  return element("div", {
    role: "option", "aria-selected": false, className: isChosen ? "chosen" : "", dataset: choice,
  }, element("span", {}, name, ...mark), ...facts);
}
