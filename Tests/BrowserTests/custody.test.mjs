import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Custody } from "../../public/page/custody.js";
import { Unsent } from "../../public/page/unsent.js";
import { sessionOf } from "./kit/session.mjs";
import { freshStorages } from "./kit/storage.mjs";
import { turnOf } from "./kit/turns.mjs";

let unsent;
let custodies;
let session;
let back;
let withdrawn;
beforeEach(() => {
  freshStorages();
  unsent = new Unsent();
  custodies = new Set();
  session = chatOf();
  [back, withdrawn] = [[], []];
});

/** A session whose requests a test makes, changes and takes away. */
function chatOf() {
  const chat = sessionOf({
    id: "a",
    isJoined: false,
    known: new Map(),
    request: (id) => chat.known.get(id),
    subscribe: (listener) => chat.on("change", listener),
    becomes(id, fields) {
      const turn = turnOf(id, { ...chat.known.get(id)?.turn, ...fields });
      chat.known.set(id, { id, turn, status: turn.status, isOurs: turn.isOurs });
      return turn;
    },
  });
  const isOpen = ({ status }) => ["waiting", "accepted", "running"].includes(status);
  return Object.defineProperty(chat, "requests", { get: () => [...chat.known.values()].filter(isOpen) });
}

function custodyOf(chat = session) {
  const text = (draft) => [draft.text, draft.pictures.addresses.length];
  return new Custody(chat, {
    unsent,
    custodies,
    back: (draft) => back.unshift(text(draft)),
    withdrawn: (words) => withdrawn.push(words),
  });
}

const question = (text) => ({ status: "waiting", choices: [], prompts: [{ role: "user", content: text }] });
const DOT = { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } };

function ask(custody, id, content) {
  custody.keep(session.becomes(id, question(content)));
}

/** Stopped before they were sent: nobody knows them. */
function takeBack(...ids) {
  for (const id of ids) session.known.delete(id);
  session.tell("change");
}

test("what the server has is kept no more", () => {
  const custody = custodyOf();
  ask(custody, "r1", "One?");
  assert.deepEqual(unsent.requests("a"), ["r1"]);
  session.becomes("r1", { status: "accepted" });
  session.tell("change");
  assert.deepEqual([unsent.requests("a"), back], [[], []]);
});

test("what is not known any more is given back, in the order of asking", () => {
  const custody = custodyOf();
  ask(custody, "r1", "One?");
  ask(custody, "r2", "Two?");
  takeBack("r1", "r2");
  assert.deepEqual(back, [["One?", 0], ["Two?", 0]]);
  assert.deepEqual(unsent.requests("a"), []);
});

test("and so is what a reload left, once it is known that the server does not have it", () => {
  for (const [id, text] of [["r1", "One?"], ["r2", "Two?"]]) unsent.add("a", id, { text, pictures: { isEmpty: true } });
  const custody = custodyOf();
  custody.sort();
  assert.deepEqual(back, []);
  session.isJoined = true;
  session.tell("change");
  assert.deepEqual(back, [["One?", 0], ["Two?", 0]]);
});

test("more of them than are stored are given back whole", () => {
  const custody = custodyOf();
  const ids = Array.from({ length: 25 }, (_, index) => `r${index}`);
  for (const id of ids) ask(custody, id, [{ type: "text", text: id }, DOT]);
  assert.ok(unsent.requests("a").length < 25);
  takeBack(...ids);
  assert.deepEqual(back, ids.map((id) => [id, 1]));
});

test("a chat that is shown again knows what waits in it, stored or not", () => {
  for (let index = 0; index < 25; index++) session.becomes(`r${index}`, question(`question ${index}`));
  custodyOf();
  takeBack(...session.known.keys());
  assert.equal(back.length, 25);
});

test("nothing is given back to a chat that is not shown, and what is sent meanwhile is kept no more", () => {
  const custody = custodyOf();
  ask(custody, "r1", "One?");
  ask(custody, "r2", "Two?");
  custody.leave();
  session.becomes("r1", { status: "ended" });
  takeBack("r2");
  assert.deepEqual([unsent.requests("a"), back], [["r2"], []]);
});

test("a question whose answer was lost is kept, also while another chat is shown", () => {
  for (const hasLeft of [false, true]) {
    session = chatOf();
    unsent.forget();
    const custody = custodyOf();
    for (const id of ["r1", "r2"]) session.becomes(id, { ...question(`question ${id}`), status: "running" });
    if (hasLeft) custody.leave();
    for (const id of ["r1", "r2"]) session.becomes(id, { status: "interrupted", isLocal: true });
    for (const id of ["r1", "r2"]) session.tell("end", { request: session.request(id) });
    session.tell("change");
    assert.deepEqual(unsent.requests("a"), ["r1", "r2"]);
    assert.equal(unsent.take("a", "r1").text, "question r1");
  }
});

/** Its answer is lost. */
function lose(id) {
  session.becomes(id, { status: "interrupted", isLocal: true });
  session.tell("end", { request: session.request(id) });
  session.tell("change");
}

function answer(id) {
  session.becomes(id, { status: "running" });
  session.tell("change");
  session.becomes(id, { status: "ended" });
  session.tell("end", { request: session.request(id) });
  session.tell("change");
}

test("what was stopped or replaced is not kept where its answer is lost, by an earlier visit neither", () => {
  for (const way of ["unwanted", "forget"]) {
    session = chatOf();
    custodies.clear();
    const earlier = custodyOf();
    session.becomes("r1", { ...question("One?"), status: "running" });
    earlier.leave();
    custodyOf()[way]("r1");
    lose("r1");
    assert.deepEqual(unsent.requests("a"), []);
  }
});

test("what was stopped before it was sent is given back", () => {
  const custody = custodyOf();
  ask(custody, "r1", "One?");
  custody.unwanted("r1");
  takeBack("r1");
  assert.deepEqual(back, [["One?", 0]]);
});

test("a question whose answer was lost is kept until one that was asked later is answered", () => {
  const custody = custodyOf();
  ask(custody, "r1", "One?");
  ask(custody, "r2", "Two?");
  session.becomes("r1", { status: "running" });
  lose("r1");
  answer("r2");
  assert.deepEqual(unsent.requests("a"), ["r1"], "that was asked before it was lost");
  ask(custody, "r3", "One?");
  lose("r3");
  assert.deepEqual(unsent.requests("a"), ["r1", "r3"], "that has no answer");
  ask(custody, "r4", "One?");
  answer("r4");
  assert.deepEqual(unsent.requests("a"), []);
});

test("another tab's is not kept", () => {
  custodyOf();
  session.becomes("r1", { ...question("One?"), isOurs: false, status: "interrupted", isLocal: true });
  session.tell("end", { request: session.request("r1") });
  assert.deepEqual(unsent.requests("a"), []);
});

test("what was given back after a reload is withdrawn where it is sent after all", () => {
  unsent.add("a", "r1", { text: "One?", pictures: { isEmpty: true } });
  session.isJoined = true;
  const custody = custodyOf();
  custody.sort();
  assert.deepEqual(back, [["One?", 0]]);
  session.becomes("r1", { ...question("One?"), isOurs: false, status: "running" });
  session.tell("change");
  session.tell("change");
  assert.deepEqual(withdrawn, ["One?"]);
});

test("two of them that are sent in one message are withdrawn in the order in which they stand", () => {
  for (const [id, text] of [["r1", "One?"], ["r2", "Two?"]]) unsent.add("a", id, { text, pictures: { isEmpty: true } });
  session.isJoined = true;
  const custody = custodyOf();
  custody.sort();
  for (const id of ["r1", "r2"]) session.becomes(id, { ...question("?"), isOurs: false, status: "running" });
  session.tell("change");
  assert.deepEqual(withdrawn, ["One?", "Two?"]);
});

test("whoever forgets a chat finds all that listen in it, and they listen no more", () => {
  const first = custodyOf();
  session.becomes("r1", { ...question("One?"), status: "running" });
  first.leave();
  const second = custodyOf();
  assert.deepEqual([...custodies], [first, second]);
  for (const custody of custodies) if (custody.session === "a") custody.forgetAll();
  session.becomes("r1", { status: "interrupted", isLocal: true });
  session.tell("end", { request: session.request("r1") });
  assert.deepEqual([unsent.requests("a"), custodies.size], [[], 0]);
});

test("what nobody wants any more is not given back", () => {
  const custody = custodyOf();
  ask(custody, "r1", "One?");
  custody.forgetAll();
  takeBack("r1");
  session.becomes("r2", { ...question("Two?"), status: "interrupted", isLocal: true });
  session.tell("end", { request: session.request("r2") });
  assert.deepEqual([unsent.requests("a"), back], [[], []]);
});

test("once nothing is under way, a chat that is not shown is not followed any more", () => {
  const custody = custodyOf();
  ask(custody, "r1", "One?");
  custody.leave();
  session.becomes("r1", { status: "ended" });
  session.tell("change");
  session.becomes("r2", { ...question("Two?"), status: "interrupted", isLocal: true });
  session.tell("end", { request: session.request("r2") });
  assert.deepEqual(unsent.requests("a"), []);
});
