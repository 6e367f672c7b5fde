import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const css = readFileSync(new URL("../../public/page/markdown/markdown.css", import.meta.url), "utf8");

/** The colours of a custom property: `[light, dark]`. */
function colours(name) {
  const [, light, dark] = new RegExp(`--md-${name}: .*light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(css);
  return [light, dark];
}

function luminance(colour) {
  const [red, green, blue] = [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

test("everything in code has a contrast of 4.5 to its ground, by day and by night", () => {
  const ground = colours("code");
  for (const name of ["ink", "soft", "link", "comment", "keyword", "string", "number", "name", "type", "mark"]) {
    colours(name).forEach((colour, scheme) => {
      const measured = contrast(colour, ground[scheme]);
      assert.ok(measured >= 4.5, `${name} ${colour} on ${ground[scheme]}: ${measured.toFixed(2)}`);
    });
  }
});

test("no rule needs an inline style, and none loads anything", () => {
  assert.doesNotMatch(css, /url\(|@import/);
});
