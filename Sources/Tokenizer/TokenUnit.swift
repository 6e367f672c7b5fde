/// What tokens of a model are counted in.
package enum TokenUnit: Hashable, Sendable {
    /// OpenAI's vocabulary of gpt-4o and all that came after it. Exact.
    case o200k
    /// OpenAI's vocabulary of gpt-4, gpt-3.5 and the embeddings. Exact.
    case cl100k
    /// A vocabulary that is not at hand, but much like o200k, as all of today's are: an estimate, so many times what
    /// o200k has.
    ///
    /// What providers billed for recorded answers is 0.97 to 1.10 times what o200k counts in the same text, while a
    /// token of theirs stands for anything from 3.0 to 5.8 bytes: how much it does depends on the text more than on the
    /// model (docs/decisions/0015).
    case likeO200k(factor: Double)
    /// A vocabulary that is not at hand: an estimate, from how many bytes of UTF-8 a token of it stands for on average.
    case calibrated(bytesPerToken: Double)

    /// Of a model of which nothing is known.
    package static let general = TokenUnit.likeO200k(factor: 1.05)

    /// How texts are counted in it before the factor is applied; nil where only their bytes are.
    package var splitting: Splitting? {
        switch self {
        case .o200k, .likeO200k: .o200k
        case .cl100k: .cl100k
        case .calibrated: nil
        }
    }

    /// Whether counts are the model's own, where the vocabulary is there.
    package var isExact: Bool { self == .o200k || self == .cl100k }

    /// A count of its vocabulary as one of the model.
    package func scaled(_ count: Int) -> Int {
        guard case .likeO200k(let factor) = self else { return count }
        return Int((Double(count) * factor).rounded(.up))
    }

    /// What serves where the vocabulary is not there. (4 is what prose and code have in both of OpenAI's.)
    package var bytesPerToken: Double {
        switch self {
        case .o200k, .cl100k: 4
        case .likeO200k(let factor): 4 / factor
        case .calibrated(let bytesPerToken): bytesPerToken
        }
    }
}

extension TokenUnit {
    /// Of a model by its name, as providers and routers write it: `gpt-4o-mini`, `openai/gpt-4o`, `ft:gpt-4o:…`,
    /// `Qwen/Qwen3-32B`.
    package init(model: String) {
        let name = model.lowercased().split(separator: "/").last ?? ""
        let word = name.hasPrefix("ft:") ? name.dropFirst(3) : name
        self = Self.known.first { word.hasPrefix($0.prefix) }?.unit ?? .general
    }

    /// The first that fits counts. The factors are those of the recorded answers; what has none is `general`.
    private static let known: [(prefix: String, unit: TokenUnit)] = [
        ("gpt-4o", .o200k), ("gpt-4.", .o200k), ("gpt-4", .cl100k), ("gpt-3", .cl100k), ("text-embedding-", .cl100k),
        ("gpt-", .o200k), ("chatgpt-", .o200k), ("codex-", .o200k), ("o1", .o200k), ("o3", .o200k), ("o4", .o200k),
        ("claude", .likeO200k(factor: 1.09)), ("gemini", .likeO200k(factor: 1.03)),
        ("gemma", .likeO200k(factor: 0.97)), ("qwen", .likeO200k(factor: 1.02)),
        ("deepseek", .likeO200k(factor: 1.05)), ("llama", .likeO200k(factor: 1.01)),
    ]
}

/// What a chat costs beyond its texts, in tokens, as OpenAI's cookbook has it for all of its chat models ("How to count
/// tokens with tiktoken").
package enum ChatOverhead {
    /// Each message: three for the marks around it, and one for its role.
    package static let perMessage = 4
    /// A picture, a sound, a film or a file, whatever is in it: as much as a square picture of 1024 pixels with OpenAI's models.
    /// What it really costs, nobody knows but the provider.
    package static let perMedium = 765
    /// A message's `name`, beside the text of the name itself.
    package static let perName = 1
    /// So many tool calls that a model makes in one answer, beside their names and arguments: found in recorded
    /// answers, of one call and of two.
    package static func toolCalls(_ count: Int) -> Int {
        count > 1 ? 7 * count + 8 : 7 * count
    }
    /// Once: the reply is begun with the mark and role of its message.
    package static let replyPriming = 3
}
