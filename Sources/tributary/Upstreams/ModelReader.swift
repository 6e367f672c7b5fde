import Providers

/// Reads `models`: what the operator knows better than the table, or in addition to it.
enum ModelReader {
    private static let known = [
        "context_tokens", "max_output_tokens", "tokens", "input", "output", "adaptive_thinking",
    ]

    static func read(_ value: FileValue?) -> [KnownModel] {
        (value?.mapping()?.members ?? []).compactMap { name, value in
            guard !name.dropLast().contains("*") else {
                value.refuseWhole("a pattern has its * at the end.")
                return nil
            }
            guard let facts = value.mapping(known) else { return nil }
            return KnownModel(
                pattern: name, contextTokens: facts["context_tokens"]?.count(1...1_000_000_000),
                maxOutputTokens: facts["max_output_tokens"]?.count(1...1_000_000_000),
                inputModalities: facts["input"]?.texts() ?? [], outputModalities: facts["output"]?.texts() ?? [],
                measure: facts["tokens"].flatMap(measure),
                adaptiveThinking: facts["adaptive_thinking"].flatMap(efforts))
        }
    }

    private static func efforts(_ value: FileValue) -> [ReasoningEffort]? {
        value.list()?.compactMap { item in
            guard let word = item.text() else { return nil }
            guard let effort = ReasoningEffort(rawValue: word), effort != .none else {
                item.refuse("must be minimal, low, medium, high, xhigh or max.")
                return nil
            }
            return effort
        }
    }

    private static func measure(_ value: FileValue) -> KnownModel.Measure? {
        if let word = value.word {
            if let vocabulary = KnownModel.Measure(vocabulary: word) { return vocabulary }
            // A token is neither shorter than a bit of a byte nor longer than a long word.
            if let bytes = Double(word), (0.1...100).contains(bytes) { return .bytesPerToken(bytes) }
        }
        value.refuse(
            "must be o200k, cl100k, a multiple such as o200k*1.05, or how many bytes make a token, such as 4.2.")
        return nil
    }
}
