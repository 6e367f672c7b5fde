import assert from "node:assert/strict";
import { test } from "node:test";
import { asked, joined, text, welcome } from "./kit/frames.mjs";
import { World } from "./kit/world.mjs";

const DELTAS = 50_000;

test("a delta costs the same at the end of a long answer as at its beginning, also with a reader", (context) => {
  const world = new World();
  const session = world.joined();
  world.socket.say(asked("a", 1, "hi"));
  const request = session.request("a");
  const iterator = request[Symbol.asyncIterator]();
  let isChanged = false;
  let reads = 0;
  session.subscribe(() => (isChanged = true));
  const messages = Array.from(
    { length: DELTAS }, (_, index) => JSON.stringify(text("a", 2 + index, 1 + index, "abcd")));
  const costs = [];
  let drawnAt = performance.now();
  for (let tenth = 0; tenth < 10; tenth += 1) {
    const began = performance.now();
    for (const data of messages.slice((tenth * DELTAS) / 10, ((tenth + 1) * DELTAS) / 10)) {
      world.socket.onmessage({ data });
      if (!isChanged || performance.now() - drawnAt < 16) continue;
      drawnAt = performance.now();
      reads += session.getSnapshot().messages.at(-1).content.length > 0 ? 1 : 0;
      isChanged = false;
    }
    costs.push(((performance.now() - began) * 1000) / (DELTAS / 10));
  }
  const mean = costs.reduce((sum, cost) => sum + cost) / costs.length;
  context.diagnostic(
    `${mean.toFixed(1)} µs a delta, ${reads} snapshots; by tenths: ${costs.map((cost) => cost.toFixed(1)).join(" ")}`);
  assert.equal(request.text.length, DELTAS * 4);
  // Were it to copy what it has, the last tenth would cost twenty times the first; a busy machine must not fail it.
  const [median] = costs.slice(5).sort((a, b) => a - b).slice(2);
  assert.ok(median < 5 * Math.max(5, costs[1]), `${median} µs, at first ${costs[1]} µs`);
  return iterator.return();
});

test("a question costs no more in a long conversation than its length", () => {
  // Ten times as long, so about ten times as much; were each turn looked for among the others, a hundred times.
  const ratios = [1, 2, 3].map(() => {
    const [short, long] = [4_000, 40_000].map(costOfAQuestion);
    return long / Math.max(short, 200);
  });
  // A busy machine spoils one measurement, but hardly each.
  assert.ok(Math.min(...ratios) < 40, `times as much: ${ratios.map((ratio) => ratio.toFixed(1)).join(" ")}`);
});

/**
 * The CPU time that a question of another tab takes, in microseconds, behind so many turns.
 * @param {number} length
 */
function costOfAQuestion(length) {
  const world = new World();
  const session = world.client.session("s");
  const messages = Array.from({ length }, (_, index) => (
    { request: `r${index}`, role: "assistant", content: "", status: "ended", at: index }));
  world.socket.say(welcome());
  world.answerJoin(joined("e", 0, { messages, requests: [] }));
  const costs = [1, 2, 3, 4, 5].map((seq) => {
    const before = process.cpuUsage();
    world.socket.say(asked(`a${seq}`, seq, "hi"));
    const { user, system } = process.cpuUsage(before);
    return user + system;
  });
  assert.equal(session.turns.length, length + 5);
  return Math.min(...costs);
}
