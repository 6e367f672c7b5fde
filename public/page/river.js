const SVG = "http://www.w3.org/2000/svg";

/** A stream that flows: an answer is under way. For eyes only. */
export function riverNode() {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("class", "icon stream");
  svg.setAttribute("viewBox", "0 0 44 16");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", "M2 8c5-5 9-5 13 0s8 5 13 0 9-5 13 0");
  svg.append(path);
  return svg;
}
