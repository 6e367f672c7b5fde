import { element } from "./element.js";
import { MAX_ENTRIES } from "./parts.js";
import { rowCells } from "./table-row.js";
import { TextBlock } from "./text-block.js";

/** One row of a table. */
class RowView {
  /**
   * As many as the row has: a short one is not filled up.
   *
   * @type {TextBlock[]}
   */
  #cells = [];

  #name;
  #align;
  #inline;
  node = element("tr");

  /**
   * @param {"th" | "td"} name
   * @param {string[]} align
   * @param {import("./inline.js").InlineRenderer} inline
   */
  constructor(name, align, inline) {
    this.#name = name;
    this.#align = align;
    this.#inline = inline;
  }

  /**
   * @param {import("./block.js").Block} block
   * @returns {number} how many characters had to be parsed
   */
  show({ text }) {
    const texts = rowCells(text, this.#align.length);
    while (this.#cells.length < texts.length) this.#addCell();
    return this.#cells.reduce((parsed, cell, column) => parsed + cell.show(texts[column] ?? ""), 0);
  }

  #addCell() {
    const cell = element(this.#name, this.#name === "th" ? { scope: "col" } : {});
    const side = this.#align[this.#cells.length];
    if (side !== "") cell.className = `md-${side}`;
    this.#cells.push(new TextBlock(cell, this.#inline));
    this.node.append(cell);
  }
}

/**
 * A table in a box of its own that scrolls sideways; a long one of the outermost level goes on in the next part, with
 * its header.
 */
export class TableView {
  #align;
  #inline;
  #parts;
  #body = element("tbody");
  #count = 0;
  /**
   * The first row.
   *
   * @type {import("./block.js").Block | null}
   */
  #header = null;

  /**
   * @param {import("./block.js").Block} block
   * @param {import("./inline.js").InlineRenderer} inline
   * @param {import("./parts.js").Parts | null} parts null: the table is within another block
   */
  constructor({ align }, inline, parts) {
    this.#align = align;
    this.#inline = inline;
    this.#parts = parts;
    this.node = tableElement(this.#body);
  }

  /**
   * A new row; the first one is the header.
   *
   * @param {import("./block.js").Block} block
   */
  row(block) {
    if (this.#header === null) {
      this.#header = block;
      return this.#newHeader();
    }
    if (this.#parts && this.#count > 0 && this.#count % MAX_ENTRIES === 0) this.#goOn(this.#parts);
    this.#count += 1;
    const row = new RowView("td", this.#align, this.#inline);
    this.#body.append(row.node);
    return row;
  }

  #newHeader() {
    const header = new RowView("th", this.#align, this.#inline);
    this.#body.before(element("thead", {}, header.node));
    return header;
  }

  /** @param {import("./parts.js").Parts} parts */
  #goOn(parts) {
    this.#body = element("tbody");
    parts.begin();
    parts.append(tableElement(this.#body));
    // The header's line is complete since the line after it.
    if (this.#header) this.#newHeader().show(this.#header);
  }
}

/** @param {HTMLElement} body */
function tableElement(body) {
  const node = element("div", { className: "md-table", tabIndex: 0 }, element("table", {}, body));
  node.setAttribute("role", "region");
  node.setAttribute("aria-label", "Table");
  return node;
}
