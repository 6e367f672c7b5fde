/** Makes an element: `element("p", {className: "note"}, "text", child)`. Strings become text nodes, never markup. */
export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/**
 * An element that shows a text which only grows: each call adds a text node with what is new, and leaves what the
 * browser has already laid out alone.
 */
export class GrowingText {
  #shown = 0;

  constructor(node) {
    this.node = node;
  }

  show(text) {
    if (text.length <= this.#shown) return;
    this.node.append(text.slice(this.#shown));
    this.#shown = text.length;
  }

  /** Nothing more will come: the pieces become one text node. */
  finish() {
    this.node.normalize();
  }
}
