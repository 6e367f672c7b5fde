import ByteCoding
import ChatProtocol

/// How many tokens a request may have, its tools included.
struct TokenBudget {
    let tokens: Int

    /// What the client says; or else what the model's window has room for beside the reply: as long a one as `params` ask
    /// for, or as the model may give, but that at most half of the window.
    init(_ context: ChatCommand.Context, params: [UInt8]?, facts: ModelFacts?) throws(CommandError) {
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
            params.flatMap(Self.replyTokens) ?? min(facts?.maxOutputTokens ?? window / 4, window / 2)
        tokens = max(0, window - reply)
    }

    private static func replyTokens(_ params: [UInt8]) -> Int? {
        var length: Int?
        var reader = JSONReader(params.span)
        do throws(JSONError) {
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if reader.key(key, is: "max_completion_tokens") || reader.key(key, is: "max_tokens") {
                    length = try reader.readInt() ?? length
                } else {
                    try reader.skipValue()
                }
            }
        } catch {
            return nil
        }
        return length.flatMap { $0 > 0 ? $0 : nil }
    }
}
