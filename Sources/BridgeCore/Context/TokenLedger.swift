import Tokenizer

/// What the messages of a conversation cost, as far as they have been counted. It outlives one look at a session: while
/// tokens are counted elsewhere the conversation may change, and then only what is new has to be counted.
struct TokenLedger {
    let unit: TokenUnit
    /// By a message's JSON.
    private var messages: [TextDigest: ContextWindow.Message] = [:]
    /// Of the tools; nil until they are counted.
    private(set) var toolTokens: Int?
    private(set) var isExact = true

    init(unit: TokenUnit) { self.unit = unit }

    /// What is to be counted next. Its texts go to the counter in this order.
    struct Missing {
        fileprivate var messages: [(digest: TextDigest, counted: CountedText)] = []
        fileprivate var tools: CountedText?

        var texts: [[UInt8]] { messages.flatMap(\.counted.texts) + (tools?.texts ?? []) }
    }

    /// Nil where all is known.
    func missing(of conversation: [[UInt8]], params: [UInt8]?) -> Missing? {
        var missing = Missing()
        var seen: Set<TextDigest> = []
        for json in conversation {
            let digest = TextDigest(json)
            guard messages[digest] == nil, seen.insert(digest).inserted else { continue }
            missing.messages.append((digest, CountedText(message: json)))
        }
        if toolTokens == nil { missing.tools = CountedText(params: params) }
        return missing.messages.isEmpty && missing.tools == nil ? nil : missing
    }

    /// - Parameter counts: a number for each of `missing.texts`.
    mutating func enter(_ counts: [Int], of missing: Missing, isExact: Bool) {
        var counts = counts[...]
        for (digest, counted) in missing.messages {
            messages[digest] = counted.message(tokens: counts.prefix(counted.texts.count).reduce(0, +))
            counts = counts.dropFirst(counted.texts.count)
        }
        if missing.tools != nil { toolTokens = counts.reduce(0, +) }
        self.isExact = self.isExact && isExact
    }

    /// - Precondition: nothing is missing.
    func messages(of conversation: [[UInt8]]) -> [ContextWindow.Message] {
        conversation.compactMap { messages[TextDigest($0)] }
    }
}
