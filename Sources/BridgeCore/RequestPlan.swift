package import ChatProtocol
package import Providers

/// How an accepted `chat` is to be answered: where it goes first, and where then if it fails before the first delta.
package struct RequestPlan {
    /// One upstream that may be asked.
    package struct Step {
        package var target: UpstreamTarget
        /// What it is asked for; nil leaves that to the upstream.
        package var model: String?
        /// The key that goes along: a request's own only to the upstream it was meant for.
        package var key: APIKey?

        package init(target: UpstreamTarget, model: String?, key: APIKey?) {
            self.target = target
            self.model = model
            self.key = key
        }
    }

    /// The chosen upstream, then its fallbacks; at least one.
    package var steps: [Step]
    /// What the first step is sent.
    package var encoded: EncodedRequest
    /// What later steps are made of; nil where there is none.
    package var chat: ChatRequest?
    /// How much of the conversation is in there; nil where nobody asked for less than all.
    package var truncation: Truncation?

    package init(
        steps: [Step], encoded: EncodedRequest, chat: ChatRequest? = nil, truncation: Truncation? = nil
    ) {
        self.steps = steps
        self.encoded = encoded
        self.chat = chat
        self.truncation = truncation
    }
}
