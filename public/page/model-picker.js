import { Combobox } from "./combobox.js";
import { byId, element } from "./elements.js";
import { errorWords } from "./error-words.js";
import { upstreamFor, upstreamOf } from "./model-list.js";
import { modelOptions } from "./model-options.js";

/**
 * @typedef {import("../client/index.js").ModelList} ModelList
 * @typedef {import("./model-list.js").Choice} Choice
 */

/** A list that is older is asked for again when somebody looks at it, in milliseconds. */
const FRESH_MS = 60_000;

/** @type {ModelList} */
const NOTHING = { models: [], failed: [] };

/**
 * The field in which one chooses a model: by looking, by typing a part of its name, or by naming one that no list has.
 */
export class ModelPicker {
  #input = byId("model", HTMLInputElement);
  #list = byId("models", HTMLElement);
  #notes = byId("models-notes", HTMLElement);
  #box;
  #ask;
  #changed;
  /** @type {Choice} */
  #choice;
  #models = NOTHING;
  #askedAt = -Infinity;
  /** Counts how often it was asked: an older answer is not wanted any more. */
  #asked = 0;
  /** Where there is something to say instead of a list. */
  #words = "";

  /**
   * @param {Choice} choice
   * @param {{ ask: () => Promise<ModelList>, changed: (choice: Choice) => void }} page
   */
  constructor(choice, { ask, changed }) {
    this.#choice = choice;
    this.#ask = ask;
    this.#changed = changed;
    this.#box = new Combobox(this.#input, byId("models-popup", HTMLElement), this.#list, {
      opened: () => {
        this.#draw("");
        void this.refresh();
      },
      typed: (text) => this.#draw(text),
      chosen: ({ dataset }) => this.#choose({ model: dataset.model ?? "", upstream: dataset.upstream ?? "" }),
      closed: (isCancelled) => {
        if (!isCancelled) this.#takeTyped();
        this.#showChoice();
      },
    });
    this.#showChoice();
  }

  get choice() {
    return this.#choice;
  }

  /** What the server lists, as far as it was asked. */
  get list() {
    return this.#models;
  }

  focus() {
    this.#input.focus();
    this.#box.open();
  }

  /** What the list was asked with has changed: whoever looks at it next asks anew. */
  outdate() {
    this.#askedAt = -Infinity;
  }

  /** Asks for the list anew, where it is not fresh. */
  async refresh() {
    if (performance.now() - this.#askedAt < FRESH_MS) return;
    this.#askedAt = performance.now();
    this.#asked += 1;
    const asked = this.#asked;
    if (this.#models.models.length === 0) this.#words = "Asking for the models …";
    this.#redraw();
    try {
      const models = await this.#ask();
      if (asked !== this.#asked) return;
      this.#models = models;
      this.#findUpstream();
      const isEmpty = this.#models.models.length === 0;
      this.#words = isEmpty ? "The server lists no models. A name can be typed all the same." : "";
    } catch (error) {
      if (asked !== this.#asked) return;
      this.#askedAt = -Infinity;
      this.#words = errorWords(error instanceof Error ? error : {});
    }
    this.#redraw();
  }

  #redraw() {
    if (this.#box.isOpen) this.#draw(this.#input.value === this.#name ? "" : this.#input.value);
  }

  /** What the field says of the choice. */
  get #name() {
    const { model, upstream } = this.#choice;
    return model === "" && upstream !== "" ? `${upstream}’s own choice` : model;
  }

  #showChoice() {
    const { model, upstream } = this.#choice;
    this.#input.value = this.#name;
    this.#input.title = model === "" || upstream === "" ? "" : `${model} of ${upstream}`;
  }

  /** Whatever was typed is a model's name. */
  #takeTyped() {
    const typed = this.#input.value.trim();
    if (typed !== this.#name) this.#choose({ model: typed, upstream: upstreamFor(this.#models, typed, this.#choice) });
  }

  /** A model that was named before there was a list may be in it. What is being typed stays as it is. */
  #findUpstream() {
    const { model, upstream } = this.#choice;
    const found = upstreamOf(this.#models.models, model);
    if (model === "" || upstream !== "" || found === "") return;
    this.#choice = { model, upstream: found };
    this.#changed(this.#choice);
    if (!this.#box.isOpen) this.#showChoice();
  }

  /** @param {Choice} choice */
  #choose(choice) {
    this.#choice = choice;
    this.#input.value = this.#name;
    this.#changed(choice);
  }

  /** @param {string} typed */
  #draw(typed) {
    const { nodes, meant, words } = modelOptions(this.#models, typed, this.#choice);
    this.#list.replaceChildren(...nodes);
    /** @type {NodeListOf<HTMLElement>} */
    const options = this.#list.querySelectorAll('[role="option"]');
    options.forEach((option, index) => (option.id = `model-${index}`));
    const notes = [this.#words, ...words].filter((each) => each !== "");
    this.#notes.replaceChildren(...notes.map((each) => element("p", {}, each)));
    const { stepped } = this.#box;
    this.#box.refreshed([...options].find((option) => stepped !== null && isSame(option, stepped)) ?? meant);
  }
}

/**
 * Whether two options stand for the same choice.
 *
 * @param {HTMLElement} one
 * @param {HTMLElement} other
 */
function isSame({ dataset: one }, { dataset: other }) {
  return one.model === other.model && one.upstream === other.upstream;
}
