package import ChatProtocol

/// One answer in the making, as a pure state machine: inputs come in, actions for the shell (`Generation`) go out.
///
/// ```
/// queued ──start──► connecting ──connected──► waiting ──head 2xx──► streaming ──answered──► ended
///                                                └──head other──► rejected
/// ```
/// From every state before the last ones: `abort` leads to aborted; `broke` and a passed deadline lead to failed.
/// ended, aborted and failed are final: whatever comes then changes nothing.
package struct GenerationState {
    package enum Phase: Equatable {
        /// Accepted, nothing sent. Exits: connecting, aborted, failed.
        case queued
        /// The transfer looks for a connection. Exits: waiting, streaming, rejected, aborted, failed.
        case connecting
        /// The request is being sent, no response yet. Exits: streaming, rejected, aborted, failed.
        case waiting
        /// A status other than 2xx: its body says why. Exits: aborted, failed.
        case rejected
        /// A 2xx response's body. Exits: ended, aborted, failed.
        case streaming
        case ended, aborted, failed

        package var isFinal: Bool { self == .ended || self == .aborted || self == .failed }

        /// The protocol's word for where this is.
        package var stage: ErrorStage {
            switch self {
            case .queued: .queue
            case .connecting: .connect
            case .waiting: .headers
            case .rejected, .streaming, .ended, .aborted, .failed: .stream
            }
        }
    }

    package enum Input {
        case start
        case connected
        case head(status: Int)
        /// A piece of the body.
        case bytes
        /// The answer is complete. The transfer may still be under way.
        case answered
        /// The transfer broke, or what it brought cannot be used.
        /// (Indirect: rare and large, it would make every input as large.)
        indirect case broke(RequestFailure)
        case abort
        /// The deadline may have passed.
        case tick
    }

    package enum Action: Equatable {
        case startTransfer
        case cancelTransfer
        /// Append the terminal entry: exactly one of these in a machine's life.
        case end
        case abort
        case fail(code: ErrorCode, stage: ErrorStage)
    }

    /// How long the body of a refusal may take to say why.
    package static let refusalMilliseconds: UInt64 = 5_000

    package private(set) var phase: Phase = .queued
    /// Why it failed; set with the failed phase.
    package private(set) var failure: RequestFailure?

    // Monotonic milliseconds.
    package let acceptedAt: UInt64
    package private(set) var startedAt: UInt64?
    package private(set) var connectedAt: UInt64?
    package private(set) var headAt: UInt64?
    private var bytesAt: UInt64?
    private let limits: Limits

    package init(limits: Limits, now: UInt64) {
        self.limits = limits
        acceptedAt = now
    }

    package mutating func handle(_ input: Input, at now: UInt64) -> [Action] {
        switch (phase, input) {
        case (.ended, _), (.aborted, _), (.failed, _): return []

        case (.queued, .start):
            phase = .connecting
            startedAt = now
            return [.startTransfer]
        case (_, .start): return []

        case (.connecting, .connected):
            phase = .waiting
            connectedAt = now
            return []
        case (_, .connected): return []

        case (.connecting, .head(let status)), (.waiting, .head(let status)):
            phase = (200..<300).contains(status) ? .streaming : .rejected
            headAt = now
            return []
        case (_, .head): return []

        case (.streaming, .bytes), (.rejected, .bytes):
            _ = receivedBytes(at: now)
            return []
        case (_, .bytes): return []

        case (.streaming, .answered):
            phase = .ended
            return [.end]
        case (_, .answered): return []

        case (.queued, .broke(let failure)): return fail(failure, hasTransfer: false)
        case (_, .broke(let failure)): return fail(failure, hasTransfer: true)

        case (.queued, .abort):
            phase = .aborted
            return [.abort]
        case (_, .abort):
            phase = .aborted
            return [.cancelTransfer, .abort]

        case (_, .tick):
            guard let expiry = expiry(at: now) else { return [] }
            return fail(expiry, hasTransfer: phase != .queued)
        }
    }

    /// The input `bytes`, of which no action comes, for who has checked the phase: it comes with every delta. True for the
    /// first ones.
    package mutating func receivedBytes(at now: UInt64) -> Bool {
        assert(phase == .streaming || phase == .rejected)
        defer { bytesAt = now }
        return bytesAt == nil
    }

    private mutating func fail(_ failure: RequestFailure, hasTransfer: Bool) -> [Action] {
        phase = .failed
        self.failure = failure
        let fail = Action.fail(code: failure.code, stage: failure.stage)
        return hasTransfer ? [.cancelTransfer, fail] : [fail]
    }

    // MARK: Deadlines

    /// When the next `tick` is due; nil in a final phase.
    package var deadline: UInt64? {
        phase.isFinal ? nil : min(stageDeadline ?? .max, acceptedAt + limits.totalTimeout)
    }

    private var stageDeadline: UInt64? {
        switch phase {
        case .connecting: startedAt.map { $0 + limits.connectTimeout }
        case .waiting: connectedAt.map { $0 + limits.firstByteTimeout }
        case .rejected:
            // Not renewed by bytes: a refusal that drips is not waited for. What came of it must do.
            headAt.map { $0 + min(limits.idleTimeout, Self.refusalMilliseconds) }
        case .streaming:
            // Until the body begins, a model evaluates its prompt, even where the head came at once.
            if let bytesAt { bytesAt + limits.idleTimeout } else { headAt.map { $0 + limits.firstByteTimeout } }
        case .queued, .ended, .aborted, .failed: nil
        }
    }

    private func expiry(at now: UInt64) -> RequestFailure? {
        guard let deadline, now >= deadline else { return nil }
        let stage = phase.stage
        if now >= acceptedAt + limits.totalTimeout {
            return RequestFailure(
                .upstreamTimeout, "The answer took longer than \(Self.words(limits.totalTimeout)) in all.", stage: stage
            )
        }
        let message =
            switch phase {
            case .connecting: "The upstream could not be reached within \(Self.words(limits.connectTimeout))."
            case .waiting:
                "The upstream accepted the request but sent nothing for \(Self.words(limits.firstByteTimeout))."
            default:
                bytesAt == nil
                    ? "The upstream began to answer but sent nothing for \(Self.words(limits.firstByteTimeout))."
                    : "The upstream fell silent for \(Self.words(limits.idleTimeout)) in the middle of its answer."
            }
        return RequestFailure(.upstreamTimeout, message, stage: stage)
    }

    // MARK: How long it took

    /// From being accepted to the response's head.
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
