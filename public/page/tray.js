import { counted } from "./numbers.js";

/** As many go with one message. */
const MOST = 8;
/** So much of a message is left to its text, in bytes. */
const SPARE = 64 * 1024;
const TOO_MANY = `${counted(MOST, "picture")} go with a message at most.`;

/**
 * The pictures of one message that is not sent yet, wherever it waits: in the composer, or with its chat while another
 * is shown. Those that are still being read arrive here and nowhere else.
 */
export class Tray {
  /** @type {string[]} `data:` addresses */
  #addresses;
  /** @type {Tray | undefined} where its pictures have gone */
  #heir;
  #lots = 0;
  /** What is wrong with what was to be added; empty: nothing. */
  slip = "";

  /** @param {readonly string[]} [addresses] */
  constructor(addresses = []) {
    this.#addresses = [...addresses];
  }

  /** @returns {readonly string[]} */
  get addresses() {
    return this.#addresses;
  }

  /** Whether some are still being read. */
  get isReading() {
    return this.#lots > 0;
  }

  get isEmpty() {
    return this.#addresses.length === 0 && !this.isReading;
  }

  /**
   * Takes what is a picture and fits, in order, and says in `slip` why the rest does not; once no more go, it reads no
   * more. Resolves with the tray where they are now.
   *
   * @param {Iterable<File>} files
   * @param {{ read: (file: File) => Promise<string>, room: () => number }} page `read` rejects with a sentence for the
   *   reader; `room`: how long a message may be, in bytes
   * @returns {Promise<Tray>}
   */
  async add(files, { read, room }) {
    if (!this.isReading) this.slip = ""; // else those of another lot are still to be told what is missing
    this.#lots += 1;
    for (const file of [...files]) {
      if (this.#home.#isFull) {
        this.#home.slip = TOO_MANY;
        break;
      }
      try {
        const address = await read(file);
        this.#home.#put(address, room());
      } catch (error) {
        this.#home.slip = error instanceof Error ? error.message : String(error);
      }
    }
    this.#home.#lots -= 1;
    return this.#home;
  }

  /** @param {number} index */
  remove(index) {
    this.#addresses.splice(index, 1);
  }

  /**
   * Takes over another one's, those included that are still being read.
   *
   * @param {Tray} other not used any more
   */
  take(other) {
    this.#addresses.push(...other.#addresses);
    this.#lots += other.#lots;
    other.#heir = this;
  }

  get #isFull() {
    return this.#addresses.length >= MOST;
  }

  /** @returns {Tray} */
  get #home() {
    return this.#heir === undefined ? this : this.#heir.#home;
  }

  /**
   * @param {string} address
   * @param {number} room
   */
  #put(address, room) {
    if (this.#isFull) throw new Error(TOO_MANY); // with those of another lot
    const size = this.#addresses.reduce((sum, each) => sum + each.length, address.length);
    if (size > room - SPARE) throw new Error("The server does not take so much in one message.");
    this.#addresses.push(address);
  }
}
