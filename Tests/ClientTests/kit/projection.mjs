/** What the log and a snapshot must tell alike of a session's turns; those that no snapshot has are left out. */
export function projection(turns) {
  const isTold = (turn) => !turn.isLocal && (turn.isStored || turn.status === "running");
  return turns.filter((turn) => isTold(turn) && !["waiting", "accepted"].includes(turn.status)).map((turn) => ({
    request: turn.request,
    status: turn.status,
    prompts: turn.omitted > 0 ? "some" : turn.prompts,
    model: turn.hasStarted ? turn.model : null,
    requestedModel: turn.hasStarted ? turn.requestedModel : turn.model,
    upstream: turn.hasStarted ? turn.upstream : null,
    provider: turn.provider,
    named: turn.named,
    params: turn.params,
    dropped: turn.hasStarted ? turn.dropped : null,
    context: turn.context,
    usage: turn.usage,
    timing: turn.timing,
    error: turn.error?.code ?? null,
    choices: turn.choices.map(({ choice, text, reasoning, refusal, toolCalls, extra }) => ({
      choice, text, reasoning, refusal, toolCalls, extra,
    })),
  }));
}
