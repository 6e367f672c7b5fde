/// What an answer says about itself; each as soon as a chunk has one that is not empty, and then for good.
package struct AnswerMetadata: Equatable, Sendable {
    package var model: String?
    package var id: String?
    /// Unix seconds.
    package var created: Int?

    package init(model: String? = nil, id: String? = nil, created: Int? = nil) {
        self.model = model
        self.id = id
        self.created = created
    }
}

/// Where a decoder is. Every state but `streaming` is final: nothing is read after it.
package enum DecoderState: Equatable, Sendable {
    /// Exits: all others. At the end of the body it means that the upstream never said it was done.
    case streaming
    /// `[DONE]` came, or a whole answer as one JSON object.
    case done
    /// The provider reported an error inside an answer that had begun with status 200.
    case failed(ProviderError)
    /// The body is not what the dialect promises. A sentence, without content of the answer.
    case malformed(String)
}

/// How much a decoder takes in before it calls an answer malformed.
package struct DecoderLimits: Sendable {
    /// Bytes of one server-sent event.
    package var maxEventBytes = 16 * 1024 * 1024
    /// Bytes of an answer that comes as one JSON object.
    package var maxBodyBytes = 16 * 1024 * 1024
    package var maxChoices = 256
    package var maxToolCalls = 512

    package init() {}
}
