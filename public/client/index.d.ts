/**
 * Tributary's client for browsers, workers and Node 20 or newer. docs/client.md tells how to use it; docs/protocol.md
 * what the words mean. Objects that come from the server as they are (`usage`, `timing`, `limits`, models, retries)
 * have the protocol's names; everything else is in camel case.
 */

/**
 * Opens a connection, which comes back by itself. Without `url`: `v1/ws` beside the page. `http:` counts as `ws:`.
 * Throws a TypeError for any other, and where there is no page to be beside.
 */
export function connect(url?: string | URL, options?: ConnectOptions): Client;

/** 128 random bits in 22 characters. Whoever knows a session's id may read it: it is a secret. */
export function newId(): string;

/** Whether the protocol allows this as the id of a session or a request. */
export function isId(value: unknown): value is string;

/**
 * What went wrong: with a command, a request, the connection. `code` tells what; `message` is a sentence for people.
 */
export class TributaryError extends Error {
  constructor(fields: ErrorFields);
  readonly name: "TributaryError";
  readonly code: ErrorCode;
  /** Whether the same could succeed later (under a new request id). */
  readonly retryable: boolean;
  /** How long the upstream asks to wait. */
  readonly retryAfterMs?: number;
  /** How far the request was. */
  readonly stage?: string;
  /** The upstream's HTTP status. */
  readonly status?: number;
  /** The member of the command that is wrong, with its path. */
  readonly field?: string;
  /** The provider's own words. */
  readonly upstream?: UpstreamError;
  readonly request?: string;
  readonly session?: string;
}

/** An `error` frame's members, or the `error` of a snapshot's message. */
export interface ErrorFields {
  readonly code: ErrorCode;
  readonly message?: string;
  readonly retryable?: boolean;
  readonly retry_after_ms?: number;
  readonly stage?: string;
  readonly status?: number;
  readonly field?: string;
  readonly upstream?: UpstreamError;
  readonly request?: string;
  readonly session?: string;
}

export interface UpstreamError {
  readonly type?: string;
  readonly code?: string;
  readonly message?: string;
  readonly body?: string;
}

/**
 * The protocol's codes (docs/protocol.md, "Errors"), and three of the client's own: `closed` (the client was closed, or
 * the session left, before there was an answer), `unreadable` (the server sent what is not its protocol), `token` (the
 * `token` function failed). A code that is not here is to be taken as `internal`.
 */
export type ErrorCode =
  | "bad_request" | "unknown_type" | "unauthorized" | "forbidden" | "not_joined" | "unknown_request" | "request_exists"
  | "too_many_requests" | "missing_key" | "invalid_key" | "model_not_found" | "context_length" | "upstream_rate_limited"
  | "upstream_error" | "upstream_unreachable" | "upstream_timeout" | "upstream_closed" | "upstream_protocol"
  | "interrupted" | "draining" | "internal" | "closed" | "unreadable" | "token" | (string & {});

export interface ConnectOptions {
  /**
   * Said in `hello`. A function is asked for each connection, once it is open; nothing else is sent before, so nothing
   * finds out until then whether that connection lives: the function has to come to an end. After 4401 it is asked
   * again only where somebody calls `reconnect()`.
   */
  token?: string | (() => string | Promise<string>);
  /** Names the page or program to the server, in `hello`. */
  client?: string;
  /** Told of every state, the first one too; not before `connect` has returned. */
  onState?(state: ConnectionState): void;
  /** For places that have no global one (Node before 22). */
  WebSocket?: WebSocketConstructor;
  /**
   * Between attempts: doubled from `firstMs` (500) to `capMs` (30,000), of which a random part of the upper half is
   * taken away.
   */
  backoff?: { firstMs?: number; capMs?: number };
}

/** As much of a WebSocket as is used: browsers' own, Node's, and that of the package `ws` have it. */
export interface WebSocketLike {
  readonly bufferedAmount: number;
  onmessage: ((event: any) => void) | null;
  onclose: ((event: any) => void) | null;
  onerror: ((event: any) => void) | null;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

export type ConnectionState =
  | {
    /** For the first time. */
    readonly name: "connecting";
    readonly attempt: number;
  }
  | {
    readonly name: "open";
    /** The connection's id, as it stands in `abortedBy`. */
    readonly connection: string;
  }
  | {
    readonly name: "reconnecting";
    /** Why it was lost, in words. */
    readonly reason: string;
    /** The close code; 1006 where there was none. */
    readonly code: number;
    /** Which attempt it is, or will be, from 1. */
    readonly attempt: number;
    /**
     * Unix milliseconds of the next attempt. Null: it is under way, or waits for the network, or, after 4408, for
     * something to ask.
     */
    readonly retryAt: number | null;
    /** Whether the browser says that there is no network: the next attempt comes with it. */
    readonly isOffline: boolean;
  }
  | {
    /**
     * It does not come back by itself, and whatever is asked fails. `reconnect()` tries again, unless `close()` was
     * called.
     */
    readonly name: "closed";
    readonly reason: string;
    /** Null: `close()` was called. */
    readonly code: number | null;
  };

/** What the server takes, in bytes unless named otherwise; others may be added. */
export interface Limits {
  readonly message_bytes?: number;
  readonly request_bytes?: number;
  readonly answer_bytes?: number;
  readonly event_bytes?: number;
  readonly [name: string]: number | undefined;
}

/** One WebSocket at a time, and the sessions on it. */
export interface Client {
  readonly state: ConnectionState;
  /** Null until the first `welcome`; then those of the newest connection. */
  readonly limits: Limits | null;
  /** The server's name and version, for people. */
  readonly server: string | null;
  /** What this server can do beyond the minimum: `models`, `context`, `client_keys` … */
  readonly features: readonly string[];
  /** The same object for the same id until it is left. It joins at once, and again after each reconnect. */
  session(id?: string): Session;
  readonly sessions: readonly Session[];
  /** The models of all upstreams, or of one. Asked again after a reconnect. */
  models(options?: { upstream?: string; key?: string }): Promise<ModelList>;
  /** Whether an upstream takes this key. Rejects where that could not be found out. */
  checkKey(key: string, options?: { upstream?: string }): Promise<KeyCheck>;
  /** Whether a connection's id, as `abortedBy` has it, is or was this client's. */
  isOurs(connection: string): boolean;
  /**
   * `error`: what belongs to no promise and no session, and what a session has to tell where nobody listens to it.
   * `frame`: every frame as it came, for tools. Returns how to stop.
   */
  on<Type extends keyof ClientEvents>(type: Type, listener: (event: ClientEvents[Type]) => void): () => void;
  /** Tries now, also where it was closed by the server for good. Not after `close()`. */
  reconnect(): void;
  /**
   * For good. Whatever waits for an answer is rejected with the code `closed`; running requests go on at the server and
   * count as interrupted here.
   */
  close(): void;
}

export interface ClientEvents {
  state: ConnectionState;
  error: TributaryError;
  frame: Frame;
}

/** A frame as it came. */
export interface Frame {
  readonly type: string;
  readonly [name: string]: any;
}

export interface ModelList {
  readonly models: readonly ModelInfo[];
  /** The upstreams whose lists could not be had. */
  readonly failed: readonly ModelFailure[];
}

/** What is not known is absent. */
export interface ModelInfo {
  readonly id: string;
  readonly upstream: string;
  readonly name?: string;
  readonly created?: number;
  readonly owned_by?: string;
  readonly context_tokens?: number;
  readonly max_output_tokens?: number;
  readonly input?: readonly string[];
  readonly output?: readonly string[];
  /** US dollars for a million tokens, as decimals, to be shown. */
  readonly price?: { readonly input?: string; readonly output?: string };
}

export interface ModelFailure {
  readonly upstream: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly status?: number;
  readonly retry_after_ms?: number;
}

export interface KeyCheck {
  readonly valid: boolean;
  readonly upstream: string;
  /** Why not. */
  readonly message?: string;
}

export interface Position {
  readonly epoch: string;
  readonly seq: number;
}

/** One conversation, as all tabs that joined it see it. Iterating gives its events from now on. */
export interface Session extends AsyncIterable<SessionEvent> {
  readonly id: string;
  /** Whether what it shows is live. */
  readonly isJoined: boolean;
  /**
   * Resolves when it was joined for the first time. Rejects where that is refused for good, or the connection closed
   * for good before; once that is tried again, it is a fresh promise.
   */
  readonly ready: Promise<void>;
  /**
   * All turns in order, at the end those that the server has not answered yet. An unchanged turn is the same object.
   */
  readonly turns: readonly Turn[];
  /**
   * The same as a flat list. Each turn's answers come last, the running one's too. An unchanged message is the same
   * object.
   */
  readonly messages: readonly Message[];
  /** What runs or has not been answered yet, whoever asked. */
  readonly requests: readonly ChatRequest[];
  /** Connections that have joined. 0 while that is not known, and while there is no connection. */
  readonly tabs: number;
  /** How many earlier messages the server had no room for. */
  readonly truncated: number;
  /** Null while there is none to trust. */
  readonly position: Position | null;
  /**
   * Asks. It never throws for the network: it waits for the connection, and is sent again, without being started twice,
   * until it was answered. What is given is copied. Throws a TypeError for what can never be sent. Under an id that is
   * known, the same question is that request; another one fails with the code `request_exists`. One that has ended, and
   * of which the server has kept no more than the id, fails with `interrupted`.
   */
  chat(input: ChatInput, options?: ChatOptions): ChatRequest;
  /**
   * Asks what a turn had asked once more, in its place: `replaces` it, with its messages, and with its parameters as
   * far as they are known. A `model` and an `upstream` that the question named are named again; what it left to the
   * server may be another now. `context` and `orphan` are kept where this page asked it; of other tabs' turns, and
   * after a reload, they have to be given, as a `key` always. `options` change any of that. Throws a TributaryError for
   * a turn that is unknown, or whose messages this tab does not have in full, or whose parameters it does not have while
   * `options` have none.
   */
  retry(request: string, options?: ChatOptions): ChatRequest;
  /** Of any turn that is known, ended or not. */
  request(id: string): ChatRequest | undefined;
  /** Cancels all that is queued or running as far as this tab knows. Resolves with the ids that were cancelled. */
  abort(): Promise<string[]>;
  /**
   * Takes a turn out of sight that the server does not know: one that was refused, or interrupted. Says whether it was
   * there.
   */
  dismiss(request: string): boolean;
  /** Unsubscribes, and aborts nothing. What is not answered is rejected with the code `closed`. */
  leave(): void;
  /** Returns how to stop. */
  on<Type extends SessionEvent["type"]>(
    type: Type,
    listener: (event: Extract<SessionEvent, { type: Type }>) => void,
  ): () => void;
  /** Calls at most once for each message that came, after all of it was taken in. Needs no `this`. */
  subscribe(listener: () => void): () => void;
  /** Frozen; the same object until something changes. Needs no `this`. */
  getSnapshot(): SessionSnapshot;
}

export interface SessionSnapshot {
  readonly turns: readonly Turn[];
  readonly messages: readonly Message[];
  readonly requests: readonly ChatRequest[];
  readonly tabs: number;
  readonly isJoined: boolean;
  readonly truncated: number;
  /** The client's. */
  readonly state: ConnectionState;
}

export type SessionEvent =
  /** Something did, as `subscribe` tells it. */
  | { readonly type: "change" }
  /** There is a new request, ours or another tab's. */
  | { readonly type: "request"; readonly request: ChatRequest }
  /** A piece of an answer. */
  | { readonly type: "delta"; readonly request: ChatRequest; readonly delta: Delta }
  /** It has ended, in whatever way. */
  | { readonly type: "end"; readonly request: ChatRequest }
  /** How many tabs there are has changed. */
  | { readonly type: "tabs"; readonly tabs: number }
  /** Everything may be different: a snapshot came, or whoever iterates was too slow. Look at the session again. */
  | { readonly type: "replaced" }
  /** The session could not be joined (where `retryable`, that is tried again), or what nobody waits for failed. */
  | { readonly type: "error"; readonly error: TributaryError };

export type ChatInput = string | readonly ContentPart[] | { readonly messages: readonly ChatMessage[] };

/** OpenAI's shape, passed on as it is. */
export interface ContentPart {
  readonly type: string;
  readonly [name: string]: unknown;
}

/**
 * OpenAI's shape, passed on as it is. A session's own `Message` may stand here, too: what it has beyond OpenAI's is
 * left out.
 */
export interface ChatMessage {
  readonly role: string;
  readonly content?: string | readonly ContentPart[] | null;
  readonly [name: string]: unknown;
}

/** docs/protocol.md, "chat", says what they mean. */
export interface ChatOptions {
  /** Its id, for who has one already. The same chat under the same id is started once, also by two tabs. */
  request?: string;
  model?: string;
  upstream?: string;
  params?: { readonly [name: string]: unknown };
  /** The user's own API key. It is forgotten as soon as the server has answered. */
  key?: string;
  context?: { max_tokens?: number; keep_system?: boolean };
  orphan?: "finish" | "abort";
  /** The id of the turn that is dropped first, with all later ones. */
  replaces?: string;
  store?: boolean;
  /** Aborts the request. Aborted before, nothing is asked: the request is `aborted`, and in no list. */
  signal?: AbortSignal;
}

/**
 * `waiting`: not answered by the server yet. `accepted`: it will be in the log. `running`: it is. `ended`, `aborted`:
 * as it should. `failed`: by the upstream, or refused by the server. `interrupted`: lost, as far as this tab knows.
 */
export type Status = "waiting" | "accepted" | "running" | "ended" | "aborted" | "failed" | "interrupted";

/**
 * A request and its answer, live. Iterating gives the answer from its beginning, whenever that starts: what is there as
 * one delta for each field, and so what came while nobody asked for the next. It ends with the answer, and throws its
 * error.
 */
export interface ChatRequest extends AsyncIterable<Delta> {
  readonly id: string;
  readonly session: Session;
  /** Whether it was made here, by `chat`. */
  readonly isOurs: boolean;
  readonly status: Status;
  /** As it stands now, frozen. */
  readonly turn: Turn;
  /** Of choice 0. */
  readonly text: string;
  readonly reasoning: string;
  readonly refusal: string;
  readonly toolCalls: readonly ToolCall[];
  readonly choices: readonly Choice[];
  readonly model: string | null;
  readonly requestedModel: string | null;
  readonly upstream: string | null;
  readonly provider: string | null;
  readonly usage: Usage | null;
  readonly timing: Timing | null;
  readonly reason: Reason | null;
  readonly finishReason: string | null;
  readonly abortedBy: string | null;
  readonly retries: readonly Retry[];
  readonly dropped: readonly string[];
  readonly error: TributaryError | null;
  /**
   * Resolves with this request when it has ended or was aborted; rejects with its error when it failed or was
   * interrupted.
   */
  readonly done: Promise<ChatRequest>;
  /**
   * Cancels it, for all tabs. Resolves when that is certain, or it has ended anyway; what was never sent is just taken
   * back.
   */
  abort(): Promise<void>;
}

/** A piece of an answer, with one of the fields. */
export interface Delta {
  /** Which of several answers, from 0. */
  readonly choice: number;
  readonly text?: string;
  readonly reasoning?: string;
  readonly refusal?: string;
  /** Pieces: `id` and `name` come whole, each once, perhaps apart; `arguments` are to be appended by `index`. */
  readonly toolCalls?: readonly ToolCallPiece[];
  /** What the provider said beside that, one object for each of the server's deltas. */
  readonly extra?: readonly object[];
  /** As the provider sent them, one for each of the server's deltas. */
  readonly logprobs?: readonly unknown[];
}

export interface ToolCallPiece {
  readonly index: number;
  readonly id?: string;
  readonly name?: string;
  readonly arguments?: string;
}

export interface ToolCall {
  readonly id: string | null;
  readonly name: string;
  /** JSON text, perhaps in the making. */
  readonly arguments: string;
}

/** One of several answers to a request. */
export interface Choice {
  readonly choice: number;
  readonly text: string;
  readonly reasoning: string;
  readonly refusal: string;
  readonly toolCalls: readonly ToolCall[];
  readonly extra: readonly object[];
  readonly finishReason: string | null;
}

/** What one request put into the transcript, as it was when this object was made. Frozen. */
export interface Turn {
  readonly request: string;
  readonly isOurs: boolean;
  readonly status: Status;
  /** The server does not know it, and will not: it was refused, or interrupted. */
  readonly isLocal: boolean;
  /** It waits, and has not been sent to the server yet. */
  readonly isUnsent: boolean;
  /** What was asked, in OpenAI's shapes. */
  readonly prompts: readonly ChatMessage[];
  /** How many earlier messages of the prompt the server left out. 0 in the page that asked: it has them. */
  readonly omitted: number;
  /** False: it is in no snapshot, so gone after a reload. */
  readonly isStored: boolean;
  /** Whether the upstream has answered. */
  readonly hasStarted: boolean;
  readonly choices: readonly Choice[];
  /** What the upstream says it runs; before that, what was asked for. */
  readonly model: string | null;
  readonly requestedModel: string | null;
  readonly upstream: string | null;
  readonly provider: string | null;
  readonly params: { readonly [name: string]: unknown } | null;
  /** There were some, and a snapshot had no room for them: `retry` has to be given `params`. */
  readonly areParamsOmitted: boolean;
  readonly replaces: string | null;
  readonly usage: Usage | null;
  readonly timing: Timing | null;
  readonly reason: Reason | null;
  readonly finishReason: string | null;
  /** A connection's id, or `orphan`. */
  readonly abortedBy: string | null;
  readonly retries: readonly Retry[];
  /** What the upstream could not take and was left out. */
  readonly dropped: readonly string[];
  /** How much of the conversation was sent, where `context` cut it. */
  readonly context: ContextCut | null;
  readonly error: TributaryError | null;
  /** Unix milliseconds: when it was accepted (before that: asked). */
  readonly at: number;
}

/** A message of the conversation, in OpenAI's shape and a little more. Frozen. */
export interface Message extends ChatMessage {
  /** Unique in the session and stable: a key for lists. */
  readonly id: string;
  readonly request: string;
  readonly role: string;
  readonly content: string | readonly ContentPart[] | null;
  readonly at: number;
  /** Of answers alone, as all below. */
  readonly status?: Status;
  readonly choice?: number;
  readonly reasoning?: string;
  readonly refusal?: string;
  readonly tool_calls?: readonly {
    readonly id: string | null;
    readonly type: "function";
    readonly function: { readonly name: string; readonly arguments: string };
  }[];
  readonly extra?: readonly object[];
  readonly model?: string;
  readonly usage?: Usage;
  readonly timing?: Timing;
  readonly reason?: Reason;
  readonly error?: TributaryError;
}

export type Reason = "stop" | "length" | "tool_calls" | "content_filter" | "other" | (string & {});

export interface Usage {
  readonly input: number;
  readonly output: number;
  readonly reasoning?: number;
  readonly cached?: number;
  /** Who counted. Whatever is not `upstream` is an estimate. */
  readonly source: "upstream" | "estimated" | "calibrated" | (string & {});
}

/** Milliseconds since it was accepted. What did not happen is absent. */
export interface Timing {
  readonly queued_ms?: number;
  readonly ttfb_ms?: number;
  readonly ttft_ms?: number;
  readonly total_ms?: number;
  readonly tokens_per_s?: number;
}

/** An attempt that failed before any delta, and the next one. */
export interface Retry {
  readonly attempt: number;
  readonly after_ms: number;
  readonly code: ErrorCode;
  readonly status?: number;
  readonly upstream?: string;
  readonly model?: string;
  readonly dropped?: readonly string[];
}

export interface ContextCut {
  readonly max_tokens: number;
  readonly tokens?: number;
  readonly source?: string;
  readonly omitted: number;
}
