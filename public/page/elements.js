/**
 * Makes an element: `element("p", {className: "note"}, "text", child)`. Strings become text nodes, never markup.
 * Properties are set as properties; those of `dataset` and those that begin with `aria-` or are `role` as attributes.
 *
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, unknown>} [properties]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "dataset") Object.assign(made.dataset, value);
    else if (key === "role" || key.startsWith("aria-")) made.setAttribute(key, String(value));
    else /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (made))[key] = value;
  }
  made.append(...children);
  return made;
}

/**
 * A button. `label` is its text; with `isIconOnly` its name for ears alone.
 *
 * @param {string} label
 * @param {{ icon?: string, isIconOnly?: boolean, className?: string, onclick: () => void }} options
 */
export function button(label, { icon: name, isIconOnly = false, className = "", onclick }) {
  const made = element("button", { type: "button", onclick });
  made.className = isIconOnly ? `icon-button ${className}`.trim() : className;
  if (name !== undefined) made.append(icon(name));
  if (isIconOnly) {
    made.setAttribute("aria-label", label);
    made.title = label;
  } else {
    made.append(element("span", {}, label));
  }
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * A picture from the sprite in index.html; for eyes only.
 *
 * @param {string} name
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/**
 * The page's own element of that id. Throws where there is none, or one of another kind.
 *
 * @template {HTMLElement} Kind
 * @param {string} id
 * @param {new () => Kind} kind
 * @returns {Kind}
 */
export function byId(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`index.html has no ${kind.name} #${id}`);
  return found;
}

/**
 * @param {Node} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
