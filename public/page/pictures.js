import { button, element } from "./elements.js";
import { counted } from "./numbers.js";
import { pictureAddress } from "./picture.js";

/** As many go with one message. */
const MOST = 8;
/** So much of a message is left to its text, in bytes. */
const SPARE = 64 * 1024;

/** The pictures that will go with the next message: pasted, dropped or chosen. */
export class Pictures {
  #list;
  #room;
  #slip;
  #emptied;
  /** @type {string[]} `data:` addresses */
  #addresses = [];

  /**
   * @param {HTMLElement} list
   * @param {{ room: () => number, slip: (words: string) => void, emptied: () => void }} page `room`: how long a message
   *   may be, in bytes; `slip` says what went wrong, empty: nothing; `emptied`: the reader took the last one away
   */
  constructor(list, { room, slip, emptied }) {
    this.#list = list;
    this.#room = room;
    this.#slip = slip;
    this.#emptied = emptied;
  }

  get addresses() {
    return this.#addresses;
  }

  /** @param {readonly string[]} addresses */
  replace(addresses) {
    this.#addresses = [...addresses];
    this.#draw();
  }

  /**
   * Takes what is a picture and fits, in order, and says why the rest does not.
   *
   * @param {Iterable<File>} files
   */
  async add(files) {
    this.#slip("");
    for (const file of files) {
      try {
        const address = await pictureAddress(file);
        if (this.#addresses.length >= MOST) throw new Error(`${counted(MOST, "picture")} go with a message at most.`);
        const size = this.#addresses.reduce((sum, each) => sum + each.length, address.length);
        if (size > this.#room() - SPARE) throw new Error("The server does not take so much in one message.");
        this.#addresses.push(address);
      } catch (error) {
        this.#slip(error instanceof Error ? error.message : String(error));
      }
    }
    this.#draw();
  }

  /**
   * The focus goes to the next one's button.
   *
   * @param {number} index
   */
  #remove(index) {
    this.#addresses.splice(index, 1);
    this.#draw();
    const buttons = this.#list.querySelectorAll("button");
    if (buttons.length === 0) this.#emptied();
    else buttons[Math.min(index, buttons.length - 1)].focus();
  }

  #draw() {
    this.#list.hidden = this.#addresses.length === 0;
    this.#list.replaceChildren(...this.#addresses.map((address, index) => element(
      "li", {},
      element("img", { src: address, alt: `Picture ${index + 1}` }),
      button(`Remove picture ${index + 1}`, {
        icon: "close",
        isIconOnly: true,
        onclick: () => {
          this.#remove(index);
        },
      }))));
  }
}
