import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Tray } from "../../public/page/tray.js";

const ROOM = 8 * 1024 * 1024;
/** Files are strings here; whoever reads one waits until it `arrives`, or fails. */
let reading;
const page = {
  read: (file) => new Promise((resolve, reject) => reading.set(file, { resolve, reject })),
  room: () => ROOM,
};
beforeEach(() => (reading = new Map()));

const settled = () => new Promise(setImmediate);

async function arrives(file, address = `data:${file}`) {
  await settled();
  reading.get(file).resolve(address);
  await settled();
}

test("pictures are here in their order when they have been read", async () => {
  const tray = new Tray(["data:first"]);
  const added = tray.add(["a", "b"], page);
  assert.deepEqual([tray.isReading, tray.isEmpty], [true, false]);
  await arrives("a");
  assert.equal(tray.isReading, true);
  await arrives("b");
  assert.equal(await added, tray);
  assert.equal(tray.isReading, false);
  assert.deepEqual(tray.addresses, ["data:first", "data:a", "data:b"]);
});

test("a tray to which something is still to come is not empty", async () => {
  const tray = new Tray();
  assert.equal(tray.isEmpty, true);
  const added = tray.add(["a"], page);
  assert.equal(tray.isEmpty, false);
  await settled();
  reading.get("a").reject(new Error("This file cannot be read."));
  await added;
  assert.equal(tray.isEmpty, true);
  assert.equal(tray.slip, "This file cannot be read.");
});

test("what was being read for a tray that another took over is read for that", async () => {
  const [edited, draft, other] = [new Tray(["data:edited"]), new Tray(["data:draft"]), new Tray()];
  const added = draft.add(["late"], page);
  edited.take(draft);
  assert.equal(edited.isReading, true);
  other.take(edited);
  await arrives("late");
  assert.equal(await added, other);
  assert.equal(other.isReading, false);
  assert.deepEqual(other.addresses, ["data:edited", "data:draft", "data:late"]);
});

test("what cannot go any more is not read", async () => {
  const read = [];
  const readAtOnce = async (file) => {
    read.push(file);
    if (file === 3) throw new Error("This file cannot be read.");
    return `data:${file}`;
  };
  const tray = new Tray(["data:first"]);
  await tray.add(Array(1000).keys(), { ...page, read: readAtOnce });
  assert.equal(tray.addresses.length, 8);
  assert.deepEqual(read, [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.match(tray.slip, /8 pictures/);
});

test("what could not be read of one lot is told though another was added meanwhile", async () => {
  const tray = new Tray();
  const one = tray.add(["broken", "a"], page);
  await settled();
  reading.get("broken").reject(new Error("This file cannot be read."));
  await settled();
  const other = tray.add(["b"], page);
  await arrives("a");
  await one;
  assert.equal(tray.slip, "This file cannot be read.");
  await arrives("b");
  await other;
  assert.deepEqual(tray.addresses, ["data:a", "data:b"]);
  await tray.add([], page);
  assert.equal(tray.slip, "", "the next one begins without");
});

test("no more go with a message than a server takes", async () => {
  const tray = new Tray();
  const added = tray.add([..."abcdefghi"], page);
  for (const file of "abcdefgh") await arrives(file);
  await added;
  assert.equal(tray.addresses.length, 8);
  assert.match(tray.slip, /8 pictures/);
  tray.remove(0);
  const more = tray.add(["large"], page);
  assert.equal(tray.slip, "");
  await arrives("large", "x".repeat(ROOM));
  await more;
  assert.equal(tray.addresses.length, 7);
  assert.match(tray.slip, /so much/);
});
