import { byId, element, setText } from "./elements.js";
import { contextOf, parametersOf } from "./parameters.js";
import { applyTheme } from "./theme.js";

/**
 * @typedef {import("../client/index.js").ChatOptions} ChatOptions
 * @typedef {import("./preferences.js").Preferences} Preferences
 */

const TEXTS = /** @type {const} */ (["temperature", "top_p", "max_tokens", "reasoning_effort", "seed", "n", "budget"]);
const CHECKS = /** @type {const} */ (["fit", "orphan"]);

/** The form of settings: what every question is asked with. All but the words to stop at are remembered. */
export class Settings {
  #form = byId("settings-form", HTMLFormElement);
  #preferences;

  /** @param {Preferences} preferences */
  constructor(preferences) {
    this.#preferences = preferences;
    for (const name of TEXTS) this.#control(name).value = preferences.get(name);
    for (const name of CHECKS) this.#box(name).checked = preferences.get(name);
    for (const radio of this.#themes) radio.checked = radio.value === preferences.get("theme");
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#form.addEventListener("input", ({ target }) => this.#changed((field) => field === target));
    byId("reset", HTMLButtonElement).addEventListener("click", () => this.#reset());
    this.#show();
  }

  /**
   * Shows only what this server can do. Until it has said that, all of it: what it then lacks, it refuses.
   *
   * @param {readonly string[]} features
   */
  set features(features) {
    byId("context", HTMLElement).hidden = !features.includes("context");
    byId("own-key", HTMLElement).hidden = !features.includes("client_keys");
    byId("check-key", HTMLElement).hidden = !features.includes("key_check");
  }

  /**
   * What to ask with; or the first field that says what nobody can send.
   *
   * @returns {{ options: ChatOptions, slip: HTMLElement | undefined }}
   */
  read() {
    const { params, slips } = parametersOf(this.#fields);
    const hasContext = !byId("context", HTMLElement).hidden;
    const budget = hasContext ? this.#control("budget").value : "";
    const { context, slip } = contextOf({ fit: hasContext && this.#box("fit").checked, budget });
    if (slip !== undefined) slips.set("budget", slip);
    const [name] = slips.keys();
    return {
      options: {
        ...(params && { params }),
        ...(context && { context }),
        ...(this.#box("orphan").checked && { orphan: "abort" }),
      },
      slip: name === undefined ? undefined : this.#control(name),
    };
  }

  /** @returns {Record<string, string>} */
  get #fields() {
    return Object.fromEntries([...new FormData(this.#form)].map(([name, value]) => [name, String(value)]));
  }

  get #themes() {
    return [...this.#form.querySelectorAll("input")].filter((input) => input.name === "theme");
  }

  /** @returns {"system" | "light" | "dark"} */
  get #theme() {
    const { theme } = this.#fields;
    return theme === "light" || theme === "dark" ? theme : "system";
  }

  /**
   * Remembers what was changed here, and nothing else: another tab may have remembered other things meanwhile.
   *
   * @param {(field: Element) => boolean} isOne of those that were
   */
  #changed(isOne) {
    const texts = TEXTS.map((name) => this.#control(name)).filter(isOne);
    const checks = CHECKS.map((name) => this.#box(name)).filter(isOne);
    this.#preferences.set({
      ...Object.fromEntries(texts.map(({ name, value }) => [name, value])),
      ...Object.fromEntries(checks.map(({ name, checked }) => [name, checked])),
      ...(this.#themes.some(isOne) && { theme: this.#theme }),
    });
    this.#show();
  }

  #show() {
    const fields = this.#fields;
    applyTheme(this.#theme);
    const { slips } = parametersOf(fields);
    const { slip } = contextOf({ fit: false, budget: fields.budget ?? "" });
    if (slip !== undefined) slips.set("budget", slip);
    for (const name of [...TEXTS, "stop"]) this.#showSlip(name, slips.get(name));
  }

  /**
   * @param {string} name
   * @param {string | undefined} words
   */
  #showSlip(name, words) {
    const control = this.#control(name);
    const id = `${control.id}-slip`;
    let note = document.getElementById(id);
    if (words === undefined) {
      note?.remove();
      control.removeAttribute("aria-invalid");
      control.removeAttribute("aria-describedby");
      return;
    }
    if (note === null) {
      note = element("p", { id, className: "slip" });
      control.after(note);
    }
    setText(note, words);
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", id);
  }

  #reset() {
    const emptied = [...TEXTS, "stop"].filter((name) => name !== "budget").map((name) => this.#control(name));
    for (const control of emptied) control.value = "";
    this.#changed((field) => emptied.some((each) => each === field));
  }

  /** @param {string} name */
  #control(name) {
    const control = this.#form.elements.namedItem(name);
    const isControl = control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement
      || control instanceof HTMLSelectElement;
    if (!isControl) throw new Error(`the settings have no field ${name}`);
    return control;
  }

  /** @param {string} name */
  #box(name) {
    const control = this.#control(name);
    if (!(control instanceof HTMLInputElement)) throw new Error(`${name} is no box`);
    return control;
  }
}
