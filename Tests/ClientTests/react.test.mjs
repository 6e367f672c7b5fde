import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { SESSION, asked, end, joined, text, welcome } from "./kit/frames.mjs";
import { fakeSockets } from "./kit/socket.mjs";
import { Stage } from "./kit/stage.mjs";
import { World, settle } from "./kit/world.mjs";
import { reactHooks } from "../../public/client/react.js";

const FRAME_MS = 16;
const LONG_MS = 5000;

let world;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  world = new World();
  world.socket.say(welcome());
});

/** A component that calls the hooks, on a stage of its own. */
function stage(component, options) {
  let hooks = null;
  const made = new Stage(() => component(hooks), options);
  hooks = reactHooks(made.react);
  made.render();
  return made;
}

const say = (...frames) => world.socket.say(...frames);

test("a conversation is rendered once a frame, and its functions stay the same", () => {
  const seen = [];
  const { send } = stage(({ useChat, useSession }) => {
    const chat = useChat(useSession(world.client, SESSION));
    seen.push(chat);
    return chat;
  }).output;
  world.answerJoin(joined("e", 0));
  mock.timers.tick(FRAME_MS);
  const before = seen.length;
  say(asked("r", 1, "hi"), text("r", 2, 1, "a"));
  say(text("r", 3, 2, "b"));
  say(end("r", 4, 3));
  mock.timers.tick(FRAME_MS);
  assert.equal(seen.length, before + 1);
  const { messages, isRunning, isJoined, tabs } = seen.at(-1);
  assert.deepEqual([messages.at(-1).content, isRunning, isJoined, tabs], ["ab", false, true, 1]);
  assert.equal(seen.at(-1).send, send);
});

test("a session is joined once under StrictMode, and left after the last of its components", () => {
  const component = ({ useChat, useSession }) => useChat(useSession(world.client, SESSION)).session.id;
  const [one, other] = [stage(component), stage(component)];
  mock.timers.tick(LONG_MS);
  assert.deepEqual([one.output, other.output], [SESSION, SESSION]);
  assert.equal(world.socket.ofType("join").length, 1);
  one.unmount();
  mock.timers.tick(LONG_MS);
  assert.equal(world.client.sessions.length, 1);
  other.unmount();
  mock.timers.tick(LONG_MS);
  assert.equal(world.socket.ofType("leave").length, 1);
  assert.deepEqual(world.client.sessions, []);
});

test("a session that was there before is not left", () => {
  const session = world.client.session(SESSION);
  const component = stage(({ useSession }) => useSession(world.client, SESSION));
  assert.equal(component.output, session);
  component.unmount();
  mock.timers.tick(LONG_MS);
  assert.deepEqual(world.client.sessions, [session]);
});

test("a question that was not sent yet is sent, though its component has gone", () => {
  const component = stage(({ useChat, useSession }) => useChat(useSession(world.client, SESSION)));
  component.output.send("hi");
  component.unmount();
  mock.timers.tick(LONG_MS);
  world.answerJoin(joined("e", 0));
  const [chat] = world.socket.ofType("chat");
  assert.equal(chat.input, "hi");
  say(asked(chat.request, 1, "hi"), end(chat.request, 2, 1));
  mock.timers.tick(LONG_MS);
  assert.deepEqual(world.client.sessions, []);
});

test("another id is another session, in one go", async () => {
  let id = "one";
  const component = stage(({ useChat, useSession }) => {
    const session = useSession(world.client, id);
    return [session.id, useChat(session, { start: "Count.", abortOnUnmount: true })];
  });
  world.answerJoin(joined("e", 0, undefined, { session: "one" }));
  await settle();
  assert.deepEqual(world.socket.ofType("chat").map(({ session }) => session), ["one"]);
  say(asked("start", 1, "Count.", { session: "one" }));
  id = "two";
  component.render();
  const [shownId, chat] = component.output;
  assert.deepEqual([shownId, chat.session.id, chat.messages], ["two", "two", []]);
  mock.timers.tick(1);
  assert.deepEqual(world.socket.ofType("abort").map(({ session }) => session), ["one"]);
});

test("a component without an id has a session of its own", () => {
  const component = ({ useSession }) => useSession(world.client);
  const [one, other] = [stage(component), stage(component)];
  assert.notEqual(one.output.id, other.output.id);
  const before = one.output;
  one.render();
  assert.equal(one.output, before);
});

test("components that name the same address share a client, and another token is another", () => {
  const WebSocket = fakeSockets();
  let token = "a";
  const component = ({ useClient, useConnection }) => {
    const client = useClient("ws://here/v1/ws", { WebSocket, token });
    return [client, useConnection(client).name];
  };
  const [one, other] = [stage(component), stage(component)];
  assert.equal(WebSocket.made.length, 1);
  assert.equal(one.output[0], other.output[0]);
  WebSocket.latest.say(welcome());
  assert.deepEqual([one.output[1], other.output[1]], ["open", "open"]);
  other.unmount();
  token = "b";
  one.render();
  assert.equal(WebSocket.made.length, 2);
  mock.timers.tick(LONG_MS);
  assert.deepEqual(WebSocket.made.map(({ isClosed }) => isClosed), [true, false]);
  one.unmount();
  mock.timers.tick(LONG_MS);
  assert.equal(WebSocket.latest.isClosed, true);
});

test("while a server renders nothing is connected, and everything is empty", () => {
  const WebSocket = fakeSockets();
  const { output } = stage(({ useChat, useClient, useConnection, useModels, useSession }) => {
    const client = useClient("ws://here/v1/ws", { WebSocket });
    const session = useSession(client, SESSION);
    return [client, useConnection(client).name, session, useChat(session).messages, useModels(client).isLoading];
  }, { isServer: true });
  assert.deepEqual(output, [null, "connecting", null, [], true]);
  assert.equal(WebSocket.made.length, 0);
});

test("models are asked for once, and again for another key", async () => {
  let key;
  const component = stage(({ useModels }) => useModels(world.client, { key }));
  mock.timers.tick(1);
  const [{ id }, ...more] = world.socket.ofType("models");
  assert.deepEqual(more, []);
  say({ type: "models", id, models: [{ id: "m", upstream: "u" }] });
  await settle();
  assert.deepEqual([component.output.models.length, component.output.isLoading], [1, false]);
  key = "k";
  component.render();
  assert.deepEqual([component.output.models.length, component.output.isLoading], [0, true]);
  mock.timers.tick(1);
  assert.equal(world.socket.ofType("models").at(-1).key, "k");
});
