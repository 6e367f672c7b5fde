import assert from "node:assert/strict";
import { test } from "node:test";
import { isNameOnly } from "../../public/page/picture-sources.js";

const PASTED = [{ name: "image.png" }];
const COPIED = [{ name: "A river.png" }, { name: "lake.jpeg" }];

test("a copied picture, and copied files by name or path, are pictures", () => {
  for (const text of ["", " \n"]) assert.ok(isNameOnly(text, PASTED), text);
  const names = ["A river.png\rlake.jpeg", "A river\nlake", "/home/me/A river.png\r\n/home/me/lake.jpeg\r\n"];
  for (const text of names) assert.ok(isNameOnly(text, COPIED), text);
});

test("words with a picture of them are words", () => {
  for (const text of ["Year\tRain\n2024\t812\n", "river", "A river.png, and others", "A river.png\nsomething else"]) {
    assert.ok(!isNameOnly(text, PASTED), text);
    assert.ok(!isNameOnly(text, COPIED), text);
  }
});
