import assert from "node:assert/strict";
import { test } from "node:test";
import { fragmentOf, sessionIn } from "../../public/page/address.js";

test("a session survives the page's address, in today's form and in the older one", () => {
  for (const id of ["Zk3vQ-_.:9", "x".repeat(128)]) {
    assert.equal(sessionIn(fragmentOf(id)), id);
    assert.equal(sessionIn(`#s=${id}`), id);
  }
  assert.equal(fragmentOf("abc"), "#abc");
});

test("a fragment that names no session, or none that is allowed, is none", () => {
  for (const fragment of ["", "#", "#s=", "#a b", "#a/b", "#x=1", "#%41", `#${"x".repeat(129)}`]) {
    assert.equal(sessionIn(fragment), null, fragment);
  }
});
