import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { ScrollAnchor } from "../../public/page/scroll-anchor.js";

let resized;
globalThis.ResizeObserver = class {
  constructor(listener) {
    resized = listener;
  }

  observe() {}
};

/** A window of 400 pixels on a content of some height; `scroll` is the reader's hand, and its event comes at once. */
class Scroller extends EventTarget {
  clientHeight = 400;
  scrollHeight = 1000;
  #top = 600;

  get scrollTop() {
    return this.#top;
  }

  set scrollTop(top) {
    this.#top = Math.max(0, Math.min(top, this.scrollHeight - this.clientHeight));
  }

  scroll(by) {
    this.scrollTop += by;
    this.dispatchEvent(new Event("scroll"));
  }

  grow(by) {
    this.scrollHeight += by;
    this.scrollTop = this.#top;
    resized();
  }

  get distance() {
    return this.scrollHeight - this.scrollTop - this.clientHeight;
  }
}

let scroller;
beforeEach(() => {
  scroller = new Scroller();
  new ScrollAnchor(scroller, new EventTarget(), Object.assign(new EventTarget(), { hidden: true }));
  resized();
});

test("the end stays in sight while it grows", () => {
  scroller.grow(50);
  scroller.scroll(0);
  assert.equal(scroller.distance, 0);
});

test("whoever scrolls up slowly while it grows is not pulled back", () => {
  scroller.grow(50);
  scroller.scroll(-10);
  const { scrollTop } = scroller;
  scroller.grow(50);
  assert.equal(scroller.scrollTop, scrollTop);
  scroller.scroll(-10);
  assert.equal(scroller.scrollTop, scrollTop - 10);
});

test("whoever comes near the end again is taken along", () => {
  scroller.scroll(-200);
  scroller.grow(10);
  assert.equal(scroller.distance, 210);
  scroller.scroll(100);
  scroller.grow(10);
  assert.equal(scroller.distance, 120);
  scroller.scroll(60);
  scroller.grow(10);
  assert.equal(scroller.distance, 0);
});

test("a content that shrinks for a moment lets nobody go", () => {
  scroller.grow(-100);
  scroller.scrollHeight += 50;
  scroller.scroll(0);
  scroller.grow(50);
  assert.equal(scroller.distance, 0);
  scroller.scrollHeight -= 300;
  scroller.scrollTop = 600;
  scroller.scrollHeight += 100;
  scroller.scroll(0);
  scroller.grow(10);
  assert.equal(scroller.distance, 0, "nor one that grows again before anybody looks");
});
