// Read by the type checker alone: what public/client/index.d.ts declares is what the modules do, no less and no more;
// and it lets right uses pass, and no wrong ones.
import { connect, newId, isId, TributaryError } from "../../public/client/index.js";
import type * as declared from "../../public/client/index.js";
import { Client } from "../../public/client/client.js";
import * as errors from "../../public/client/errors.js";
import * as identifier from "../../public/client/identifier.js";
import { ChatRequest } from "../../public/client/request.js";
import { Session } from "../../public/client/session.js";

/** Fails to compile where the type is not `never`, that is, where something is left. */
type Nothing<Left extends never> = Left;

// All that is declared is there.
declare const client: Client;
declare const session: Session;
declare const request: ChatRequest;
export const made: [declared.Client, declared.Session, declared.ChatRequest] = [client, session, request];
export const makes: [typeof newId, typeof isId, typeof TributaryError] = [
  identifier.newId, identifier.isId, errors.TributaryError,
];

// And nothing else.
export type Beyond = [
  Nothing<Exclude<keyof Client, keyof declared.Client>>,
  Nothing<Exclude<keyof Session, keyof declared.Session>>,
  Nothing<Exclude<keyof ChatRequest, keyof declared.ChatRequest>>,
  Nothing<Exclude<keyof errors.TributaryError, keyof declared.TributaryError>>,
];

// Right uses.
export async function use() {
  const client = connect("wss://here/v1/ws", { token: async () => "t", onState: ({ name }) => name.length });
  const session = client.session(newId());
  const request = session.chat(
    [{ type: "text", text: "hi" }], { model: "m", params: { n: 2 }, signal: new AbortController().signal });
  for await (const { text = "", toolCalls = [] } of request) text.concat(
    ...toolCalls.map((call) => call.arguments ?? ""));
  for await (const event of session) if (event.type === "delta") event.delta.choice.toFixed();
  session.chat({ messages: [...session.messages, { role: "user", content: "and?" }] });
  session.on("tabs", ({ tabs }) => tabs.toFixed());
  const stop: () => void = session.subscribe(() => session.getSnapshot().state.name);
  stop();
  const { usage } = await request.done;
  const ids: string[] = await session.abort();
  const { models } = await client.models({ upstream: "u" });
  if (client.state.name === "reconnecting") new Date(client.state.retryAt ?? 0);
  if (request.error?.code === "interrupted") session.retry(request.id);
  const state: unknown = "x";
  if (isId(state)) state.length;
  return [usage?.output, ids, models[0].price?.input];
}

/** As much of a WebSocket as the library asks for. */
declare class Socket {
  constructor(url: string, protocols: string[]);
  bufferedAmount: number;
  onmessage: null;
  onclose: null;
  onerror: null;
  send(data: string): void;
  close(): void;
}
export const sockets = [connect("wss://here/", { WebSocket: Socket }), connect("wss://here/", { WebSocket })];

// Wrong ones.
export function misuse(client: declared.Client, session: declared.Session, turn: declared.Turn) {
  // @ts-expect-error: a number is no question
  session.chat(7);
  // @ts-expect-error: views do not change
  turn.status = "ended";
  // @ts-expect-error: there is no such event
  session.on("sparkle", () => {});
  // @ts-expect-error: only a waiting connection has a time for its next attempt
  client.state.retryAt;
  // @ts-expect-error: a key is needed
  client.checkKey();
}
