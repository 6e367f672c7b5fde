import assert from "node:assert/strict";
import { test } from "node:test";
import { Backoff } from "../../public/client/backoff.js";

test("waits double up to the cap", () => {
  const backoff = new Backoff({ first: 100, cap: 1000, random: () => 1 });
  assert.deepEqual([1, 2, 3, 4, 5, 6].map(() => backoff.next()), [100, 200, 400, 800, 1000, 1000]);
});

test("jitter takes up to half of a wait away, and never more", () => {
  const least = new Backoff({ first: 100, cap: 1000, random: () => 0 });
  assert.deepEqual([1, 2, 3].map(() => least.next()), [50, 100, 200]);
  const real = new Backoff({ first: 1000 });
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const wait = real.next();
    assert.ok(wait >= 500 && wait <= 30_000, String(wait));
  }
});

test("a success starts over", () => {
  const backoff = new Backoff({ first: 100, random: () => 1 });
  backoff.next();
  backoff.next();
  backoff.reset();
  assert.equal(backoff.next(), 100);
});

test("ten thousand failures still give a finite wait", () => {
  const backoff = new Backoff({ random: () => 1 });
  for (let attempt = 0; attempt < 10_000; attempt += 1) backoff.next();
  assert.equal(backoff.next(), 30_000);
});
