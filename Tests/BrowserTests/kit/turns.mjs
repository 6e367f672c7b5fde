/** A turn as the client library shows it; `fields` change what matters. */
export function turnOf(request, fields = {}) {
  return {
    request,
    isOurs: true,
    status: "ended",
    isLocal: false,
    isUnsent: false,
    prompts: [{ role: "user", content: `question ${request}` }],
    omitted: 0,
    isStored: true,
    hasStarted: true,
    choices: [choiceOf(`answer ${request}`)],
    model: "m",
    requestedModel: null,
    upstream: "default",
    provider: "openai",
    params: null,
    areParamsOmitted: false,
    replaces: null,
    usage: null,
    timing: null,
    reason: "stop",
    finishReason: "stop",
    abortedBy: null,
    retries: [],
    dropped: [],
    context: null,
    error: null,
    at: 1_767_225_600_000,
    ...fields,
  };
}

export function choiceOf(text, fields = {}) {
  return { choice: 0, text, reasoning: "", refusal: "", toolCalls: [], extra: [], finishReason: "stop", ...fields };
}
