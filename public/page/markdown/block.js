/**
 * One block. `text` is that of a paragraph, a heading, a row or a piece of code: it only grows while the block is open,
 * but for a paragraph that loses its last line to a table, or its first ones because they were definitions. `count` is
 * how many blocks it holds.
 *
 * @typedef {{
 *   kind: "root" | "quote" | "list" | "item" | "paragraph" | "heading" | "rule" | "code" | "table" | "row",
 *   parent: Block | null, count: number, text: string, isOpen: boolean, view: any,
 *   level: number, isUnderlined: boolean,
 *   type: string, start: number | null, isLoose: boolean, indent: number,
 *   isFenced: boolean, mark: string, length: number, info: string, lines: number, blanks: string[],
 *   align: string[],
 * }} Block `level` and `isUnderlined` of a heading; `type` (the marker's last character), `start` (null: bullets) and
 *   `isLoose` of a list; `indent` of an item's content or of a fence, in columns; from `isFenced` on of code (`blanks`:
 *   blank lines that belong to it if more code follows); `align` of a table's columns
 */

/**
 * @param {Block["kind"]} kind
 * @param {Block | null} parent
 * @param {Partial<Block>} [properties]
 * @returns {Block}
 */
export function newBlock(kind, parent, properties = {}) {
  return {
    text: "", isOpen: true, count: 0, view: null,
    level: 0, isUnderlined: false,
    type: "", start: null, isLoose: false, indent: 0,
    isFenced: false, mark: "", length: 0, info: "", lines: 0, blanks: [],
    align: [],
    ...properties,
    kind,
    parent,
  };
}
