import assert from "node:assert/strict";
import { test } from "node:test";
import { isComposing } from "../../public/page/keys.js";

test("a key that an input method takes is told, in Safari too", () => {
  assert.equal(isComposing({ isComposing: true, keyCode: 13 }), true);
  assert.equal(isComposing({ isComposing: false, keyCode: 229 }), true);
  assert.equal(isComposing({ isComposing: false, keyCode: 13 }), false);
});
