import assert from "node:assert/strict";
import { test } from "node:test";
import {
  askedContent, editableContent, hasLater, isConversation, isWhole, questionInput, questionText, replacedAtServer,
  runningFrom, systemPromptOf, textOf, waitsForAnswer,
} from "../../public/page/question.js";
import { choiceOf, turnOf } from "./kit/turns.mjs";

const system = (content) => ({ role: "system", content });
const user = (content) => ({ role: "user", content });
const assistant = (content) => ({ role: "assistant", content });
/** A conversation under a system prompt: its first turn carries it. */
const pirate = [
  turnOf("r1", { prompts: [system("Pirate."), user("question r1")] }),
  turnOf("r2"),
];

test("a question is one input: the server has the rest", () => {
  assert.equal(questionInput([], "Hello?", ""), "Hello?");
  assert.equal(questionInput([turnOf("r1")], "And?", ""), "And?");
  assert.equal(questionInput(pirate, "And?", "Pirate."), "And?");
});

test("what takes the place of the whole conversation is told from a question", () => {
  assert.equal(isConversation("Hello?"), false);
  assert.equal(isConversation([{ type: "text", text: "messages" }]), false);
  assert.equal(isConversation(questionInput([], "Hello?", "Pirate.")), true);
});

test("pictures go as parts", () => {
  const picture = { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } };
  const parts = [{ type: "text", text: "What is it?" }, picture];
  assert.deepEqual(questionInput([], parts, ""), parts);
});

test("a system prompt travels with the first question", () => {
  assert.deepEqual(questionInput([], "Hello?", "Pirate."), { messages: [system("Pirate."), user("Hello?")] });
});

test("under another system prompt the conversation is sent anew, without the old one", () => {
  assert.deepEqual(questionInput(pirate, "And?", "Bishop."), {
    messages: [
      system("Bishop."),
      user("question r1"), assistant("answer r1"),
      user("question r2"), assistant("answer r2"),
      user("And?"),
    ],
  });
  assert.deepEqual(questionInput(pirate, "And?", "").messages[0], user("question r1"), "none is another one, too");
});

test("sent anew, the conversation has no question without an answer, and nothing that runs or was never known", () => {
  const turns = [
    turnOf("r1", { status: "failed", choices: [] }),
    turnOf("r2", { status: "aborted", choices: [choiceOf("half")] }),
    turnOf("r3", { status: "running" }),
    turnOf("r4", { status: "failed", isLocal: true }),
    turnOf("r5", { isStored: false }),
  ];
  assert.deepEqual(questionInput(turns, "And?", "Pirate.").messages, [
    system("Pirate."), user("question r2"), assistant("half"), user("And?"),
  ]);
});

test("a later question is edited in its place", () => {
  assert.equal(questionInput(pirate, "Edited", "Pirate.", "r2"), "Edited");
});

test("the first question is edited under its system prompt", () => {
  assert.deepEqual(questionInput(pirate, "Edited", "Pirate.", "r1"), { messages: [system("Pirate."), user("Edited")] });
});

test("a turn that came with a whole conversation keeps it when its question is edited", () => {
  const turns = [turnOf("r1", { prompts: [user("a"), assistant("b"), user("c")] }), turnOf("r2")];
  assert.deepEqual(questionInput(turns, "C", "", "r1"), { messages: [user("a"), assistant("b"), user("C")] });
});

test("the newest system prompt counts, and only where the server has it", () => {
  assert.equal(systemPromptOf([]), "");
  assert.equal(systemPromptOf(pirate), "Pirate.");
  const bishop = turnOf("r3", { prompts: [{ role: "developer", content: "Bishop." }, user("x")] });
  assert.equal(systemPromptOf([...pirate, bishop]), "Bishop.");
  assert.equal(systemPromptOf([turnOf("r1", { isLocal: true, prompts: [system("Refused."), user("x")] })]), "");
});

test("that of a question under way counts only where that is asked for", () => {
  for (const status of ["waiting", "accepted", "running"]) {
    const asked = [turnOf("r1", { status, prompts: [system("Pirate."), user("x")] })];
    assert.equal(systemPromptOf(asked), "");
    assert.equal(systemPromptOf(asked, true), "Pirate.");
  }
});

test("while answers are under way, a single question waits for what came as messages alone", () => {
  const running = turnOf("r2", { status: "running" });
  const withMessages = turnOf("r2", { status: "running", prompts: [system("Pirate."), user("x")] });
  const cut = turnOf("r2", { status: "running", omitted: 3 });
  assert.equal(waitsForAnswer([turnOf("r1"), running], "And?"), false);
  assert.equal(waitsForAnswer([turnOf("r1"), withMessages], "And?"), true);
  assert.equal(waitsForAnswer([turnOf("r1"), cut], "And?"), true);
  assert.equal(waitsForAnswer(pirate, "And?"), false, "they are complete");
  assert.equal(waitsForAnswer([{ ...withMessages, isStored: false }], "And?"), false, "it is in no conversation");
});

test("a whole conversation waits for every answer that it would take the place of", () => {
  const input = { messages: [user("And?")] };
  const running = turnOf("r2", { status: "running" });
  assert.equal(waitsForAnswer([turnOf("r1")], input), false);
  assert.equal(waitsForAnswer([turnOf("r1"), running], input), true);
  assert.equal(waitsForAnswer([turnOf("r1"), running], input, "r2"), false, "that one goes");
  assert.equal(waitsForAnswer([turnOf("r1"), running], input, "r1"), false, "and what comes after");
  assert.equal(waitsForAnswer([running, turnOf("r3")], input, "r3"), true);
});

test("a conversation of which something is missing cannot be sent anew", () => {
  assert.equal(isWhole(pirate), true);
  assert.equal(isWhole(pirate, 3), false);
  assert.equal(isWhole([turnOf("r1", { omitted: 2 })]), false);
});

test("only what a person asked can be asked again", () => {
  assert.equal(askedContent(turnOf("r1")), "question r1");
  assert.equal(askedContent(turnOf("r1", { prompts: [] })), null);
  assert.equal(askedContent(turnOf("r1", { prompts: [user("a"), { role: "tool", content: "b" }] })), null);
  const parts = [{ type: "text", text: "a" }, { type: "image_url", image_url: {} }, { type: "text", text: "b" }];
  assert.equal(textOf(parts), "a\nb");
});

test("what came after a turn goes with it, if the server knows of it", () => {
  assert.equal(hasLater(pirate, "r1"), true);
  assert.equal(hasLater(pirate, "r2"), false);
  assert.equal(hasLater([...pirate, turnOf("r3", { isLocal: true })], "r2"), false);
  assert.equal(hasLater(pirate, "r9"), false);
});

test("a question keeps the indentation of its first line, and loses empty lines around it", () => {
  assert.equal(questionText("  \n\t\n    if x:\n      y \n \n"), "    if x:\n      y");
  assert.equal(questionText("a"), "a");
  assert.equal(questionText(" \n "), "");
});

test("parts that are none have no text", () => {
  assert.equal(textOf([null, 3, "x", { text: 4 }, { type: "text", text: "a" }]), "a");
});

/** Refused: only this tab knows it, and shows it at the end. */
const refused = (fields) => turnOf("local", { status: "failed", isLocal: true, choices: [], ...fields });

test("a refused question that carried the conversation does not double it when it is asked again", () => {
  const carried = refused({
    prompts: [system("Pirate."), user("question r1"), assistant("answer r1"), user("Two?")],
  });
  const again = questionInput([turnOf("r1"), carried], "Two?", "Pirate.", "local");
  assert.deepEqual(again, {
    messages: [system("Pirate."), user("question r1"), assistant("answer r1"), user("Two?")],
  });
});

test("a refused edit is asked again where it was to go, without what it was to replace", () => {
  const edit = refused({ replaces: "r1", prompts: [system("Pirate."), user("Uno?")] });
  assert.deepEqual(questionInput([...pirate, edit], "Uno?", "Pirate.", "local"), {
    messages: [system("Pirate."), user("Uno?")],
  });
  const later = refused({ replaces: "r2", prompts: [user("Due?")] });
  assert.equal(questionInput([...pirate, later], "Due?", "Pirate.", "local"), "Due?");
});

test("a refused question keeps the conversation that it came with where nothing else has it", () => {
  const carried = refused({ prompts: [user("a"), assistant("b"), user("c")] });
  assert.deepEqual(questionInput([carried], "c", "", "local"), { messages: [user("a"), assistant("b"), user("c")] });
});

test("a refused question waits for the answers before its place, and those after it go", () => {
  const running = turnOf("r2", { status: "running", prompts: [system("Pirate."), user("x")] });
  const edit = refused({ replaces: "r1" });
  assert.equal(waitsForAnswer([turnOf("r1"), running, edit], "Uno?", "local"), false);
  assert.equal(waitsForAnswer([turnOf("r1"), running, refused()], "Uno?", "local"), true);
  assert.equal(hasLater([turnOf("r1"), turnOf("r2"), edit], "local"), true);
  assert.equal(hasLater([turnOf("r1"), refused(), turnOf("r2")], "local"), false, "it is asked at the end");
});

test("a question is edited only where nothing of it would be lost", () => {
  const asked = (content, fields = {}) => turnOf("r1", { prompts: [user(content)], ...fields });
  const text = { type: "text", text: "What is it?" };
  const picture = (url) => ({ type: "image_url", image_url: { url } });
  const whole = [text, picture("data:image/png;base64,AA==")];
  assert.equal(editableContent(asked("One?")), "One?");
  assert.equal(editableContent(asked(whole)), whole);
  assert.equal(editableContent(asked("One?", { omitted: 1 })), null);
  const lost = [picture("https://example.org/a.png"), { type: "input_audio", input_audio: {} }, { type: "file" }, null];
  for (const part of lost) assert.equal(editableContent(asked([text, part])), null);
});

/** Not sent yet: in sight at the end. */
const unsent = (request, fields) => turnOf(request, { status: "waiting", isUnsent: true, choices: [], ...fields });

test("the server is told of what it has alone", () => {
  const turns = [turnOf("r1"), turnOf("r2"), unsent("w1"), unsent("w2", { replaces: "r2" }), refused({ replaces: "r1" })];
  assert.equal(replacedAtServer(turns, "r2"), "r2");
  assert.equal(replacedAtServer(turns, "w1"), undefined);
  assert.equal(replacedAtServer(turns, "w2"), "r2", "it stands for what it is to replace");
  assert.equal(replacedAtServer(turns, "local"), "r1");
  assert.equal(replacedAtServer(turns, undefined), undefined);
});

test("it is told of what it was sent and has not answered, too", () => {
  const sent = unsent("w1", { isUnsent: false, replaces: "r1" });
  const turns = [turnOf("r1"), turnOf("r2"), sent, unsent("w2", { replaces: "w1" }), refused({ replaces: "w2" })];
  for (const request of ["w1", "w2", "local"]) {
    assert.equal(replacedAtServer(turns, request), "w1");
    assert.deepEqual(runningFrom(turns, request).map((turn) => turn.request), ["w1", "w2"]);
    const { messages } = questionInput(turns, "Uno?", "Pirate.", request);
    assert.deepEqual(messages, [system("Pirate."), user("Uno?")], "what that was to replace is not there");
  }
});

test("what may have taken the place of the conversation is replaced by all of it", () => {
  const prompts = [system("Pirate."), user("question r1"), assistant("answer r1"), user("Two?")];
  const sent = unsent("w1", { isUnsent: false, prompts });
  const whole = { messages: [user("question r1"), assistant("answer r1"), user("Due?")] };
  assert.deepEqual(questionInput([turnOf("r1"), sent], "Due?", "", "w1"), whole);
  assert.equal(questionInput([turnOf("r1"), unsent("w1", { prompts })], "Due?", "", "w1"), "Due?", "that did not");
});

test("what is under way goes with the question that is replaced", () => {
  const turns = [turnOf("r1"), turnOf("r2", { status: "running" }), turnOf("r3"), unsent("w1"), unsent("w2")];
  const from = (request) => runningFrom(turns, request).map((turn) => turn.request);
  assert.deepEqual(from("r1"), ["r2", "w1", "w2"]);
  assert.deepEqual(from("r3"), ["w1", "w2"]);
  assert.deepEqual(from("w2"), ["w2"]);
  assert.deepEqual(runningFrom([turnOf("r1", { status: "running" }), refused()], "local"), [], "that goes to the end");
});

test("a question that was not sent is edited without what it carried along", () => {
  const carried = unsent("w1", { prompts: [system("Pirate."), user("question r1"), assistant("answer r1"), user("Two?")] });
  assert.deepEqual(questionInput([turnOf("r1"), carried], "Due?", "Pirate.", "w1"), {
    messages: [system("Pirate."), user("question r1"), assistant("answer r1"), user("Due?")],
  });
  const first = unsent("w1", { prompts: [system("Pirate."), user("One?")] });
  assert.deepEqual(questionInput([first], "Uno?", "Pirate.", "w1"), { messages: [system("Pirate."), user("Uno?")] });
  assert.equal(waitsForAnswer([first], { messages: [user("Uno?")] }, "w1"), false, "it waits for nothing but its like");
});
