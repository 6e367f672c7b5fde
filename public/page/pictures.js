import { button, element } from "./elements.js";
import { pictureAddress } from "./picture.js";
import { Tray } from "./tray.js";

/** Shows the pictures that will go with the next message: pasted, dropped or chosen. */
export class Pictures {
  #list;
  #page;
  #tray = new Tray();

  /**
   * @param {HTMLElement} list
   * @param {{
   *   room: () => number,
   *   slip: (words: string) => void,
   *   changed: () => void,
   *   added: (isWhole: boolean) => void,
   *   emptied: () => void,
   * }} page `room`: how long a message may be, in bytes; `slip` says what went wrong; `changed`: the reader adds some,
   *   or takes one away; `added`: they have been read, and all of them are here; `emptied`: the last one was taken away
   */
  constructor(list, page) {
    this.#list = list;
    this.#page = page;
  }

  get tray() {
    return this.#tray;
  }

  /** @param {Tray} tray */
  show(tray) {
    this.#tray = tray;
    this.#draw();
    this.#saySlip();
  }

  /**
   * They go to the message that is being written now, whatever is shown when they have been read.
   *
   * @param {Iterable<File>} files
   */
  async add(files) {
    this.#page.changed();
    const tray = await this.#tray.add(files, { read: pictureAddress, room: this.#page.room });
    if (tray !== this.#tray) return;
    this.#draw();
    this.#page.added(tray.slip === "");
    this.#saySlip();
  }

  /** Once. */
  #saySlip() {
    const { slip } = this.#tray;
    this.#tray.slip = "";
    if (slip !== "") this.#page.slip(slip);
  }

  /**
   * The focus goes to the next one's button.
   *
   * @param {number} index
   */
  #remove(index) {
    this.#tray.remove(index);
    this.#page.changed();
    this.#draw();
    const buttons = this.#list.querySelectorAll("button");
    if (buttons.length === 0) this.#page.emptied();
    else buttons[Math.min(index, buttons.length - 1)].focus();
  }

  #draw() {
    const { addresses } = this.#tray;
    this.#list.hidden = addresses.length === 0;
    this.#list.replaceChildren(...addresses.map((address, index) => element(
      "li", {},
      element("img", { src: address, alt: `Picture ${index + 1}` }),
      button(`Remove picture ${index + 1}`, { icon: "close", isIconOnly: true, onclick: () => this.#remove(index) }))));
  }
}
