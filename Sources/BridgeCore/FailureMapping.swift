import ChatProtocol
import Providers

/// From what broke to the protocol's words ("Errors" in docs/protocol.md).
extension RequestFailure {
    /// A transfer that did not complete.
    init(_ failure: TransferFailure, phase: GenerationState.Phase) {
        let stage: ErrorStage =
            switch phase {
            case .queued, .connecting: .connect
            case .waiting: .headers
            default: .stream
            }
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
    init(_ failure: ProviderFailure, stage: ErrorStage, redacting key: APIKey?) {
        let code: ErrorCode =
            switch failure.class {
            case .invalidKey: .invalidKey
            case .modelNotFound: .modelNotFound
            case .contextLength: .contextLength
            case .rateLimited: .upstreamRateLimited
            case .timeout, .badRequest, .other: .upstreamError
            }
        let redaction = Redaction(key)
        let said = redaction.apply(failure.error.message)
        let status = failure.error.status
        let lead: String =
            switch code {
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
                type: redaction.apply(failure.error.type), code: redaction.apply(failure.error.code), message: said,
                body: redaction.apply(failure.error.body)))
    }
}

/// Cuts a key out of what an upstream said about it.
struct Redaction {
    private let key: APIKey?

    init(_ key: APIKey?) { self.key = key }

    func apply(_ text: String?) -> String? {
        guard let text, let key else { return text }
        return key.withSecret { secret in
            let secret = Array(secret.utf8)
            var bytes = Array(text.utf8)
            var index = 0
            while index + secret.count <= bytes.count {
                if bytes[index..<index + secret.count].elementsEqual(secret) {
                    bytes.replaceSubrange(index..<index + secret.count, with: "[key]".utf8)
                    index += 5
                } else {
                    index += 1
                }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
