package import Providers
package import Tokenizer

/// What is known of a model; nil where nobody knows.
package struct ModelFacts: Equatable, Sendable {
    /// Tokens of prompt and answer together.
    package var contextTokens: Int?
    /// The longest answer, in tokens.
    package var maxOutputTokens: Int?
    /// `text`, `image`, `audio` …
    package var inputModalities: [String]
    package var outputModalities: [String]
    /// US dollars for a million tokens, as decimals in text: they are shown, not computed with.
    package var inputPrice: String?
    package var outputPrice: String?
    /// How its tokens are counted.
    package var unit: TokenUnit
    /// The efforts that it takes, if it thinks adaptively.
    package var adaptiveThinking: [ReasoningEffort]

    package init(
        contextTokens: Int? = nil, maxOutputTokens: Int? = nil, inputModalities: [String] = [],
        outputModalities: [String] = [], inputPrice: String? = nil, outputPrice: String? = nil,
        unit: TokenUnit = .general, adaptiveThinking: [ReasoningEffort] = []
    ) {
        self.contextTokens = contextTokens
        self.maxOutputTokens = maxOutputTokens
        self.inputModalities = inputModalities
        self.outputModalities = outputModalities
        self.inputPrice = inputPrice
        self.outputPrice = outputPrice
        self.unit = unit
        self.adaptiveThinking = adaptiveThinking
    }
}
