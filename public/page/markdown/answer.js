import { BlockParser } from "./block-parser.js";
import { CodeBlock } from "./code-block.js";
import { element } from "./element.js";
import { InlineRenderer } from "./inline.js";
import { ListView } from "./list-view.js";
import { Outline } from "./outline.js";
import { Parts } from "./parts.js";
import { References } from "./references.js";
import { TableView } from "./table-view.js";
import { HeadingView, ParagraphView } from "./text-view.js";

/**
 * @typedef {import("./block.js").Block} Block
 * @typedef {import("./text-block.js").Piece} Piece
 */

/**
 * One answer as elements. A block gets its element when it begins and keeps it; when it is closed, the element is
 * never touched again, but for texts with a reference that is defined later, and for a list that becomes loose (a class
 * on the list).
 */
export class Answer {
  #parser;
  #inline;
  #references = new References();
  #outline = new Outline();
  #highlighter;
  #parts;
  /** Blocks whose text is newer than their element. */
  #dirty = /** @type {Set<Block>} */ (new Set());
  /** Texts with a label that has been defined. */
  #outdated = /** @type {Set<Piece>} */ (new Set());
  /** What has been done: characters given to the inline parser, elements made. */
  work = { parsed: 0, blocks: 0 };

  /**
   * @param {HTMLElement} node
   * @param {import("./libraries.js").Libraries} libraries
   */
  constructor(node, libraries) {
    this.#inline = new InlineRenderer(libraries, this.#references);
    this.#parts = new Parts(node);
    this.#highlighter = libraries.highlighter;
    this.#parser = new BlockParser({
      opened: (block) => this.#open(block),
      changed: (block) => this.#dirty.add(block),
      closed: (block) => {
        if (block.kind === "code") this.#dirty.add(block);
      },
      removed: (block) => this.#remove(block),
      loosened: (list) => list.view.loosen(),
      defined: (definition) => {
        for (const piece of this.#references.define(definition)) this.#outdated.add(piece);
      },
    });
  }

  /** @param {string} piece */
  append(piece) {
    this.#parser.append(piece);
  }

  finish() {
    this.#parser.finish();
  }

  /**
   * Brings the elements up to date.
   *
   * @param {() => boolean} isTimeUp asked after each block; what is left is shown by the next call
   * @returns {boolean} everything is shown
   */
  render(isTimeUp) {
    for (const block of this.#dirty) {
      this.#dirty.delete(block);
      this.work.parsed += block.view.show(block);
      if (isTimeUp()) return false;
    }
    for (const piece of this.#outdated) {
      this.#outdated.delete(piece);
      this.work.parsed += piece.renderAgain();
      if (isTimeUp()) return false;
    }
    return true;
  }

  /** @param {Block} block */
  #open(block) {
    this.work.blocks += 1;
    this.#parts.weigh();
    const { kind, parent } = block;
    if (kind === "row") {
      block.view = parent?.view.row(block);
    } else if (parent !== null) {
      block.view = this.#newView(block);
      const container = parent.kind === "root" ? this.#parts : parent.kind === "list" ? parent.view : parent.view.node;
      container.append(block.view.node);
    }
  }

  /** @param {Block} block */
  #newView(block) {
    const parts = block.parent?.kind === "root" ? this.#parts : null;
    switch (block.kind) {
      case "quote":
        return { node: element("blockquote") };
      case "list":
        return new ListView(block, parts);
      case "item":
        return { node: element("li") };
      case "rule":
        return { node: element("hr") };
      case "heading":
        return new HeadingView(this.#outline.place(block.level), this.#inline);
      case "code":
        return new CodeBlock(block.info, this.#highlighter);
      case "table":
        return new TableView(block, this.#inline, parts);
      default:
        return new ParagraphView(block, this.#inline);
    }
  }

  /** @param {Block} block */
  #remove(block) {
    this.#dirty.delete(block);
    block.view.remove();
  }
}
