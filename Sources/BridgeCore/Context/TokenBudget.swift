import ChatProtocol
import Providers

/// How many tokens a request may have, its tools included.
struct TokenBudget {
    let tokens: Int

    /// What the client says; or else what the model's window has room for beside the reply: as long a one as the upstream
    /// is asked for, by `params` or its rules, or as the model may give, but that at most half of the window.
    init(
        _ context: ChatCommand.Context, params: [UInt8]?, target: UpstreamTarget, facts: ModelFacts?
    ) throws(CommandError) {
        if let tokens = context.maxTokens {
            self.tokens = tokens
            return
        }
        guard let window = facts?.contextTokens else {
            throw CommandError(
                .badRequest, "`context.max_tokens` is missing, and how much this model can read is not known here.",
                field: "context.max_tokens")
        }
        let reply =
            Providers.replyTokens(
                params: params, for: target.dialect, rules: target.rules, maxOutputTokens: facts?.maxOutputTokens)
            ?? min(facts?.maxOutputTokens ?? window / 4, window / 2)
        tokens = max(0, window - reply)
    }
}
