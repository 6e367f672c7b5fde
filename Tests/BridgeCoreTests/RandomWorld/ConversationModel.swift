/// What a session's conversation must be, by the words of "The transcript" in docs/protocol.md, kept by one who sees the commands, what
/// the upstreams say and the terminal frames.
struct ConversationModel {
    /// A stored turn.
    struct Turn {
        let request: String
        /// As `role:content`.
        let prompt: [String]
        let hasMessages: Bool
        var text = ""
        var calls = 0
        /// Its answer is final, whether its terminal frame has come or not.
        var isFinal = false
        /// It has ended, and with all that the model wanted to say.
        var isWhole = false

        /// What a model is told of it.
        var told: [String] {
            let calls = isWhole ? calls : 0
            guard text.isEmpty, calls == 0 else {
                return prompt + ["assistant:\(text)\(calls > 0 ? "+\(calls)" : "")"]
            }
            guard hasMessages, let answered = prompt.lastIndex(where: { !$0.hasPrefix("user:") }) else { return [] }
            return Array(prompt[...answered])
        }
    }

    private(set) var turns: [Turn] = []

    subscript(_ request: String) -> Turn? {
        get { turns.first { $0.request == request } }
        set {
            guard let index = turns.firstIndex(where: { $0.request == request }), let newValue else { return }
            turns[index] = newValue
        }
    }

    /// What is sent for an `input` that replaces that turn, or none.
    func sent(_ input: String, replacing replaced: String?) -> [String] {
        let before = turns.prefix { $0.request != replaced }
        let start = before.lastIndex(where: \.hasMessages) ?? 0
        return before[start...].filter(\.isFinal).flatMap(\.told) + ["user:\(input)"]
    }

    /// A request that is stored was accepted.
    /// - Parameter hasEnded: whether a turn's terminal frame has come.
    mutating func accept(_ turn: Turn, replacing replaced: String?, hasEnded: (_ request: String) -> Bool) {
        if let index = turns.firstIndex(where: { $0.request == replaced }) { turns.removeSubrange(index...) }
        if turn.hasMessages { turns.removeAll { hasEnded($0.request) } }
        turns.append(turn)
    }
}
