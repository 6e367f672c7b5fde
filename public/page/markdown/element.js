/** Makes an element: `element("p", { className: "note" }, "text", child)`. Strings become text nodes, never markup. */
export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}
