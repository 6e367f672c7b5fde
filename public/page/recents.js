import { sessionIn } from "./address.js";
import { Stored } from "./stored.js";

/**
 * The chats that this browser has seen, newest first: their ids, which open them, when, and the names that their reader
 * gave them. Nothing that was written in one is kept in `localStorage`. The first words of a chat, which stand for its
 * name until it has one, stay in `sessionStorage`: they go with the tab.
 *
 * @typedef {{ id: string, at: number, name?: string }} Recent `at` in Unix milliseconds
 */

/** As many are kept. */
const KEPT = 60;
/** So much of a chat's first words stands for its name. */
const WORDS = 60;
/** The longest name, in characters. */
const NAME = 80;

export class Recents {
  /** @type {Stored<Recent[]>} */
  #stored = new Stored("localStorage", "tributary.recents");
  /** @type {Stored<Record<string, string>>} */
  #titles = new Stored("sessionStorage", "tributary.titles");
  #listener;

  /** @param {() => void} listener called after a change, another tab's too */
  constructor(listener) {
    this.#listener = listener;
    this.#stored.onForeignChange(listener);
  }

  /** @returns {Recent[]} */
  get list() {
    return readableRecents(this.#stored.read());
  }

  /**
   * What to call it: its name, or its first words where this tab has seen them.
   *
   * @param {Recent} recent
   * @returns {string | undefined}
   */
  title({ id, name }) {
    if (name !== undefined) return name;
    const titles = readableTitles(this.#titles.read());
    return Object.hasOwn(titles, id) ? titles[id] : undefined;
  }

  /**
   * It was seen, or something happened in it.
   *
   * @param {string} id
   * @param {number} at
   */
  touch(id, at) {
    const list = this.list;
    const known = list.find((each) => each.id === id);
    if (known !== undefined && known.at >= at) return;
    this.#write([{ ...known, id, at }, ...list.filter((each) => each.id !== id)]);
  }

  /**
   * @param {string} id
   * @param {string} text its first question
   */
  entitle(id, text) {
    const titles = readableTitles(this.#titles.read());
    const words = firstWords(text);
    if (words === "" || titles[id] === words) return;
    const known = Object.entries(titles).filter(([each]) => each !== id).slice(-KEPT + 1);
    this.#titles.write(Object.fromEntries([...known, [id, words]]));
    this.#listener();
  }

  /**
   * @param {string} id
   * @param {string} name empty: none
   */
  rename(id, name) {
    const trimmed = name.trim().slice(0, NAME);
    this.#write(this.list.map((each) => {
      if (each.id !== id) return each;
      return trimmed === "" ? { id, at: each.at } : { ...each, name: trimmed };
    }));
  }

  /** @param {string} id */
  forget(id) {
    const { [id]: _, ...titles } = readableTitles(this.#titles.read());
    this.#titles.write(titles);
    this.#write(this.list.filter((each) => each.id !== id));
  }

  forgetAll() {
    this.#titles.write({});
    this.#write([]);
  }

  /** @param {Recent[]} list */
  #write(list) {
    this.#stored.write([...list].sort((a, b) => b.at - a.at).slice(0, KEPT));
    this.#listener();
  }
}

/**
 * The beginning of a text, whole words where that is possible.
 *
 * @param {string} text
 */
export function firstWords(text) {
  const line = text.trim().replace(/\s+/g, " ");
  if (line.length <= WORDS) return line;
  const cut = line.slice(0, WORDS);
  const space = cut.lastIndexOf(" ");
  return `${(space > WORDS / 2 ? cut.slice(0, space) : cut).replace(/[\uD800-\uDBFF]$/, "")} …`;
}

/**
 * @param {unknown} stored
 * @returns {Recent[]}
 */
export function readableRecents(stored) {
  if (!Array.isArray(stored)) return [];
  return stored
    .filter((each) => typeof each?.id === "string" && sessionIn(each.id) === each.id && isTime(each.at))
    .slice(0, KEPT)
    .map(({ id, at, name }) => {
      const hasName = typeof name === "string" && name !== "";
      return hasName ? { id, at, name: name.slice(0, NAME) } : { id, at };
    });
}

/**
 * Whether a date can be made of it, in Unix milliseconds.
 *
 * @param {unknown} at
 */
function isTime(at) {
  return typeof at === "number" && !Number.isNaN(new Date(at).getTime());
}

/**
 * @param {unknown} stored
 * @returns {Record<string, string>}
 */
function readableTitles(stored) {
  if (typeof stored !== "object" || stored === null) return {};
  return Object.fromEntries(Object.entries(stored).filter(([, title]) => typeof title === "string"));
}
