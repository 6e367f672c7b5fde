import assert from "node:assert/strict";
import { test } from "node:test";
import { asked, end, frame, text } from "./kit/frames.mjs";
import { TributaryError } from "../../public/client/errors.js";
import { Transcript } from "../../public/client/transcript.js";
import { Turn } from "../../public/client/turn.js";
import { plainMessage } from "../../public/client/views.js";

function transcriptOf(...frames) {
  const transcript = new Transcript();
  for (const each of frames) take(transcript, each);
  return transcript;
}

function take(transcript, each) {
  return each.type === "request" ? transcript.begin(each) : transcript.apply(each);
}

function running(transcript) {
  return [...transcript.running].map((turn) => turn.request);
}

/** What a snapshot and the log must agree on. */
function told(transcript) {
  return transcript.turns.map(({ view: { params, retries, context, ...view } }) => view);
}

function requests(transcript) {
  return transcript.turns.map((turn) => turn.request);
}

test("a request shows its prompt before the first token", () => {
  const { turns: [turn] } = transcriptOf(asked("a", 1, "hi", { model: "m" }));
  assert.deepEqual(turn.prompts, [{ role: "user", content: "hi" }]);
  assert.equal(turn.status, "running");
  assert.equal(turn.hasStarted, false);
  assert.equal(turn.model, "m");
});

test("the model is what the upstream says it runs", () => {
  const { turns: [turn] } = transcriptOf(
    asked("a", 1, "hi", { model: "m" }), frame("start", "a", 2, 1, { model: "m-2" }));
  assert.equal(turn.model, "m-2");
  assert.equal(turn.hasStarted, true);
});

test("deltas grow text, reasoning and refusal separately", () => {
  const { turns: [turn] } = transcriptOf(
    asked("a", 1, "hi"), text("a", 2, 1, "one "), frame("delta", "a", 3, 2, { reasoning: "hm" }),
    text("a", 4, 3, "two"), frame("delta", "a", 5, 4, { refusal: "no" }));
  assert.equal(turn.answer().text, "one two");
  assert.equal(turn.answer().reasoning, "hm");
  assert.equal(turn.answer().refusal, "no");
});

test("pieces of tool calls are put together by index, and two calls may interleave", () => {
  const piece = (seq, ...calls) => frame("delta", "a", seq, seq - 1, { tool_calls: calls });
  const { turns: [turn] } = transcriptOf(
    asked("a", 1, "hi"),
    piece(2, { index: 0, id: "c0", name: "f" }), piece(3, { index: 1, id: "c1", name: "g", arguments: "{" }),
    piece(4, { index: 0, arguments: "[1" }), piece(5, { index: 1, arguments: "}" }, { index: 0, arguments: "]" }));
  assert.deepEqual(turn.answer().toolCalls, [
    { id: "c0", name: "f", arguments: "[1]" }, { id: "c1", name: "g", arguments: "{}" },
  ]);
});

test("choices beyond the first have answers of their own", () => {
  const { turns: [turn] } = transcriptOf(
    asked("a", 1, "hi"), text("a", 2, 1, "x"), text("a", 3, 2, "y", { choice: 1 }));
  assert.deepEqual(turn.view.choices.map((choice) => choice.text), ["x", "y"]);
});

test("two requests at once do not mix", () => {
  const transcript = transcriptOf(asked("a", 1, "1"), asked("b", 2, "2"), text("b", 3, 1, "B"), text("a", 4, 1, "A"));
  assert.deepEqual(requests(transcript), ["a", "b"]);
  assert.deepEqual(transcript.turns.map((turn) => turn.answer().text), ["A", "B"]);
});

test("each terminal frame leaves what was generated and says how it ended", () => {
  const ended = { end: "ended", aborted: "aborted", error: "failed" };
  for (const [type, status] of Object.entries(ended)) {
    const terminal = frame(
      type, "a", 3, 2, { usage: { input: 1, output: 2 }, timing: { total_ms: 3 }, code: "internal" });
    const transcript = transcriptOf(asked("a", 1, "hi"), text("a", 2, 1, "x"), terminal);
    const { turns: [turn] } = transcript;
    assert.equal(turn.status, status);
    assert.equal(turn.answer().text, "x");
    assert.equal(turn.usage.output, 2);
    assert.equal(turn.error?.code, type === "error" ? "internal" : undefined);
    assert.deepEqual(running(transcript), []);
    assert.ok(turn.isSettled);
  }
});

test("replaces drops that turn and all later ones from sight, and what runs goes on unseen", () => {
  const transcript = transcriptOf(asked("a", 1, "1"), asked("b", 2, "2"), asked("c", 3, "3"), end("c", 4, 1));
  transcript.begin(asked("d", 5, "4", { replaces: "b" }));
  assert.deepEqual(requests(transcript), ["a", "d"]);
  assert.deepEqual(running(transcript), ["a", "b", "d"]);
  transcript.apply(text("b", 6, 1, "x"));
  assert.equal(transcript.turn("b").answer().text, "x");
  transcript.apply(end("b", 7, 2));
  assert.equal(transcript.turn("b"), undefined, "nobody needs it any more");
  assert.equal(transcript.turn("c"), undefined);
});

test("messages drop the ended turns and keep the running ones in their place", () => {
  const transcript = transcriptOf(asked("a", 1, "1"), asked("b", 2, "2"), end("a", 3, 1));
  const messages = [{ role: "system", content: "be brief" }, { role: "user", content: "hi" }];
  transcript.begin(frame("request", "c", 4, 0, { messages, omitted: 3 }));
  assert.deepEqual(requests(transcript), ["b", "c"]);
  assert.deepEqual(transcript.turns[1].prompts, messages);
  assert.equal(transcript.turns[1].omitted, 3);
});

test("messages with store:false leave the other turns alone", () => {
  const transcript = transcriptOf(asked("a", 1, "1"), end("a", 2, 1));
  transcript.begin(frame("request", "b", 3, 0, { messages: [], store: false }));
  assert.deepEqual(requests(transcript), ["a", "b"]);
  assert.equal(transcript.turns[1].isStored, false);
});

test("an unknown type of frame changes nothing", () => {
  const transcript = transcriptOf(asked("a", 1, "1"));
  assert.equal(transcript.apply(frame("sparkle", "a", 2, 1, { text: "x" })), null);
  assert.equal(transcript.turns[0].answers.size, 0);
});

test("a snapshot's messages become turns: what was asked, and the answer with its status", () => {
  const transcript = new Transcript();
  const call = { id: "c", type: "function", function: { name: "f", arguments: "{}" } };
  transcript.replace({
    messages: [
      { request: "a", role: "system", content: "be brief", at: 1 },
      { request: "a", role: "assistant", content: "an example", at: 1 },
      { request: "a", role: "user", content: [{ type: "text", text: "hi" }, { type: "image_url" }], at: 1 },
      { request: "a", role: "assistant", content: "yes", reasoning: "hm", status: "ended", model: "m", usage: { input: 1, output: 2 }, at: 2 },
      { request: "b", role: "user", content: "more", at: 3 },
      { request: "b", role: "assistant", content: null, tool_calls: [call], status: "failed", error: { code: "internal" }, at: 4 },
    ],
    requests: [],
    truncated: 7,
  }, true);
  const [a, b] = transcript.turns;
  assert.deepEqual(a.prompts.map((prompt) => prompt.role), ["system", "assistant", "user"]);
  assert.equal(a.answer().text, "yes");
  assert.equal(a.answer().reasoning, "hm");
  assert.equal(a.model, "m");
  assert.equal(b.status, "failed");
  assert.deepEqual(b.answer().toolCalls, [{ id: "c", name: "f", arguments: "{}" }]);
  assert.equal(transcript.truncated, 7);
});

test("a snapshot's first answer tells what was asked for and who answered", () => {
  const transcript = new Transcript();
  const context = { max_tokens: 9, omitted: 2 };
  const terms = { upstream: "u", provider: "p", params: { n: 2 }, dropped: ["seed"], context };
  const answer = (request, choice, fields) => (
    { request, role: "assistant", content: "x", status: "ended", at: 2, ...(choice > 0 && { choice }), ...fields });
  transcript.replace({
    messages: [
      answer("a", 0, { model: "m-1", requested_model: "m", named: { upstream: "u" }, ...terms }),
      answer("a", 1, { model: "m-1" }),
      answer("b", 0, { status: "failed", requested_model: "m", upstream: "u", error: { code: "internal" } }),
    ],
  }, true);
  const [a, b] = transcript.turns.map((turn) => turn.view);
  const { upstream, provider, params, dropped } = a;
  assert.deepEqual({ upstream, provider, params, dropped, context: a.context }, terms);
  assert.deepEqual([a.model, a.requestedModel, transcript.turns[0].named], ["m-1", "m", { upstream: "u" }]);
  assert.deepEqual([b.model, b.requestedModel, b.upstream, b.params], ["m", null, "u", null]);
  assert.deepEqual(transcript.turns[1].named, {});
});

test("another attempt at the same upstream leaves out the same, one elsewhere what is said of it", () => {
  const transcript = transcriptOf(asked("a", 1, "hi", { dropped: ["seed"] }), frame("retry", "a", 2, 1, { attempt: 1 }));
  assert.deepEqual(transcript.turns[0].dropped, ["seed"]);
  transcript.apply(frame("retry", "a", 3, 2, { attempt: 2, upstream: "v" }));
  assert.deepEqual(transcript.turns[0].dropped, []);
});

test("a snapshot's running requests go on where their deltas go on", () => {
  const transcript = new Transcript();
  transcript.replace({
    messages: [],
    requests: [{
      request: "a", n: 5, input: "hi", at: 1, model: "m", provider: "openai", text: "one ",
      tool_calls: [{ index: 0, id: "c", name: "f", arguments: "{" }], choices: [{ choice: 1, text: "uno " }],
    }],
  }, true);
  transcript.apply(text("a", 9, 6, "two"));
  transcript.apply(text("a", 10, 7, "dos", { choice: 1 }));
  transcript.apply(frame("delta", "a", 11, 8, { tool_calls: [{ index: 0, arguments: "}" }] }));
  const [turn] = transcript.turns;
  assert.deepEqual(turn.view.choices.map((choice) => choice.text), ["one two", "uno dos"]);
  assert.equal(turn.answer().toolCalls[0].arguments, "{}");
  assert.ok(turn.status === "running" && turn.hasStarted);
});

test("a running turn that began before an ended one stands before it", () => {
  const transcript = new Transcript();
  transcript.replace({
    messages: [{ request: "b", role: "user", content: "2", at: 2 }, { request: "b", role: "assistant", content: "x", status: "ended", at: 9 }],
    requests: [{ request: "a", n: 3, input: "1", at: 1 }, { request: "c", n: 3, input: "3", at: 3 }],
  }, true);
  assert.deepEqual(requests(transcript), ["a", "b", "c"]);
});

test("a running request that was replaced is counted and not shown", () => {
  const transcript = new Transcript();
  transcript.replace({ messages: [], requests: [{ request: "a", n: 3, input: "1", at: 1, replaced: true }] }, true);
  assert.deepEqual(transcript.turns, []);
});

test("a turn that was running and that a snapshot does not know was interrupted, and stays in sight", () => {
  const transcript = transcriptOf(asked("a", 1, "1"), text("a", 2, 1, "half"), asked("b", 3, "2"), end("b", 4, 1));
  transcript.replace({ messages: [], requests: [] }, true);
  assert.deepEqual(requests(transcript), ["a"], "ended turns are the snapshot's to tell");
  assert.equal(transcript.turns[0].status, "interrupted");
  assert.equal(transcript.turns[0].answer().text, "half");
});

test("a turn that ended or was replaced while we were away was not interrupted", () => {
  const transcript = transcriptOf(asked("a", 1, "1"), asked("b", 2, "2"));
  transcript.replace({
    messages: [{ request: "a", role: "user", content: "1", at: 1 }, { request: "a", role: "assistant", content: "x", status: "aborted", at: 2 }],
    requests: [{ request: "b", n: 1, input: "2", at: 2, replaced: true }],
  }, true);
  assert.deepEqual(transcript.turns.map((turn) => turn.status), ["aborted"]);
});

test("a snapshot and the frames after it make the same transcript as all frames", () => {
  const log = [
    asked("a", 1, "hi"), frame("start", "a", 2, 1, { model: "m", provider: "p" }), text("a", 3, 2, "x"), text("a", 4, 3, "y"),
    end("a", 5, 4),
  ];
  const whole = transcriptOf(...log);
  const late = new Transcript();
  const running = { request: "a", n: 2, input: "hi", upstream: "u", at: 1000, model: "m", provider: "p", text: "x" };
  late.replace({ messages: [], requests: [running] }, true);
  late.apply(log[3]);
  late.apply(log[4]);
  assert.deepEqual(told(late), told(whole));
});

test("an unchanged turn is shown by the same object, a changed one by another", () => {
  const transcript = transcriptOf(asked("a", 1, "1"), asked("b", 2, "2"), text("b", 3, 1, "x"));
  const [a, b] = transcript.turns.map((turn) => [turn.view, turn.messages]);
  transcript.apply(text("b", 4, 2, "y"));
  assert.equal(transcript.turns[0].view, a[0]);
  assert.equal(transcript.turns[0].messages, a[1]);
  assert.notEqual(transcript.turns[1].view, b[0]);
  assert.equal(b[0].choices[0].text, "x", "what was shown does not change");
  assert.equal(transcript.turns[1].messages[0], b[1][0], "the prompt's message has not changed");
});

test("what had ended here stays the same object through a snapshot of the same epoch, and not of another", () => {
  const transcript = transcriptOf(asked("a", 1, "1"), text("a", 2, 1, "x"), end("a", 3, 2));
  const { view } = transcript.turns[0];
  const snapshot = {
    messages: [{ request: "a", role: "user", content: "1", at: 1000 }, { request: "a", role: "assistant", content: "x", status: "ended", at: 2 }],
  };
  transcript.replace(snapshot, true);
  assert.equal(transcript.turns[0].view, view);
  transcript.replace(snapshot, false);
  assert.notEqual(transcript.turns[0].view, view);
});

test("a snapshot from a moment ago takes nothing back from what has ended", () => {
  const transcript = transcriptOf(asked("a", 1, "1"), text("a", 2, 1, "x"), text("a", 3, 2, "y"), end("a", 4, 3));
  transcript.replace({ requests: [{ request: "a", n: 1, input: "1", upstream: "u", at: 1000, text: "x" }] }, true);
  transcript.apply(text("a", 3, 2, "y"));
  transcript.apply(end("a", 4, 3));
  assert.deepEqual(transcript.turns.map((turn) => [turn.status, turn.answer().text]), [["ended", "xy"]]);
});

test("parameters that a snapshot has no room for stay known to who heard of them", () => {
  const transcript = transcriptOf(asked("a", 1, "1", { params: { seed: 7 } }), text("a", 2, 1, "x"));
  const answer = { request: "a", role: "assistant", content: "x", status: "ended", model: "m", upstream: "u", at: 2 };
  transcript.replace({ messages: [{ request: "a", role: "user", content: "1", at: 1000 }, answer] }, true);
  const { params, status, model } = transcript.turns[0];
  assert.deepEqual({ params, status, model }, { params: { seed: 7 }, status: "ended", model: "m" });
});

test("parameters and a prompt that a snapshot leaves out are known to be missing, but to who heard of them", () => {
  const answer = { request: "a", role: "assistant", content: "x", status: "ended", model: "m", upstream: "u", at: 2 };
  const snapshot = {
    messages: [{ request: "a", role: "user", content: "1", at: 1000 }, { ...answer, params_omitted: true }],
    requests: [{ request: "b", n: 0, messages: [], omitted: 1, params_omitted: true, upstream: "u", at: 1001 }],
  };
  const known = ({ view: { params, areParamsOmitted, prompts, omitted } }) => (
    [params, areParamsOmitted, prompts[0]?.content, omitted]);
  const late = transcriptOf();
  late.replace(snapshot, true);
  assert.deepEqual(late.turns.map(known), [[null, true, "1", 0], [null, true, undefined, 1]]);
  const params = { seed: 7 };
  const early = transcriptOf(asked("a", 1, "1", { params }), end("a", 2, 1), asked("b", 3, "2", { params }));
  early.replace(snapshot, true);
  assert.deepEqual(early.turns.map(known), [[params, false, "1", 0], [params, false, "2", 0]]);
  early.replace({ messages: [snapshot.messages[0], answer] }, true);
  assert.equal(early.turn("a").view.areParamsOmitted, false);
});

test("a prompt of which a snapshot has nothing stays as it was heard, with what was left out of that", () => {
  const last = [{ role: "user", content: "2" }];
  const request = { type: "request", request: "a", messages: last, omitted: 1, upstream: "u", at: 1 };
  const transcript = transcriptOf({ ...request, seq: 1, n: 0 });
  transcript.replace({ requests: [{ ...request, n: 0, messages: [], omitted: 2 }] }, true);
  const { prompts, omitted } = transcript.turn("a").view;
  assert.deepEqual([prompts, omitted], [last, 1]);
});

test("what only this tab knows stays in its place, until it is dismissed or the log has it", () => {
  const transcript = transcriptOf(asked("a", 1, "1"), end("a", 2, 1));
  const refused = new Turn("r");
  refused.ask({ input: "no", at: 1 });
  transcript.keep(refused);
  refused.fail("failed", new TributaryError({ code: "bad_request" }));
  transcript.begin(asked("b", 3, "2"));
  assert.deepEqual(requests(transcript), ["a", "r", "b"]);
  assert.equal(transcript.dismiss("a"), false, "the server's to tell");
  assert.equal(transcript.dismiss("r"), true);
  assert.deepEqual(requests(transcript), ["a", "b"]);
});

test("what only this tab knows is not swept away by another tab's messages, nor by a place before it", () => {
  const fates = { "messages": { messages: [{ role: "user", content: "hi" }] }, "a place": { replaces: "a" } };
  for (const [name, fate] of Object.entries(fates)) {
    const transcript = transcriptOf(asked("a", 1, "1"), end("a", 2, 1));
    const refused = new Turn("r");
    refused.ask({ input: "the only copy", at: 1 });
    transcript.keep(refused);
    refused.fail("failed", new TributaryError({ code: "bad_request" }));
    for (const each of [asked("b", 3, "2"), end("b", 4, 1)]) take(transcript, each);
    transcript.begin(frame("request", "c", 5, 0, { upstream: "u", at: 5000, ...fate }));
    assert.deepEqual(requests(transcript), ["r", "c"], name);
    assert.equal(transcript.turn("r"), refused, name);
    transcript.begin(asked("d", 6, "in its own place", { replaces: "r" }));
    assert.deepEqual(requests(transcript), ["d"], `${name}: what is replaced itself goes`);
  }
});

test("hostile indices make no long lists", () => {
  const transcript = transcriptOf(
    asked("a", 1, "1"), frame("delta", "a", 2, 1, { choice: 4e9, text: "x" }),
    frame("delta", "a", 3, 2, { tool_calls: [{ index: 4e9, name: "f" }, { index: 0, name: "g" }] }));
  assert.deepEqual(transcript.turns[0].view.choices.map((choice) => choice.choice), [0, 4e9]);
  assert.deepEqual(transcript.turns[0].view.choices[0].toolCalls.map((call) => call.name), ["g", "f"]);
});

test("messages have OpenAI's shapes, ids of their own, and may be sent again as they are", () => {
  const call = { index: 0, id: "c", name: "f", arguments: "{}" };
  const { turns: [turn] } = transcriptOf(
    asked("a", 1, "hi"), frame("delta", "a", 2, 1, { reasoning: "hm" }), frame(
      "delta", "a", 3, 2, { tool_calls: [call] }),
    text("a", 4, 3, "uno", { choice: 1 }));
  const [user, first, second] = turn.messages;
  assert.deepEqual([user.role, user.content, user.status], ["user", "hi", undefined]);
  assert.deepEqual(first.tool_calls, [{ id: "c", type: "function", function: { name: "f", arguments: "{}" } }]);
  assert.deepEqual([first.content, first.reasoning, first.status], [null, "hm", "running"]);
  assert.deepEqual([second.choice, second.content], [1, "uno"]);
  assert.equal(new Set(turn.messages.map((message) => message.id)).size, 3);
  assert.deepEqual(plainMessage(user), { role: "user", content: "hi" });
  assert.deepEqual(Object.keys(plainMessage(first)).sort(), ["content", "role", "tool_calls"]);
});
