import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { MarkdownView } from "../../public/page/markdown/markdown-view.js";

let frames;
let drawn;
beforeEach(() => {
  [frames, drawn] = [[], 0];
  globalThis.requestAnimationFrame = (draw) => frames.push(draw);
  globalThis.document = {
    createTextNode: () => ({ appendData() {} }),
    createElement: () => ({ append() {} }),
  };
});

/** A view that shows plain text in an element that takes everything. */
const newView = () => new MarkdownView(
  { replaceChildren() {}, append() {}, classList: { add() {}, remove() {} } },
  { rendered: () => (drawn += 1) });

test("a text is drawn in the next frame", () => {
  const view = newView();
  view.show("One.");
  for (const draw of frames.splice(0)) draw();
  assert.equal(drawn, 1);
  assert.equal(view.isSettled, true);
});

test("what has been left is drawn no more, neither what is due nor what still comes", () => {
  const view = newView();
  view.show("One.");
  view.leave();
  for (const draw of frames.splice(0)) draw();
  view.show("One. Two.");
  assert.equal(drawn, 0);
  assert.equal(frames.length, 0);
});
