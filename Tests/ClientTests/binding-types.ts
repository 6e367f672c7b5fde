// Read by the type checker alone: the hooks and composables let right uses pass, and no wrong ones.
import * as Vue from "vue";
import { connect } from "../../public/client/index.js";
import type { ChatRequest, Client, Message, Session } from "../../public/client/index.js";
import { reactHooks } from "../../public/client/react.js";
import type { ReactHooks, ReactLike } from "../../public/client/react.js";
import { vueComposables } from "../../public/client/vue.js";

// Right uses.
export function useHooks(React: ReactLike) {
  const { useChat, useClient, useConnection, useModels, useSession } = reactHooks(React);
  const client: Client | null = useClient("wss://here/v1/ws", { token: async () => "t" });
  const maybe: Session | null = useSession(client, "s");
  const session: Session = useSession(connect());
  const options = { start: "hi", abortOnUnmount: true, model: "m" };
  const { messages, isRunning, error, send, stop, retry } = useChat(maybe, options);
  const shown: readonly Message[] = messages;
  const request: ChatRequest = send([{ type: "text", text: "hi" }], { params: { n: 2 } });
  const { models, reload } = useModels(client, { upstream: "u" });
  const state: string = useConnection(null).name;
  return [session, shown, isRunning && error?.retryAfterMs, stop, retry, request, models[0].id, reload, state];
}

export function useComposables() {
  const { useChat, useClient, useConnection, useModels, useSession } = vueComposables(Vue);
  const client = useClient();
  const session = useSession(client, () => "s");
  const { messages, error, isRunning, send } = useChat(session, () => ({ start: "hi" }));
  const name: string = useConnection(client).value.name;
  const { models } = useModels(client);
  return [messages.value[0].id, error.value?.code, isRunning.value, send("hi").id, name, models.value[0].id];
}

// Wrong ones.
export function misuse({ useChat, useClient, useSession }: ReactHooks, client: Client) {
  // @ts-expect-error: what replaces a turn is said with the question
  useChat(null, { replaces: "r" });
  // @ts-expect-error: a session is needed, not its id
  useChat("s");
  // @ts-expect-error: there may be no client yet
  useClient().close();
  // @ts-expect-error: nor a session
  useSession(client, null).id;
}
