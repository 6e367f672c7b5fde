import assert from "node:assert/strict";
import { test } from "node:test";
import { Emitter } from "../../public/client/emitter.js";

test("what a listener makes happen is told once all have heard of what it was told", () => {
  const emitter = new Emitter();
  const heard = [];
  emitter.on("a", () => emitter.emit("b", 1));
  emitter.on("a", (event) => heard.push(["a", event]));
  emitter.on("b", (event) => heard.push(["b", event]));
  emitter.emit("a", 0);
  assert.deepEqual(heard, [["a", 0], ["b", 1]]);
});

test("who stops listening hears no more, also of what is being told", () => {
  const emitter = new Emitter();
  const heard = [];
  emitter.on("a", () => stop());
  const stop = emitter.on("a", () => heard.push("stopped"));
  emitter.on("a", () => emitter.on("a", () => heard.push("new")));
  emitter.emit("a");
  assert.deepEqual(heard, []);
  emitter.emit("a");
  assert.deepEqual(heard, ["new"]);
});

test("a pause puts off what is told, in its order", () => {
  const emitter = new Emitter();
  const heard = [];
  emitter.on("a", (event) => heard.push(event));
  emitter.pause();
  for (const event of [1, 2]) emitter.emit("a", event);
  assert.deepEqual(heard, []);
  emitter.resume();
  emitter.emit("a", 3);
  assert.deepEqual(heard, [1, 2, 3]);
});
