/// Why one choice of an answer ended.
package struct FinishReason: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case stop, length, toolCalls, contentFilter, other
    }

    /// The index of the choice, from 0.
    package var choice: Int
    /// The provider's own word.
    package var word: String
    package var kind: Kind

    package init(choice: Int = 0, word: String, kind: Kind) {
        self.choice = choice
        self.word = word
        self.kind = kind
    }
}
