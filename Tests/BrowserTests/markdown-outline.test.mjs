import assert from "node:assert/strict";
import { test } from "node:test";
import { Outline } from "../../public/page/markdown/outline.js";

/** Where headings stand that are written with so many `#`, one after the other. */
function placed(...written) {
  const outline = new Outline();
  return written.map((level) => outline.place(level));
}

test("headings that leave nothing out stand as they were written, below the page's own", () => {
  assert.deepEqual(placed(1, 2, 3, 2, 3, 4, 1), [3, 4, 5, 4, 5, 6, 3]);
});

test("whatever the first one was written with, it stands right below the page's own", () => {
  assert.deepEqual(placed(3, 3, 4, 3), [3, 3, 4, 3]);
  assert.deepEqual(placed(6), [3]);
});

test("a level that was left out leaves no gap", () => {
  assert.deepEqual(placed(1, 4, 4, 2, 5), [3, 4, 4, 4, 5]);
});

test("one that is higher than the first stands beside it, and what follows below it", () => {
  assert.deepEqual(placed(3, 2, 3, 1, 2), [3, 3, 4, 3, 4]);
});

test("there are six levels", () => {
  assert.deepEqual(placed(1, 2, 3, 4, 5, 6), [3, 4, 5, 6, 6, 6]);
  assert.deepEqual(placed(1, 2, 3, 4, 5, 6, 5, 4, 3), [3, 4, 5, 6, 6, 6, 6, 6, 5]);
});

test("each stands one below another that came before it, at most", () => {
  let seed = 17;
  const chance = () => (seed = (seed * 16807) % 2147483647) % 6 + 1;
  for (let round = 0; round < 200; round++) {
    let last = 2;
    for (const level of placed(...Array.from({ length: 12 }, chance))) {
      assert.ok(level >= 3 && level <= 6 && level <= last + 1);
      last = level;
    }
  }
});
