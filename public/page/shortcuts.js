import { byId, element } from "./elements.js";
import { isComposing } from "./keys.js";

/**
 * `run` says whether there was something to do; without it the key is somebody else's, and only told of.
 * @typedef {{
 *   keys: string[],
 *   words: string,
 *   matches?: (event: KeyboardEvent) => boolean,
 *   run?: () => boolean,
 * }} Shortcut
 *
 * `stop` and `editLast` say whether there was something to do.
 * @typedef {{
 *   stop: () => boolean,
 *   newChat: () => void,
 *   chooseModel: () => void,
 *   settings: () => void,
 *   editLast: () => boolean,
 * }} Wishes
 */

const isApple = /Mac|iPhone|iPad/.test(navigator.platform);
const CONTROL = isApple ? "⌘" : "Ctrl";

/** @param {KeyboardEvent} event */
const hasControl = (event) => (isApple ? event.metaKey : event.ctrlKey) && !event.altKey;

/** The page's keys, and the list of them in the settings. */
export class Shortcuts {
  /** @param {Wishes} wishes */
  constructor({ stop, newChat, chooseModel, settings, editLast }) {
    /** @type {Shortcut[]} */
    const shortcuts = [
      { keys: ["Enter"], words: "sends" },
      { keys: ["Shift", "Enter"], words: "breaks the line" },
      {
        keys: ["Esc"],
        words: "closes, or stops the answer",
        matches: (event) => event.key === "Escape" && !event.repeat, // Held down, it is one press.
        run: stop,
      },
      {
        keys: ["↑"],
        words: "in an empty field edits the last question",
        matches: (event) => event.key === "ArrowUp" && event.target === byId("input", HTMLTextAreaElement),
        run: editLast,
      },
      {
        keys: [CONTROL, "Shift", "O"],
        words: "begins a new chat",
        matches: (event) => hasControl(event) && event.shiftKey && event.code === "KeyO",
        run: always(newChat),
      },
      {
        keys: [CONTROL, "K"],
        words: "chooses a model",
        matches: (event) => hasControl(event) && !event.shiftKey && event.key === "k",
        run: always(chooseModel),
      },
      {
        keys: [CONTROL, ","],
        words: "shows the settings",
        matches: (event) => hasControl(event) && event.key === ",",
        run: always(settings),
      },
    ];
    addEventListener("keydown", (event) => {
      if (event.defaultPrevented || isComposing(event)) return;
      // A dialog over the page has its own Esc, and nothing behind it is to change.
      if (document.querySelector("dialog:modal") !== null) return;
      const hit = shortcuts.find(({ matches }) => matches?.(event));
      if (hit?.run?.()) event.preventDefault();
    });
    byId("shortcuts", HTMLElement).append(...shortcuts.flatMap(({ keys, words }) => [
      element("dt", {}, ...keys.flatMap((key, index) => [...(index > 0 ? [" "] : []), element("kbd", {}, key)])),
      element("dd", {}, words),
    ]));
  }
}

/** @param {() => void} run */
function always(run) {
  return () => {
    run();
    return true;
  };
}
