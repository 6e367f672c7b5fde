import { fragmentOf } from "./address.js";
import { whenWords } from "./dates.js";
import { Doubt } from "./doubt.js";
import { button, byId, element, setText } from "./elements.js";
import { isComposing } from "./keys.js";

/**
 * @typedef {import("./recents.js").Recents} Recents
 * @typedef {import("./recents.js").Recent} Recent
 */

/** The list of chats that this browser has seen, to open, name and forget. */
export class RecentsView {
  #list = byId("recents", HTMLElement);
  #all = byId("forget-all", HTMLButtonElement);
  #recents;
  #wishes;
  #current = "";
  /** @type {string | undefined} the one whose name is being written */
  #naming;
  #doubt = new Doubt((isAsking) =>
    setText(this.#all, isAsking ? "Press again to forget all of them" : "Forget all"));

  /**
   * @param {Recents} recents
   * @param {{ forgotten: (id: string | undefined) => void }} wishes undefined: all of them
   */
  constructor(recents, wishes) {
    this.#recents = recents;
    this.#wishes = wishes;
    this.#all.addEventListener("click", () => this.#forgetAll());
  }

  /** @param {string} id */
  set current(id) {
    this.#current = id;
    this.draw();
  }

  draw() {
    if (this.#naming !== undefined && this.#list.contains(document.activeElement)) return;
    const list = this.#recents.list;
    const now = Date.now();
    const focused = this.#focused;
    this.#list.replaceChildren(...list.map((recent) => this.#row(recent, now)));
    this.#all.hidden = list.length === 0;
    if (focused === undefined) return;
    const place = this.#rowOf(focused.id)?.querySelectorAll("a, button").item(focused.place);
    if (place instanceof HTMLElement) place.focus();
  }

  /**
   * @param {Recent} recent
   * @param {number} now
   */
  #row(recent, now) {
    const { id, at } = recent;
    const title = this.#recents.title(recent) ?? "A chat";
    const link = element("a", { href: fragmentOf(id) }, element("span", {}, title),
      element("time", { dateTime: new Date(at).toISOString() }, whenWords(at, now)));
    /** @type {HTMLElement} */
    const row = element("li", {}, link,
      button(`Name “${title}”`, { icon: "edit", isIconOnly: true, onclick: () => this.#name(row, recent, title) }),
      button(`Forget “${title}”`, { icon: "close", isIconOnly: true, onclick: () => this.#forget(id) }));
    if (id === this.#current) {
      row.dataset.current = "";
      link.setAttribute("aria-current", "page");
    }
    return row;
  }

  /**
   * @param {HTMLElement} row
   * @param {Recent} recent
   * @param {string} title
   */
  #name(row, { id, name }, title) {
    this.#naming = id;
    const field = element("input", {
      value: name ?? "", placeholder: title, maxLength: 80, "aria-label": "Name of this chat, kept in this browser",
    });
    row.replaceChildren(field);
    field.focus();
    /** @param {boolean} isMeant */
    const done = (isMeant) => {
      if (this.#naming !== id) return;
      this.#naming = undefined;
      if (isMeant) this.#recents.rename(id, field.value);
      else this.draw();
    };
    field.addEventListener("blur", () => done(true));
    field.addEventListener("keydown", (event) => {
      if (isComposing(event) || event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      done(event.key === "Enter");
      this.#focus(id);
    });
  }

  /** @param {string} id */
  #forget(id) {
    const links = [...this.#list.querySelectorAll("a")];
    const index = links.findIndex((link) => link.hash === fragmentOf(id));
    this.#recents.forget(id);
    const left = [...this.#list.querySelectorAll("a")];
    (left[index] ?? left.at(-1) ?? byId("new", HTMLButtonElement)).focus();
    this.#wishes.forgotten(id);
  }

  #forgetAll() {
    if (!this.#doubt.press()) return;
    this.#recents.forgetAll();
    byId("new", HTMLButtonElement).focus();
    this.#wishes.forgotten(undefined);
  }

  /** Which chat's row has the focus, and at which of its link and buttons: all of them are made anew. */
  get #focused() {
    const row = document.activeElement?.closest("#recents > li");
    const id = row?.querySelector("a")?.hash;
    if (row == null || id === undefined) return undefined;
    const place = [...row.querySelectorAll("a, button")].indexOf(/** @type {Element} */ (document.activeElement));
    return { id: id.slice(1), place };
  }

  /** @param {string} id */
  #rowOf(id) {
    return [...this.#list.querySelectorAll("li")].find((row) => row.querySelector("a")?.hash === fragmentOf(id));
  }

  /** @param {string} id */
  #focus(id) {
    this.#rowOf(id)?.querySelector("a")?.focus();
  }
}
