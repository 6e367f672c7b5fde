import ChatProtocol
import Providers

/// From what broke to the protocol's words ("Errors" in docs/protocol.md).
extension RequestFailure {
    /// A transfer that did not complete.
    init(_ failure: TransferFailure, phase: GenerationState.Phase) {
        let stage = phase.stage
        switch failure.kind {
        case .resolve, .connect, .tls:
            self.init(.upstreamUnreachable, "The upstream cannot be reached: \(failure.message)", stage: .connect)
        case .closed:
            self.init(.upstreamClosed, "The upstream broke off: \(failure.message)", stage: stage)
        case .malformed:
            self.init(
                .upstreamProtocol, "The upstream does not speak HTTP as it should: \(failure.message)", stage: .parse)
        case .internal:
            self.init(.internal, "The request could not be sent: \(failure.message)", stage: stage)
        }
    }

    /// A response with a status other than 2xx, or an error object in a stream (then without a status of its own).
    /// `key` is the one that was sent: it is cut out of what the upstream says, and what is said of a key where none was
    /// sent (401, or Gemini's 403, or xAI's 400) means that one is missing.
    init(_ failure: ProviderFailure, stage: ErrorStage, redacting key: APIKey?) {
        let code: ErrorCode =
            switch failure.class {
            case .invalidKey: key == nil ? .missingKey : .invalidKey
            case .modelNotFound: .modelNotFound
            case .contextLength: .contextLength
            case .rateLimited: .upstreamRateLimited
            case .timeout, .badRequest, .other: .upstreamError
            }
        let redaction = Redaction(key)
        let said = redaction.apply(failure.error.message, isCut: failure.error.isMessageCut)?.excerpt(
            maxBytes: String.maxSentenceBytes)
        let status = failure.error.status
        let lead: String =
            switch code {
            case .missingKey: "The upstream wants an API key: none is configured, and none was sent"
            case .invalidKey: "The upstream refused the API key"
            case .modelNotFound: "The upstream does not know this model"
            case .contextLength: "The conversation is longer than the model's context"
            case .upstreamRateLimited: "The upstream's rate limit is reached"
            default: status.map { "The upstream answered with status \($0)" } ?? "The upstream reported an error"
            }
        self.init(
            code, said.flatMap { $0.isEmpty ? nil : "\(lead): \($0)" } ?? "\(lead).", stage: stage,
            retryable: failure.retryable, status: status, retryAfterMilliseconds: failure.retryAfterMilliseconds,
            upstream: .init(
                type: redaction.apply(failure.error.type, isCut: failure.error.isNameCut)?.excerpt(
                    maxBytes: String.maxNameBytes),
                code: redaction.apply(failure.error.code, isCut: failure.error.isNameCut)?.excerpt(
                    maxBytes: String.maxNameBytes), message: said,
                body: redaction.apply(failure.error.body, isCut: true)))
    }
}
