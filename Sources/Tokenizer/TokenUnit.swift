/// What tokens of a model are counted in.
package enum TokenUnit: Hashable, Sendable {
    /// OpenAI's vocabulary of gpt-4o and all that came after it.
    case o200k
    /// OpenAI's vocabulary of gpt-4, gpt-3.5 and the embeddings.
    case cl100k
    /// A vocabulary that is not at hand: an estimate, from how many bytes of UTF-8 a token of it stands for on average. See `TokenEstimate`.
    case calibrated(bytesPerToken: Double)

    /// Of a model of which nothing is known.
    package static let general = TokenUnit.calibrated(bytesPerToken: 4)

    /// How texts are split in it; nil where it is a factor.
    package var splitting: Splitting? {
        switch self {
        case .o200k: .o200k
        case .cl100k: .cl100k
        case .calibrated: nil
        }
    }

    /// The factor, or what serves as one where the vocabulary is not there.
    package var bytesPerToken: Double {
        switch self {
        case .o200k, .cl100k: 4
        case .calibrated(let bytesPerToken): bytesPerToken
        }
    }
}

/// What a chat costs beyond its texts, in tokens, as OpenAI's cookbook has it for all of its chat models ("How to count tokens with tiktoken").
package enum ChatOverhead {
    /// Each message: the marks around it and its role.
    package static let perMessage = 3
    /// A message's `name`, beside the text of the name itself.
    package static let perName = 1
    /// Once: the reply is begun with the mark and role of its message.
    package static let replyPriming = 3
}
