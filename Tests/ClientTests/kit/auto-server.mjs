import { ServerModel } from "./server-model.mjs";
import { Random } from "./random.mjs";

const TOOL_CALL = { index: 0, id: "call_1", name: "weather", arguments: "{}" };
const USAGE = { input: 5, output: 4, source: "estimated" };

/**
 * A WebSocket class with a server behind it that answers by itself, each question the same. "Tell me …" is never
 * answered.
 */
export function autoSocket() {
  const server = new ServerModel(new Random(7));
  return class AutoSocket {
    bufferedAmount = 0;
    onmessage = null;
    onclose = null;
    onerror = null;

    constructor() {
      server.accept(this);
      this.link = server.link;
      this.#later();
    }

    send(data) {
      this.onsent(data);
      this.#later();
    }

    close() {
      this.onclosed();
    }

    #later() {
      setImmediate(() => {
        const { link } = this;
        while (link.toServer.length > 0) link.hear();
        for (const session of server.sessions.values()) {
          for (const record of session.running) answer(session, record);
        }
        while (link.isAlive && hasNews(link)) link.write();
        for (const frames of link.toClient.splice(0)) {
          this.onmessage?.({ data: frames.map((frame) => JSON.stringify(frame)).join("\n") });
        }
      });
    }
  };

  function hasNews(link) {
    return link.outbox.length > 0 || [...link.cursors].some(([id, cursor]) => cursor !== server.session(id).head);
  }
}

function answer(session, { request, entry }) {
  if (entry.input?.startsWith?.("Tell me")) return;
  if (entry.model === "no-such-model") {
    const message = "There is no such model.";
    session.append("error", request, {
      code: "model_not_found", message, stage: "headers", retryable: false, timing: { total_ms: 1 },
    });
    return;
  }
  session.append(
    "start", request, { model: "model-1", upstream: "default", provider: "openai", attempt: 1, ttfb_ms: 1 });
  const callsTool = entry.params?.tools !== undefined;
  if (callsTool) session.append("delta", request, { tool_calls: [TOOL_CALL] });
  else for (const text of ["Because air", " scatters blue light."]) session.append("delta", request, { text });
  const reason = callsTool ? "tool_calls" : "stop";
  session.append("end", request, { reason, finish_reason: reason, usage: USAGE, timing: { total_ms: 2 } });
}
