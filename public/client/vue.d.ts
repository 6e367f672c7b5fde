/** Composables for Vue 3.3 or later, which the caller brings. docs/client.md shows how to use them. */
import type { ComputedRef, MaybeRefOrGetter, ShallowRef } from "vue";
import type { ChatInput, ChatOptions, ChatRequest, Client, ConnectionState, ConnectOptions, Session } from "./index.js";
import type { Chat, Models, UseChatOptions } from "./react.js";

export type { Chat, Models, UseChatOptions };

export function vueComposables(Vue: VueLike): VueComposables;

/** As much of Vue as is used. */
export type VueLike = Pick<
  typeof import("vue"),
  "computed" | "getCurrentInstance" | "markRaw" | "onMounted" | "onScopeDispose" | "shallowRef" | "unref" | "watch"
>;

/**
 * What they show lives as long as the component, or the effect scope, that called them; in a component, from when it is
 * mounted on. Wherever they take a client or a session, null means that there is none yet.
 */
export interface VueComposables {
  /**
   * A connection. Those who name the same address and the same token (functions count as the same) share one; the
   * options of the first count.
   */
  useClient(
    url?: MaybeRefOrGetter<string | URL | undefined>,
    options?: MaybeRefOrGetter<ConnectOptions>,
  ): ShallowRef<Client | null>;
  /** The client's state, to be shown. */
  useConnection(client: MaybeRefOrGetter<Client | null>): ComputedRef<ConnectionState>;
  /**
   * A session: joined by the first who uses it, left after the last, and not before this tab's requests have ended. One
   * that was there before is not left. Without an id there is a session of its own. A new id is another session.
   */
  useSession(
    client: MaybeRefOrGetter<Client | null>,
    id?: MaybeRefOrGetter<string | null | undefined>,
  ): ShallowRef<Session | null>;
  /** What is in a session, and what can be done there. Changes once a frame at most, and only what has changed. */
  useChat(session: MaybeRefOrGetter<Session | null>, options?: MaybeRefOrGetter<UseChatOptions>): ChatRefs;
  /** The models that can be asked for. */
  useModels(
    client: MaybeRefOrGetter<Client | null>,
    options?: MaybeRefOrGetter<{ upstream?: string; key?: string }>,
  ): ModelRefs;
}

/** `Chat`, each part a ref of its own. */
export type ChatRefs = {
  readonly [Part in Exclude<keyof Chat, "session" | "send" | "stop" | "retry">]: ComputedRef<Chat[Part]>;
} & {
  send(input: ChatInput, options?: ChatOptions): ChatRequest;
  stop(): Promise<void>;
  retry(): ChatRequest | null;
};

/** `Models`, each part a ref of its own. */
export type ModelRefs = { readonly [Part in Exclude<keyof Models, "reload">]: ComputedRef<Models[Part]> } & {
  reload(): Promise<void>;
};
