import { Stored } from "./stored.js";

/**
 * What this browser remembers of the reader's choices. Nothing of a conversation, and no key.
 *
 * @typedef {{
 *   theme: "system" | "light" | "dark",
 *   model: string,
 *   upstream: string,
 *   temperature: string,
 *   top_p: string,
 *   max_tokens: string,
 *   reasoning_effort: string,
 *   seed: string,
 *   n: string,
 *   fit: boolean,
 *   budget: string,
 *   orphan: boolean,
 *   showsChats: boolean,
 *   showsSettings: boolean,
 * }} Choices
 */

/** @type {Choices} */
export const DEFAULTS = {
  theme: "system",
  model: "",
  upstream: "",
  temperature: "",
  top_p: "",
  max_tokens: "",
  reasoning_effort: "",
  seed: "",
  n: "",
  fit: false,
  budget: "",
  orphan: false,
  showsChats: true,
  showsSettings: false,
};

/** The longest text that is believed: a model's name has 512 bytes at most. */
const LONGEST = 512;

export class Preferences {
  /** @type {Stored<Choices>} */
  #stored = new Stored("localStorage", "tributary.preferences");
  #choices = readable(this.#stored.read());

  /**
   * @template {keyof Choices} Name
   * @param {Name} name
   * @returns {Choices[Name]}
   */
  get(name) {
    return this.#choices[name];
  }

  /**
   * What another tab has chosen meanwhile stays.
   *
   * @param {Partial<Choices>} choices
   */
  set(choices) {
    this.#choices = readable({ ...readable(this.#stored.read()), ...choices });
    this.#stored.write(this.#choices);
  }
}

/**
 * Whatever was stored, as choices: what is unknown goes, what is of another kind is the default.
 *
 * @param {unknown} stored
 * @returns {Choices}
 */
export function readable(stored) {
  const given = typeof stored === "object" && stored !== null ? /** @type {Record<string, unknown>} */ (stored) : {};
  /** @type {Record<string, unknown>} */
  const choices = { ...DEFAULTS };
  for (const [name, value] of Object.entries(DEFAULTS)) {
    const own = Object.hasOwn(given, name) ? given[name] : undefined;
    if (typeof own !== typeof value) continue;
    if (typeof own === "string" && own.length > LONGEST) continue;
    if (name === "theme" && !["system", "light", "dark"].includes(String(own))) continue;
    choices[name] = own;
  }
  return /** @type {Choices} */ (choices);
}
