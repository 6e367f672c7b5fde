/// What is known of a model, or of several whose names begin alike; nil and empty where nobody knows.
package struct KnownModel: Equatable, Sendable {
    /// How its tokens are counted.
    package enum Measure: Equatable, Sendable {
        /// By OpenAI's vocabularies.
        case o200k, cl100k
        /// By others that are like o200k: so many times its count.
        case likeO200k(Double)
        /// By others: so many bytes of UTF-8 make a token, on average.
        case bytesPerToken(Double)
    }

    /// US dollars for a million tokens of a prompt and of an answer, as decimals in text: they are shown, not computed with.
    package struct Price: Equatable, Sendable {
        package var input: String
        package var output: String

        package init(input: String, output: String) {
            self.input = input
            self.output = output
        }
    }

    /// A model's name, or with `*` at its end the beginning of several. Case does not matter.
    package var pattern: String
    /// Tokens of prompt and answer together.
    package var contextTokens: Int?
    /// The longest answer, in tokens.
    package var maxOutputTokens: Int?
    /// `text`, `image`, `audio` …
    package var inputModalities: [String]
    package var outputModalities: [String]
    package var measure: Measure?
    /// The efforts between which the model chooses by itself how much to think (Anthropic's `thinking` of type `adaptive`);
    /// none where it thinks within a number of tokens.
    package var adaptiveThinking: [ReasoningEffort]?
    /// By provider: the same model has another price elsewhere.
    package var prices: [String: Price]

    package init(
        pattern: String, contextTokens: Int? = nil, maxOutputTokens: Int? = nil, inputModalities: [String] = [],
        outputModalities: [String] = [], measure: Measure? = nil, adaptiveThinking: [ReasoningEffort]? = nil,
        prices: [String: Price] = [:]
    ) {
        self.pattern = pattern
        self.contextTokens = contextTokens
        self.maxOutputTokens = maxOutputTokens
        self.inputModalities = inputModalities
        self.outputModalities = outputModalities
        self.measure = measure
        self.adaptiveThinking = adaptiveThinking
        self.prices = prices
    }

    /// What this one says, and where it is silent, what `other` says.
    package func completed(by other: KnownModel) -> KnownModel {
        var entry = self
        entry.contextTokens = contextTokens ?? other.contextTokens
        entry.maxOutputTokens = maxOutputTokens ?? other.maxOutputTokens
        if inputModalities.isEmpty { entry.inputModalities = other.inputModalities }
        if outputModalities.isEmpty { entry.outputModalities = other.outputModalities }
        entry.measure = measure ?? other.measure
        entry.adaptiveThinking = adaptiveThinking ?? other.adaptiveThinking
        entry.prices = prices.merging(other.prices) { own, _ in own }
        return entry
    }
}
