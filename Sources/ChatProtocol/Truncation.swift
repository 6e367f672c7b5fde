/// What became of a `chat` with `context`: how much of the conversation was sent.
package struct Truncation: Equatable {
    /// Who counted: the model's own vocabulary, or a factor that stands for it.
    package enum Source: String {
        case estimated, calibrated
    }

    /// What there was room for, in tokens.
    package var maxTokens: Int
    /// What is sent, in tokens; nil where it was so little that nobody had to count.
    package var tokens: Int?
    package var source: Source?
    /// Messages that were left out.
    package var omitted: Int

    package init(maxTokens: Int, tokens: Int? = nil, source: Source? = nil, omitted: Int) {
        self.maxTokens = maxTokens
        self.tokens = tokens
        self.source = source
        self.omitted = omitted
    }

    package func write(to frame: inout ObjectWriter) {
        frame.object("context") {
            $0.field("max_tokens", maxTokens)
            $0.field("tokens", tokens)
            $0.field("source", source?.rawValue)
            $0.field("omitted", omitted)
        }
    }
}
