import ChatProtocol
import Tokenizer

/// `context`: a conversation is cut to a number of tokens before it is sent ("context" in docs/protocol.md).
extension Node {
    /// What is sent of a conversation.
    struct Fitted {
        var messages: [[UInt8]]
        var truncation: Truncation
    }

    /// A `chat` on its way, which may have to wait until its tokens have been counted.
    struct CountedChat {
        let parsed: ParsedCommand
        let chat: ChatCommand
        let client: Client
        /// What has been counted already.
        let ledger: TokenLedger?
    }

    /// Cuts a conversation. Nil where its tokens have to be counted first: then the command is taken up again, from its
    /// beginning, when they have been, and the connection's further commands wait for it.
    func fit(
        _ conversation: [[UInt8]], of counted: CountedChat, context: ChatCommand.Context, for step: RequestPlan.Step
    ) throws(CommandError) -> Fitted? {
        guard counter != nil else {
            throw CommandError(
                .badRequest, "`context` is not supported by this server (see `features` in `welcome`).",
                field: "context")
        }
        let params = counted.chat.params
        let facts = step.model.map(step.target.facts)
        let budget = try TokenBudget(context, params: params, target: step.target, facts: facts).tokens
        if Self.surelyFits(conversation, params: params, into: budget) {
            return Fitted(messages: conversation, truncation: Truncation(maxTokens: budget, omitted: 0))
        }
        let unit = facts?.unit ?? .general
        // The model may be another than when counting began, where the configuration was read again meanwhile.
        let ledger = counted.ledger.flatMap { $0.unit == unit ? $0 : nil } ?? TokenLedger(unit: unit)
        if let missing = ledger.missing(of: conversation, params: params) {
            try count(
                missing, for: counted, ledger, holding: conversation.reduce(params?.count ?? 0) { $0 + $1.count })
            return nil
        }
        return try truncate(conversation, ledger, to: budget, keepsSystem: context.keepsSystem)
    }

    /// No token is shorter than a byte, and the marks around a message are longer in JSON.
    private static func surelyFits(_ conversation: [[UInt8]], params: [UInt8]?, into budget: Int) -> Bool {
        let bytes = conversation.reduce(ChatOverhead.replyPriming + (params?.count ?? 0)) { $0 + $1.count }
        guard bytes <= budget else { return false }
        return bytes + conversation.reduce(0) { $0 + CountedText(message: $1).fixedTokens } <= budget
    }

    private func truncate(
        _ conversation: [[UInt8]], _ ledger: TokenLedger, to budget: Int, keepsSystem: Bool
    ) throws(CommandError) -> Fitted {
        let others = (ledger.toolTokens ?? 0) + ChatOverhead.replyPriming
        do throws(ContextWindow.BudgetTooSmall) {
            let selection = try ContextWindow.truncate(
                ledger.messages(of: conversation), budget: budget - others, keepsSystem: keepsSystem)
            return Fitted(
                messages: selection.kept.map { conversation[$0] },
                truncation: Truncation(
                    maxTokens: budget, tokens: selection.tokens + others,
                    source: ledger.isExact ? .estimated : .calibrated, omitted: selection.omitted))
        } catch {
            throw CommandError(
                .contextLength,
                "What has to be sent takes \(error.least + others) tokens; `context` leaves room for \(budget).",
                field: "context.max_tokens")
        }
    }

    /// Waits for the counter, but not for ever: a thread that has much to count would hold up the connection's further
    /// commands, an `abort` among them. After that time an estimate serves.
    private func count(
        _ missing: TokenLedger.Missing, for counted: CountedChat, _ ledger: TokenLedger, holding heldBytes: Int
    ) throws(CommandError) {
        let client = counted.client
        let parsed = counted.parsed
        let texts = missing.texts
        // The command waits whole, its pictures with it.
        let bytes = max(heldBytes, texts.reduce(0) { $0 + $1.count })
        guard hub.keepInput(bytes) else {
            throw CommandError(.tooManyRequests, "Too much is being counted already; try again in a moment.")
        }
        client.spend(requestBytes: bytes)
        client.isCounting = true
        let awaited = AwaitedCount { [weak self, weak client] counts, isExact in
            guard let self, let client, client.isOpen else { return }
            client.isCounting = false
            var ledger = ledger
            ledger.enter(counts, of: missing, isExact: isExact)
            handle(parsed, from: client, ledger: ledger)
            markDirty(client)
        }
        let unit = ledger.unit
        counter?.count(texts, in: unit) { [weak self] counts, isExact in
            // The counter holds the texts until now, whoever waits for it.
            self?.hub.forgetInput(bytes)
            awaited.settle(counts, isExact: isExact)
        }
        awaited.expire(after: GenerationState.countingMilliseconds, timers) {
            TokenEstimate.counts(texts, bytesPerToken: unit.bytesPerToken)
        }
    }
}
