import assert from "node:assert/strict";
import { test } from "node:test";
import { draftOf, isSame, joined, noDraft } from "../../public/page/draft.js";

const picture = (url) => ({ type: "image_url", image_url: { url } });
const DOT = "data:image/png;base64,AA==";
const LINE = "data:image/png;base64,BB==";

test("a question is written anew with its pictures", () => {
  const { text, pictures } = draftOf([{ type: "text", text: "What?" }, picture(DOT)]);
  assert.deepEqual([text, pictures.addresses], ["What?", [DOT]]);
  assert.equal(draftOf("What?").text, "What?");
  assert.ok(draftOf("What?").pictures.isEmpty);
});

test("two of them become one, in order", () => {
  const both = joined(draftOf([{ type: "text", text: "One" }, picture(DOT)]), draftOf([picture(LINE)]));
  assert.deepEqual([both.text, both.pictures.addresses], ["One", [DOT, LINE]]);
  assert.equal(joined(draftOf("One"), draftOf("Two")).text, "One\n\nTwo");
  assert.equal(joined(noDraft(), draftOf("Two")).text, "Two");
});

test("they are the same where text and pictures are", () => {
  const asked = [{ type: "text", text: "One" }, picture(DOT)];
  assert.ok(isSame(draftOf(asked), draftOf(asked)));
  assert.ok(!isSame(draftOf(asked), draftOf("One")));
  assert.ok(!isSame(draftOf("One"), draftOf("Two")));
  assert.ok(!isSame(draftOf([picture(DOT)]), draftOf([picture(LINE)])));
});
