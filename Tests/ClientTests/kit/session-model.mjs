/**
 * A session as docs/protocol.md says a server keeps it, written down again and independently of the library: the log,
 * the transcript by its rules, snapshots, and messages merged as they may be.
 */
export class SessionModel {
  /** Entries, unmerged; that of `seq` at `seq - 1`. */
  log = [];
  /** Up to where the log is forgotten. */
  base = 0;
  #id;
  /** Request → its record, in the order of beginning. */
  #records = new Map();

  constructor(id, epoch) {
    this.#id = id;
    this.epoch = epoch;
  }

  get head() {
    return this.log.length;
  }

  get running() {
    return [...this.#records.values()].filter((record) => record.status === "running");
  }

  record(request) {
    return this.#records.get(request);
  }

  /** Adds an entry; `seq` and `n` are made. */
  append(type, request, fields) {
    const n = type === "request" ? 0 : this.#records.get(request).n + 1;
    this.take({ type, session: this.#id, request, seq: this.head + 1, n, ...fields });
  }

  /** Adds an entry that has its `seq` and `n`, perhaps one that was merged: the entries that it holds are one then. */
  take(entry) {
    while (this.head < entry.seq - 1) this.log.push(null);
    this.log.push(entry);
    const record = this.#records.get(entry.request);
    if (entry.type === "request") this.#begin(entry);
    else if (record?.status === "running") this.#tell(record, entry);
  }

  #begin(entry) {
    const { request, seq, replaces, messages, store } = entry;
    const dropped = replaces === undefined ? Infinity : this.#records.get(replaces)?.seq ?? Infinity;
    for (const record of this.#records.values()) {
      const isOld = messages !== undefined && store !== false && record.status !== "running";
      if (record.seq >= dropped || isOld) record.isDropped = true;
    }
    const record = { request, seq, n: 0, entry, status: "running", retries: [], said: new Map(), isDropped: false };
    this.#records.set(request, record);
  }

  #tell(record, entry) {
    record.n = entry.n;
    if (entry.type === "start") record.start = entry;
    if (entry.type === "retry") record.retries.push(entry);
    if (entry.type === "delta") say(record, entry);
    if (!["end", "aborted", "error"].includes(entry.type)) return;
    record.status = { end: "ended", aborted: "aborted", error: "failed" }[entry.type];
    record.last = entry;
    if (entry.extra) say(record, entry);
  }

  /** What it is to show, in order: also what no snapshot has. */
  get shown() {
    return [...this.#records.values()].filter((record) => !record.isDropped).sort((a, b) => a.seq - b.seq);
  }

  snapshot() {
    const ended = this.shown.filter((record) => record.status !== "running" && record.entry.store !== false);
    return { messages: ended.flatMap(messagesOf), requests: this.running.map(requestOf) };
  }

  /**
   * The frames of a message that holds what is after `cursor` up to `until`, merged as far as `mayMerge()` says each
   * time.
   */
  message(cursor, until, mayMerge) {
    const frames = [];
    const open = new Map();
    for (const entry of this.log.slice(cursor, until)) {
      const kind = kindOf(entry);
      const before = open.get(entry.request);
      if (before !== undefined && kind !== null && before.kind === kind && mayMerge()) {
        frames.splice(frames.indexOf(before.frame), 1);
        before.frame = joinedTo(before.frame, entry);
        frames.push(before.frame);
      } else {
        const frame = { ...entry };
        frames.push(frame);
        open.set(entry.request, { kind, frame });
      }
    }
    return frames;
  }
}

/** Deltas of one kind may be merged. */
function kindOf({ type, choice = 0, text, reasoning, tool_calls, extra, logprobs }) {
  if (type !== "delta" || extra !== undefined || logprobs !== undefined) return null;
  const field = text !== undefined ? "text" : reasoning !== undefined ? "reasoning" : tool_calls ? "calls" : "refusal";
  return `${choice} ${field}`;
}

function joinedTo(before, entry) {
  const merged = { ...before, seq: entry.seq, n: entry.n, from: before.from ?? before.n };
  for (const field of ["text", "reasoning", "refusal"]) {
    if (entry[field] !== undefined) merged[field] += entry[field];
  }
  if (entry.tool_calls === undefined) return merged;
  merged.tool_calls = before.tool_calls.map((piece) => ({ ...piece }));
  for (const piece of entry.tool_calls) {
    const same = merged.tool_calls.find(({ index }) => index === piece.index);
    if (same) same.arguments = (same.arguments ?? "") + (piece.arguments ?? "");
    else merged.tool_calls.push({ ...piece });
  }
  return merged;
}

function say(record, { choice = 0, text = "", reasoning = "", refusal = "", tool_calls = [], extra }) {
  const nothing = { text: "", reasoning: "", refusal: "", calls: new Map(), extra: [] };
  if (!record.said.has(choice)) record.said.set(choice, nothing);
  const said = record.said.get(choice);
  said.text += text;
  said.reasoning += reasoning;
  said.refusal += refusal;
  if (extra) said.extra.push(extra);
  for (const { index, ...piece } of tool_calls) {
    const call = said.calls.get(index) ?? { arguments: "" };
    said.calls.set(index, { ...call, ...piece, arguments: call.arguments + (piece.arguments ?? "") });
  }
}

function promptOf({ input, messages }) {
  return messages ?? [{ role: "user", content: input }];
}

/** What was asked for and who answered; with the first answer. */
function termsOf(entry, start, retries) {
  const { model, upstream, named, params, context } = entry;
  const moved = retries.findLast((retry) => retry.upstream !== undefined);
  return {
    requested_model: model === start?.model ? undefined : model, upstream: start?.upstream ?? upstream, named,
    provider: start?.provider, params, dropped: (start && moved ? moved : entry).dropped, context,
  };
}

function messagesOf({ request, entry, said, status, start, retries, last }) {
  const prompts = promptOf(entry).map((message) => ({ ...message, request, at: entry.at }));
  const choices = said.size === 0 ? [[0, null]] : [...said];
  const answers = choices.map(([choice, spoken], index) => {
    const byIndex = [...spoken?.calls ?? []].sort(([a], [b]) => a - b);
    const calls = byIndex.map(([, { id, name, arguments: text }]) => ({
      id, type: "function", function: { name, arguments: text },
    }));
    const { code, message, stage, retryable } = last;
    return clean({
      request, role: "assistant", content: spoken?.text || (calls.length > 0 ? null : ""),
      refusal: spoken?.refusal || undefined, reasoning: spoken?.reasoning || undefined,
      tool_calls: calls.length > 0 ? calls : undefined, extra: spoken?.extra.length > 0 ? spoken.extra : undefined,
      choice: choice || undefined, status, model: start?.model,
      ...(index === 0 && termsOf(entry, start, retries)), usage: last.usage, timing: last.timing, at: entry.at,
      reason: status === "ended" ? last.reason : undefined,
      error: status === "failed" ? { code, message, stage, retryable } : undefined,
    });
  });
  return [...prompts, ...answers];
}

function requestOf({ request, entry, n, start, said, isDropped }) {
  const { type, session, seq, ...asked } = entry;
  const { type: _, seq: __, session: ___, ...started } = start ?? {};
  const spoken = ([choice, { text, reasoning, refusal, calls, extra }]) => clean({
    ...(choice > 0 && { choice }),
    text: text || undefined, reasoning: reasoning || undefined, refusal: refusal || undefined,
    tool_calls: calls.size > 0 ? [...calls].map(([index, call]) => ({ index, ...call })) : undefined,
    extra: extra.length > 0 ? extra : undefined,
  });
  const first = [...said].filter(([choice]) => choice === 0).map(spoken);
  const others = [...said].filter(([choice]) => choice > 0).map(spoken);
  return {
    ...asked, ...started, request, n, ...first[0], ...(others.length > 0 && { choices: others }),
    ...(isDropped && { replaced: true }),
  };
}

function clean(object) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
