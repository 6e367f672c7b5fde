import { element } from "./elements.js";

const SVG = "http://www.w3.org/2000/svg";

/** A stream that flows: an answer is under way. For eyes only. */
export function riverNode() {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 84 16");
  svg.setAttribute("preserveAspectRatio", "none");
  path.setAttribute("d", "M-7 8q7-9 14 0t14 0 14 0 14 0 14 0 14 0 14 0");
  svg.append(path);
  return element("span", { className: "stream", "aria-hidden": true }, svg);
}
