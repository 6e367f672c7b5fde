import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { SystemPrompt } from "../../public/page/system-prompt.js";
import { turnOf } from "./kit/turns.mjs";

const unknown = { turns: [], truncated: 0, isJoined: false };
const empty = { turns: [], truncated: 0, isJoined: true };
const full = { turns: [turnOf("r1")], truncated: 0, isJoined: true };

let prompt;
beforeEach(() => (prompt = new SystemPrompt()));

test("nothing is said of a chat that is not here yet", () => {
  prompt.take(unknown);
  assert.equal(prompt.words, "");
  assert.equal(prompt.take(empty), true, "that it is here is news");
  assert.match(prompt.words, /first message/);
  prompt.take({ ...empty, isJoined: false });
  assert.match(prompt.words, /first message/, "a lost connection takes back nothing");
});

test("what is written stays with the chat it was written for", () => {
  prompt.take(unknown);
  prompt.write(" Pirate. ");
  prompt.take(full);
  assert.equal(prompt.value, "Pirate.");
  assert.match(prompt.words, /sent anew/);
  prompt.changeChat({ from: "a", to: "b", isNew: false });
  assert.equal(prompt.value, "");
  prompt.changeChat({ from: "b", to: "a", isNew: false });
  prompt.take(full);
  assert.equal(prompt.value, "Pirate.", "and is there again");
});

test("what was carried into a new chat is not kept as written for it", () => {
  prompt.take(empty);
  prompt.write("Pirate.");
  prompt.changeChat({ from: "a", to: "b", isNew: true });
  assert.equal(prompt.value, "Pirate.");
  prompt.changeChat({ from: "b", to: "c", isNew: false });
  prompt.changeChat({ from: "c", to: "b", isNew: false });
  assert.equal(prompt.value, "");
  prompt.changeChat({ from: "b", to: "a", isNew: false });
  assert.equal(prompt.value, "Pirate.");
});

test("what was carried along is written for this chat once somebody writes in it, or asks under it", () => {
  for (const makeItsOwn of [() => prompt.write("Pirate!"), () => prompt.asked()]) {
    prompt.carry("Pirate.");
    assert.deepEqual([prompt.value, prompt.written, prompt.carried], ["Pirate.", null, "Pirate."]);
    makeItsOwn();
    assert.deepEqual([prompt.written, prompt.carried], [prompt.value, null]);
  }
});

test("what was written for other chats is bounded", () => {
  for (let chat = 0; chat < 22; chat++) {
    prompt.take(full);
    prompt.write(`prompt ${chat}`);
    prompt.changeChat({ from: `s${chat}`, to: `s${chat + 1}`, isNew: false });
  }
  const back = (chat) => {
    prompt.changeChat({ from: "x", to: `s${chat}`, isNew: false });
    return prompt.value;
  };
  assert.deepEqual([back(1), back(21)], ["", "prompt 21"]);
});

test("what is written comes along into a new chat", () => {
  prompt.take(empty);
  prompt.write("Pirate.");
  prompt.changeChat({ from: "a", to: "b", isNew: true });
  prompt.take(unknown);
  prompt.take({ ...empty, turns: [] });
  assert.equal(prompt.value, "Pirate.");
  prompt.asked();
  prompt.take({ ...full, turns: [turnOf("r1", { status: "running" })] });
  assert.equal(prompt.value, "Pirate.", "its own question is no other's");
});

test("a chat that turns out to have messages is not put under another chat's prompt", () => {
  prompt.take(empty);
  prompt.write("Pirate.");
  prompt.changeChat({ from: "a", to: "b", isNew: true });
  prompt.take(unknown);
  assert.equal(prompt.value, "Pirate.");
  prompt.take(full);
  assert.equal(prompt.value, "");
  assert.match(prompt.words, /has none/);
});

test("a chat of which something is missing stays under its own", () => {
  prompt.write("Pirate.");
  prompt.take({ ...full, truncated: 2 });
  assert.equal(prompt.canChange, false);
  assert.equal(prompt.value, "");
});

test("while its question is under way, a chat is under its prompt, which stays where the question is refused", () => {
  prompt.take(empty);
  prompt.write("Pirate.");
  prompt.asked();
  const asked = turnOf("r1", { prompts: [{ role: "system", content: "Pirate." }, { role: "user", content: "x" }] });
  prompt.take({ ...full, turns: [{ ...asked, status: "running" }] });
  assert.equal(prompt.value, "Pirate.");
  assert.match(prompt.words, /is under it/);
  prompt.take({ ...full, turns: [{ ...asked, status: "failed", isLocal: true }] });
  assert.equal(prompt.value, "Pirate.");
});

test("another tab sees the prompt of a question that is under way", () => {
  const asked = turnOf("r1", { prompts: [{ role: "system", content: "Pirate." }, { role: "user", content: "x" }] });
  prompt.take({ ...full, turns: [{ ...asked, status: "running" }] });
  assert.equal(prompt.value, "Pirate.");
  assert.match(prompt.words, /is under it/);
});
