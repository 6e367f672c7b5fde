import assert from "node:assert/strict";
import { test } from "node:test";
import { draftOf } from "../../public/page/draft.js";
import { Edit } from "../../public/page/edit.js";

const DOT = { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } };
const ONE = [{ type: "text", text: "One?" }, DOT];

test("an edit that changed nothing leaves what was being written before", () => {
  const edit = new Edit("r1", ONE, draftOf("Half a question"));
  assert.equal(edit.isChanged(draftOf(ONE)), false);
  assert.equal(edit.textLeft(draftOf(ONE)), "Half a question");
  assert.equal(edit.left(draftOf(ONE)), edit.before);
});

test("a question from elsewhere is not changed by a field, which ends its lines in its own way", () => {
  const edit = new Edit("r1", "One,\r\ntwo\rthree?", draftOf(""));
  assert.equal(edit.isChanged(draftOf("One,\ntwo\nthree?")), false);
  assert.equal(edit.isChanged(draftOf("One,\n\ntwo\nthree?")), true);
});

test("what was changed goes before it, pictures, too", () => {
  const edit = new Edit("r1", ONE, draftOf("Half a question"));
  const written = draftOf([{ type: "text", text: "Uno?" }, DOT]);
  assert.equal(edit.isChanged(written), true);
  assert.equal(edit.isChanged(draftOf("One?")), true, "the picture is gone");
  assert.equal(edit.textLeft(written), "Uno?\n\nHalf a question");
  const { text, pictures } = edit.left(written);
  assert.deepEqual([text, pictures.addresses], ["Uno?\n\nHalf a question", [DOT.image_url.url]]);
});
