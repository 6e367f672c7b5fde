import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { beforeEach, mock, test } from "node:test";
import { SESSION, asked, end, joined, text, welcome } from "./kit/frames.mjs";
import { fakeSockets } from "./kit/socket.mjs";
import { World, settle } from "./kit/world.mjs";
import { vueComposables } from "../../public/client/vue.js";

const file = new URL("../../public/vendor/vue/vue.js", import.meta.url);
const skip = existsSync(file) ? false : "Vue is not here: scripts/vendor --examples brings it";
const FRAME_MS = 16;
const LONG_MS = 5000;

let Vue;
let world;

beforeEach(async () => {
  if (skip) return;
  // It has the name of a script and is a module.
  Vue ??= await import(`data:text/javascript;base64,${readFileSync(file).toString("base64")}`);
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  world = new World();
  world.socket.say(welcome());
});

/** What `use` makes of the composables, in a scope of its own, and that scope. */
function scoped(use) {
  const scope = Vue.effectScope();
  return { scope, shown: scope.run(() => use(vueComposables(Vue))) };
}

const say = (...frames) => world.socket.say(...frames);

test("a conversation changes once a frame, and only what has changed", { skip }, async () => {
  const { scope, shown } = scoped(({ useChat, useSession }) => useChat(useSession(world.client, SESSION)));
  world.answerJoin(joined("e", 0));
  mock.timers.tick(FRAME_MS);
  const changes = { messages: 0, tabs: 0 };
  scope.run(() => {
    for (const name of ["messages", "tabs"]) Vue.watch(shown[name], () => (changes[name] += 1), { flush: "sync" });
  });
  say(asked("r", 1, "hi"), text("r", 2, 1, "a"));
  say(text("r", 3, 2, "b"), end("r", 4, 3));
  mock.timers.tick(FRAME_MS);
  const { messages, isRunning, isJoined } = shown;
  assert.deepEqual([messages.value.at(-1).content, isRunning.value, isJoined.value], ["ab", false, true]);
  assert.deepEqual(changes, { messages: 1, tabs: 0 });
});

test("a session is joined once and left with the last scope", { skip }, () => {
  const use = ({ useChat, useSession }) => useChat(useSession(world.client, SESSION));
  const [one, other] = [scoped(use), scoped(use)];
  assert.equal(world.socket.ofType("join").length, 1);
  one.scope.stop();
  mock.timers.tick(LONG_MS);
  assert.equal(world.client.sessions.length, 1);
  other.scope.stop();
  mock.timers.tick(LONG_MS);
  assert.deepEqual(world.client.sessions, []);
});

test("another id is another session at once; options may change, too", { skip }, async () => {
  const [id, options] = [Vue.ref("one"), Vue.ref({ start: "Count.", abortOnUnmount: true })];
  const { shown } = scoped(({ useChat, useSession }) => {
    const session = useSession(world.client, id);
    return { session, ...useChat(session, options) };
  });
  world.answerJoin(joined("e", 0, undefined, { session: "one" }));
  await settle();
  assert.deepEqual(world.socket.ofType("chat").map(({ session, request }) => [session, request]), [["one", "start"]]);
  say(asked("start", 1, "Count.", { session: "one" }));
  mock.timers.tick(FRAME_MS);
  assert.equal(shown.turns.value.length, 1);
  id.value = "two";
  assert.deepEqual([shown.session.value.id, shown.turns.value], ["two", []]);
  mock.timers.tick(1);
  assert.deepEqual(world.socket.ofType("abort").map(({ session }) => session), ["one"]);
  world.answerJoin(joined("e", 0, undefined, { session: "two" }));
  options.value = { model: "m" };
  shown.send("hi");
  assert.deepEqual(world.socket.ofType("chat").at(-1).model, "m");
});

test("clients and sessions stand being made reactive", { skip }, () => {
  const WebSocket = fakeSockets();
  const { scope, shown } = scoped(({ useClient, useConnection, useSession }) => {
    const client = useClient("ws://here/v1/ws", { WebSocket });
    return { client, session: useSession(client), connection: useConnection(client) };
  });
  const { client, session } = Vue.reactive({ client: shown.client.value, session: shown.session.value });
  assert.deepEqual([client.sessions.length, session.turns], [1, []]);
  WebSocket.latest.say(welcome());
  assert.equal(shown.connection.value.name, "open");
  scope.stop();
  mock.timers.tick(LONG_MS);
  mock.timers.tick(LONG_MS);
  assert.equal(WebSocket.latest.isClosed, true);
});

test("without a session there is nothing to see, and nothing can be said", { skip }, async () => {
  const { shown } = scoped(({ useChat, useModels, useConnection }) => {
    return { ...useChat(null), connection: useConnection(null), ...useModels(null) };
  });
  assert.deepEqual([shown.messages.value, shown.connection.value.name, shown.models.value], [[], "connecting", []]);
  assert.throws(() => shown.send("hi"), TypeError);
  await shown.stop();
});

test("models are asked for, and again for another key", { skip }, async () => {
  const key = Vue.ref(undefined);
  const { shown } = scoped(({ useModels }) => useModels(world.client, () => ({ key: key.value })));
  mock.timers.tick(1);
  const [{ id }, ...more] = world.socket.ofType("models");
  assert.deepEqual(more, []);
  say({ type: "models", id, models: [{ id: "m", upstream: "u" }] });
  await settle();
  assert.deepEqual([shown.models.value.length, shown.isLoading.value], [1, false]);
  key.value = "k";
  assert.deepEqual([shown.models.value.length, shown.isLoading.value], [0, true]);
  mock.timers.tick(1);
  assert.equal(world.socket.ofType("models").at(-1).key, "k");
});
