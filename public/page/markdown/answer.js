import { element } from "./element.js";
import { BlockParser } from "./block-parser.js";
import { CodeBlock } from "./code-block.js";
import { InlineRenderer } from "./inline.js";
import { References } from "./references.js";
import { rowCells } from "./table-row.js";
import { TextBlock } from "./text-block.js";

/** The page has its own headings above an answer's. */
const FIRST_LEVEL = 3;
const LAST_LEVEL = 6;

const TASK = /^\[([ xX])\][ \t\n]+(?=\S)/;

/**
 * One answer as elements. A block gets its element when it begins and keeps it; when it is closed, the element is
 * never touched again, but for texts with a reference that is defined later, and for a list that becomes loose (which
 * is one class on the list).
 */
export class Answer {
  #parser;
  #inline;
  #references = new References();
  #highlighter;
  /** Blocks whose text is newer than their element. */
  #dirty = new Set();
  /** Texts with a label that has been defined. */
  #outdated = new Set();
  /** What has been done: characters given to the inline parser, elements made. */
  work = { parsed: 0, blocks: 0 };

  /**
   * @param {HTMLElement} node
   * @param {import("./libraries.js").Libraries} libraries
   */
  constructor(node, libraries) {
    this.#inline = new InlineRenderer(libraries, this.#references);
    this.#highlighter = libraries.highlighter;
    this.#parser = new BlockParser({
      opened: (block) => this.#open(block, node),
      changed: (block) => this.#dirty.add(block),
      closed: (block) => this.#close(block),
      removed: (block) => this.#remove(block),
      loosened: (list) => list.view.node.classList.add("md-loose"),
      defined: (definition) => {
        for (const text of this.#references.define(definition)) this.#outdated.add(text);
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
      this.#show(block);
      if (isTimeUp()) return false;
    }
    for (const text of this.#outdated) {
      this.#outdated.delete(text);
      if (text.node.isConnected) this.work.parsed += text.showAgain();
      if (isTimeUp()) return false;
    }
    return true;
  }

  #open(block, root) {
    this.work.blocks += 1;
    block.view = block.kind === "root" ? { node: root, content: root } : this.#view(block);
    block.parent?.view.content.append(block.view.node);
  }

  /** `node` is the block's element, `content` takes the blocks in it, `text` shows its text. */
  #view(block) {
    switch (block.kind) {
      case "quote":
        return container(element("blockquote"));
      case "list":
        return container(listElement(block));
      case "item":
        return container(element("li"));
      case "rule":
        return container(element("hr"));
      case "heading":
        return this.#textView(element(`h${Math.min(block.level + FIRST_LEVEL - 1, LAST_LEVEL)}`));
      case "code": {
        const code = new CodeBlock(block.info, this.#highlighter);
        return { node: code.node, content: code.node, text: code };
      }
      case "table":
        return tableView();
      case "row":
        return this.#rowView(block);
      default:
        return { ...this.#textView(element("p")), isTask: false, mayBeTask: isFirstInItem(block) };
    }
  }

  #textView(node) {
    return { node, content: node, text: new TextBlock(node, this.#inline) };
  }

  #rowView({ parent }) {
    const isHeader = parent.count === 1;
    const cells = parent.align.map((align) => {
      const cell = element(isHeader ? "th" : "td", isHeader ? { scope: "col" } : {});
      if (align !== "") cell.className = `md-${align}`;
      return new TextBlock(cell, this.#inline);
    });
    const node = element("tr", {}, ...cells.map((cell) => cell.node));
    if (!isHeader) return { node, content: node, cells };
    // The first row makes the head; the others go into the body behind it.
    const head = element("thead", {}, node);
    return { node: head, content: node, cells };
  }

  #show(block) {
    const { view, text } = block;
    if (block.kind === "row") {
      const texts = rowCells(text, view.cells.length);
      view.cells.forEach((cell, column) => (this.work.parsed += cell.show(texts[column])));
    } else if (block.kind === "code") {
      view.text.show(text);
      if (!block.isOpen) view.text.finish();
    } else if (block.kind === "heading") {
      this.work.parsed += view.text.show(headingText(block));
    } else {
      this.work.parsed += view.text.show(trimmedEnd(taskText(view, text)));
    }
  }

  #close(block) {
    if (block.view.text || block.view.cells) this.#dirty.add(block);
  }

  #remove(block) {
    this.#dirty.delete(block);
    block.view.node.remove();
  }
}

function container(node) {
  return { node, content: node };
}

function listElement({ start }) {
  if (start === null) return element("ul");
  const list = element("ol");
  if (start !== 1) list.start = start;
  return list;
}

function tableView() {
  const body = element("tbody");
  const table = element("table", {}, body);
  const node = element("div", { className: "md-table", tabIndex: 0 }, table);
  node.setAttribute("role", "region");
  node.setAttribute("aria-label", "Table");
  return { node, content: { append: (row) => (row.localName === "thead" ? body.before(row) : body.append(row)) } };
}

function isFirstInItem({ parent }) {
  return parent?.kind === "item" && parent.count === 1;
}

/** The text without the task's brackets; they become a checkbox that only shows. */
function taskText(view, text) {
  const task = view.mayBeTask ? TASK.exec(text) : null;
  if (task === null) return text;
  if (!view.isTask) {
    view.isTask = true;
    const isDone = task[1] !== " ";
    const box = element("input", { type: "checkbox", checked: isDone, disabled: true });
    box.setAttribute("aria-label", isDone ? "Done" : "Not done");
    view.node.prepend(box, " ");
    view.node.parentNode?.classList.add("md-task");
  }
  return text.slice(task[0].length);
}

/** Without the hashes that may close it. */
function headingText({ text, isUnderlined }) {
  const trimmed = text.trim();
  return isUnderlined ? trimmed : trimmed.replace(/(?:^|[ \t]+)#+$/, "");
}

function trimmedEnd(text) {
  return text.trimEnd();
}
