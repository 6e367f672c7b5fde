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
    /// `key` is the one that was sent: it is cut out of what the upstream says, and a 401 without one means that one is
    /// missing.
    init(_ failure: ProviderFailure, stage: ErrorStage, redacting key: APIKey?) {
        let code: ErrorCode =
            switch failure.class {
            case .invalidKey: key == nil && failure.error.status == 401 ? .missingKey : .invalidKey
            case .modelNotFound: .modelNotFound
            case .contextLength: .contextLength
            case .rateLimited: .upstreamRateLimited
            case .timeout, .badRequest, .other: .upstreamError
            }
        let redaction = Redaction(key)
        let said = redaction.apply(failure.error.message)?.excerpt(maxBytes: String.maxSentenceBytes)
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
                type: redaction.apply(failure.error.type)?.excerpt(maxBytes: String.maxNameBytes),
                code: redaction.apply(failure.error.code)?.excerpt(maxBytes: String.maxNameBytes), message: said,
                body: redaction.applyToBody(failure.error.body)))
    }
}

/// Cuts a key out of what an upstream said about it.
struct Redaction {
    /// A shorter piece of a key at the end of a text that was cut is not taken for one.
    private static let shortestPiece = 4
    private let key: APIKey?

    init(_ key: APIKey?) { self.key = key }

    /// - Parameter isCut: the text's end may be missing, and with it the end of a key.
    func apply(_ text: String?, isCut: Bool = false) -> String? {
        guard let text, let key else { return text }
        return key.withSecret { Self.cut(Array($0.utf8), outOf: Array(text.utf8), isCut: isCut) }
    }

    /// A body as it came: where JSON's escapes (`\/`, `\u002d`) hide a key in it, it is left out whole.
    func applyToBody(_ body: String) -> String? {
        guard let key else { return body }
        let isHidden = key.withSecret { secret in
            let plain = Self.withoutEscapes(Array(body.utf8))
            return plain.count != body.utf8.count && Self.holds(Array(secret.utf8), plain)
        }
        return isHidden ? nil : apply(body, isCut: true)
    }

    /// ASCII that was written with JSON's escapes, written plainly.
    private static func withoutEscapes(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < text.count {
            let rest = text[index...]
            if rest.starts(with: #"\/"#.utf8) {
                result.append(UInt8(ascii: "/"))
                index += 2
            } else if rest.starts(with: #"\u00"#.utf8),
                let code = UInt8(String(decoding: rest.dropFirst(4).prefix(2), as: UTF8.self), radix: 16), code < 0x80
            {
                result.append(code)
                index += 6
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return result
    }

    private static func holds(_ secret: [UInt8], _ text: [UInt8]) -> Bool {
        text.indices.contains { text[$0...].starts(with: secret) }
    }

    /// Bytes, not characters: a combining mark behind a key must not hide it.
    private static func cut(_ secret: [UInt8], outOf text: [UInt8], isCut: Bool) -> String {
        var result: [UInt8] = []
        var index = 0
        while index < text.count {
            let rest = text[index...]
            if rest.starts(with: secret) {
                result += "[key]".utf8
                index += secret.count
            } else if isCut, rest.count >= shortestPiece, secret.starts(with: rest) {
                result += "[key]".utf8
                break
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
