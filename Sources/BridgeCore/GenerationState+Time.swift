package import ChatProtocol

/// How long each stage of an answer may take, in milliseconds.
package struct Patience: Equatable {
    /// Name lookup, TCP and TLS together.
    package var connect: UInt64
    /// From the request being sent to the answer's first byte.
    package var firstByte: UInt64
    /// Between two pieces of an answer.
    package var idle: UInt64
    /// From being accepted to the end, whatever happens in between.
    package var total: UInt64

    /// The upstream's own time-outs, and the server's where it has none.
    package init(_ timeouts: UpstreamTarget.Timeouts, limits: Limits) {
        connect = timeouts.connect ?? limits.connectTimeout
        firstByte = timeouts.firstByte ?? limits.firstByteTimeout
        idle = timeouts.idle ?? limits.idleTimeout
        total = timeouts.total ?? limits.totalTimeout
    }
}

/// Deadlines, and how long everything took.
extension GenerationState {
    /// When the next look at it is due (`expiry`, then `tick`); nil in a final phase.
    package var deadline: UInt64? {
        switch phase {
        case .ended, .aborted, .failed: nil
        case .counting: phaseEndsAt
        default: min(stageDeadline ?? .max, totalDeadline)
        }
    }

    /// After that, no attempt begins.
    package var totalDeadline: UInt64 { acceptedAt + patience.total }

    private var stageDeadline: UInt64? {
        switch phase {
        case .connecting: attemptAt.map { $0 + patience.connect }
        case .waiting: connectedAt.map { $0 + patience.firstByte }
        case .rejected:
            // Not renewed by bytes: a refusal that drips is not waited for. What came of it must do.
            headAt.map { $0 + min(patience.idle, Self.refusalMilliseconds) }
        case .streaming:
            // Until the body begins, a model evaluates its prompt, even where the head came at once.
            if let bytesAt { bytesAt + patience.idle } else { headAt.map { $0 + patience.firstByte } }
        case .pausing, .draining, .counting: phaseEndsAt
        case .queued, .ended, .aborted, .failed: nil
        }
    }

    /// What a passed deadline means: a failure, to be told as `broke`. Nil where none has passed that is one.
    package func expiry(at now: UInt64) -> RequestFailure? {
        guard let deadline, now >= deadline else { return nil }
        switch phase {
        case .draining, .counting, .ended, .aborted, .failed: return nil
        case .pausing where now < totalDeadline: return nil
        default: break
        }
        let stage = phase.stage
        if now >= totalDeadline {
            return RequestFailure(
                .upstreamTimeout, "The answer took longer than \(Self.words(patience.total)) in all.", stage: stage)
        }
        let message =
            switch phase {
            case .connecting: "The upstream could not be reached within \(Self.words(patience.connect))."
            case .waiting:
                "The upstream accepted the request but sent nothing for \(Self.words(patience.firstByte))."
            default:
                bytesAt == nil
                    ? "The upstream began to answer but sent nothing for \(Self.words(patience.firstByte))."
                    : "The upstream fell silent for \(Self.words(patience.idle)) in the middle of its answer."
            }
        return RequestFailure(.upstreamTimeout, message, stage: stage)
    }

    /// From being accepted to the head of the response that counts.
    package var firstByteMilliseconds: UInt64? { headAt.map { $0 - acceptedAt } }

    package func timing(at now: UInt64, firstDeltaAt: UInt64?, outputTokens: Int?) -> Timing {
        let total = now - acceptedAt
        let firstToken = firstDeltaAt.map { $0 - acceptedAt }
        var rate: Double?
        if let outputTokens, let firstToken, total > firstToken {
            rate = Double(outputTokens) * 1000 / Double(total - firstToken)
        }
        return Timing(
            queued: startedAt.map { $0 - acceptedAt }, firstByte: firstByteMilliseconds, firstToken: firstToken,
            total: total, tokensPerSecond: rate)
    }

    static func words(_ milliseconds: UInt64) -> String {
        milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
    }
}
