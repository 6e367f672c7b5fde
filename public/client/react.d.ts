/** Hooks for React 18 or later, which the caller brings. docs/client.md shows how to use them. */
import type {
  ChatInput, ChatOptions, ChatRequest, Client, ConnectionState, ConnectOptions, ModelFailure, ModelInfo, Session,
  SessionSnapshot, TributaryError,
} from "./index.js";

export function reactHooks(React: ReactLike): ReactHooks;

/** As much of React as is used. */
export interface ReactLike {
  useEffect(effect: () => void | (() => void), dependencies?: readonly unknown[]): void;
  useMemo<Value>(make: () => Value, dependencies: readonly unknown[]): Value;
  useState<Value>(initial: Value | (() => Value)): [Value, (value: Value) => void];
  useSyncExternalStore<Snapshot>(
    subscribe: (listener: () => void) => () => void,
    getSnapshot: () => Snapshot,
    getServerSnapshot?: () => Snapshot,
  ): Snapshot;
}

/** Wherever a hook takes a client or a session, null means that there is none yet. */
export interface ReactHooks {
  /**
   * A connection for as long as a component uses it. Components that name the same address and the same token
   * (functions count as the same) share one; the options of the first count. Null only while a server renders.
   */
  useClient(url?: string | URL, options?: ConnectOptions): Client | null;
  /** The client's state, to be shown. */
  useConnection(client: Client | null): ConnectionState;
  /**
   * A session for as long as a component uses it: joined by the first, left after the last, and not before this tab's
   * requests have ended. One that was there before is not left. Without an id the component gets a session of its own.
   * A new id is another session.
   */
  useSession(client: Client, id?: string): Session;
  useSession(client: Client | null, id?: string | null): Session | null;
  /**
   * What is in a session, and what can be done there. Renders once a frame at most, and only when something has
   * changed.
   */
  useChat(session: Session | null, options?: UseChatOptions): Chat;
  /** The models that can be asked for. */
  useModels(client: Client | null, options?: { upstream?: string; key?: string }): Models;
}

/** What is beyond `start` and `abortOnUnmount` goes with every chat, unless `send` says otherwise. */
export interface UseChatOptions extends Omit<ChatOptions, "request" | "replaces" | "signal"> {
  /**
   * Asked once when mounted, if nothing was asked in the session before: not again by a reload, a second tab or
   * component, or StrictMode.
   */
  start?: ChatInput;
  /**
   * What this component asked is aborted when it unmounts, or gets another session; and when the last tab is closed.
   */
  abortOnUnmount?: boolean;
}

/**
 * The session's snapshot, and more. The same object until something changes; `send`, `stop` and `retry` need no `this`.
 */
export interface Chat extends SessionSnapshot {
  readonly session: Session | null;
  /** Whether anything runs or waits, whoever asked. */
  readonly isRunning: boolean;
  /**
   * Why the last turn failed, or else why the session could not be joined or the last `stop` or `retry` did nothing.
   */
  readonly error: TributaryError | null;
  /**
   * Asks. Throws a TypeError for what can never be sent, and where there is no session yet; all else becomes `error`.
   */
  send(input: ChatInput, options?: ChatOptions): ChatRequest;
  /** Cancels everything in the session, whoever asked. Never rejects: what fails becomes `error`. */
  stop(): Promise<void>;
  /**
   * Asks the last turn's question again, in its place. Null where there is nothing to ask again: the turn still runs,
   * or `error` says why. For another turn there is `session.retry`.
   */
  retry(): ChatRequest | null;
}

export interface Models {
  readonly models: readonly ModelInfo[];
  /** The upstreams whose lists could not be had. */
  readonly failed: readonly ModelFailure[];
  readonly isLoading: boolean;
  readonly error: TributaryError | null;
  /** Asks again. Never rejects. */
  reload(): Promise<void>;
}
