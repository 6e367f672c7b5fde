import { newBlock } from "./block.js";
import { takeDefinitions } from "./definitions.js";

/**
 * @typedef {import("./block.js").Block} Block
 *
 * @typedef {object} BlockSink hears, in order, what becomes of the blocks
 * @property {(block: Block) => void} opened it is the last one in its parent so far
 * @property {(block: Block) => void} changed its text is another (longer, as a rule)
 * @property {(block: Block) => void} closed nothing of it will change, but `isLoose` of a list
 * @property {(block: Block) => void} removed it was no block after all; always the last one in its parent
 * @property {(list: Block) => void} loosened its items stand apart from now on
 * @property {(definition: { label: string, href: string, title: string | null }) => void} defined
 */

/** The blocks that are open: containers within each other, and in the innermost, perhaps, a leaf that takes text. */
export class OpenBlocks {
  /**
   * Quotes, lists and items, outermost first.
   *
   * @type {Block[]}
   */
  containers = [];
  /**
   * The block that takes text; a row's table is behind it.
   *
   * @type {Block | null}
   */
  leaf = null;
  /**
   * The last line was blank: the index of the innermost quote that it belonged to, -1 outside of quotes. null: it was
   * not.
   *
   * @type {number | null}
   */
  blankIn = null;
  #sink;
  #root = newBlock("root", null);

  /** @param {BlockSink} sink */
  constructor(sink) {
    this.#sink = sink;
    sink.opened(this.#root);
  }

  /** @returns {Block} where a new block would be */
  get innermost() {
    return this.containers.at(-1) ?? this.#root;
  }

  /** @param {string} text for the leaf, if there is one */
  grow(text) {
    if (this.leaf === null) return;
    this.leaf.text += text;
    this.#sink.changed(this.leaf);
  }

  /**
   * @param {"quote" | "list" | "item"} kind
   * @param {Partial<Block>} properties
   */
  openContainer(kind, properties) {
    this.containers.push(this.#open(kind, properties, this.innermost));
  }

  /**
   * @param {Block["kind"]} kind
   * @param {Partial<Block>} properties
   * @param {Block} [parent]
   */
  openLeaf(kind, properties, parent = this.innermost) {
    this.leaf = this.#open(kind, properties, parent);
    if (this.leaf.text !== "") this.#sink.changed(this.leaf);
  }

  /** @param {number} kept how many containers stay open */
  closeTo(kept) {
    while (this.leaf !== null) this.closeLeaf();
    while (this.containers.length > kept) this.#close(/** @type {Block} */ (this.containers.pop()));
  }

  /** A row's table is the leaf again. A paragraph without text was none. */
  closeLeaf() {
    if (this.leaf === null) return;
    if (this.leaf.kind === "paragraph") this.takeDefinitions();
    if (this.leaf.kind === "paragraph" && this.leaf.text.trim() === "") {
      this.dropLeaf();
    } else {
      const leaf = this.leaf;
      this.leaf = leaf.kind === "row" ? leaf.parent : null;
      this.#close(leaf);
    }
  }

  /** The leaf was no block. */
  dropLeaf() {
    const { leaf } = this;
    if (leaf === null) return;
    this.leaf = null;
    leaf.isOpen = false;
    if (leaf.parent !== null) leaf.parent.count -= 1;
    this.#sink.removed(leaf);
  }

  /** Takes the definitions away that the open paragraph begins with. */
  takeDefinitions() {
    const { leaf } = this;
    if (!leaf?.text.startsWith("[")) return;
    const { definitions, rest } = takeDefinitions(leaf.text);
    if (definitions.length === 0) return;
    definitions.forEach((definition) => this.#sink.defined(definition));
    leaf.text = rest;
    this.#sink.changed(leaf);
  }

  /** Takes the last line away from the open paragraph, and closes what is left of it. */
  takeLastLine() {
    const { leaf } = this;
    if (leaf === null) return;
    const end = leaf.text.lastIndexOf("\n");
    if (end === -1) {
      this.dropLeaf();
    } else {
      leaf.text = leaf.text.slice(0, end);
      this.#sink.changed(leaf);
      this.closeLeaf();
    }
  }

  /**
   * @param {Block["kind"]} kind
   * @param {Partial<Block>} properties
   * @param {Block} parent
   */
  #open(kind, properties, parent) {
    const list = parent.kind === "item" ? parent.parent : parent.kind === "list" ? parent : null;
    const isApart = this.blankIn !== null && this.blankIn < this.containers.length && parent.count > 0;
    if (list && isApart && !list.isLoose) {
      list.isLoose = true;
      this.#sink.loosened(list);
    }
    this.blankIn = null;
    const block = newBlock(kind, parent, properties);
    parent.count += 1;
    this.#sink.opened(block);
    return block;
  }

  /** @param {Block} block */
  #close(block) {
    block.isOpen = false;
    this.#sink.closed(block);
  }
}
