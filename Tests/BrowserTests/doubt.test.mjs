import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Doubt } from "../../public/page/doubt.js";

let now;
let told;
let doubt;
beforeEach(() => {
  mock.reset();
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  now = 1000;
  mock.method(performance, "now", () => now);
  told = [];
  doubt = new Doubt((isAsking) => told.push(isAsking));
});

function wait(ms) {
  now += ms;
  mock.timers.tick(ms);
}

test("the second press is certain", () => {
  assert.equal(doubt.press(), false);
  wait(1000);
  assert.equal(doubt.press(), true);
  assert.deepEqual(told, [true, false]);
});

test("a double click is one press", () => {
  doubt.press();
  wait(150);
  assert.equal(doubt.press(), false);
  assert.deepEqual(told, [true]);
});

test("a press that is long ago is forgotten", () => {
  doubt.press();
  wait(5000);
  assert.deepEqual(told, [true, false]);
  assert.equal(doubt.press(), false);
});

test("what is left asks for nothing", () => {
  doubt.leave();
  assert.deepEqual(told, []);
  doubt.press();
  doubt.leave();
  wait(5000);
  assert.deepEqual(told, [true, false]);
});
