package import ChatProtocol

/// One answer in the making, as a pure state machine: inputs come in, actions for the shell (`Generation`) go out.
///
/// ```
/// queued ──seated──► connecting ──connected──► waiting ──head 2xx──► streaming ──answered──► counting ──counted──► ended
///    ▲                                            └──head other──► rejected
///    └──tick── pausing ◄── broke, to be retried
/// ```
/// An attempt that breaks before the first delta may be followed by another: then it leads to pausing, and from there to
/// queued. Everything else that ends an answer leads to counting, where its tokens are counted, and from there to the
/// outcome that was decided: `answered` to ended, `abort` to aborted (from streaming by way of draining, where the upstream
/// is to be heard out), `broke` to failed.
/// ended, aborted and failed are final: whatever comes then changes nothing.
package struct GenerationState {
    package enum Phase: Equatable {
        /// Waits for a place at its upstream. Exits: connecting, pausing, counting.
        case queued
        /// The transfer looks for a connection. Exits: waiting, streaming, rejected, pausing, counting.
        case connecting
        /// The request is being sent, no response yet. Exits: streaming, rejected, pausing, counting.
        case waiting
        /// A status other than 2xx: its body says why. Exits: pausing, counting.
        case rejected
        /// A 2xx response's body. Exits: pausing (before the first delta), draining, counting.
        case streaming
        /// An attempt has failed, and the next one is not yet due: no transfer, no place. Exits: queued, counting.
        case pausing
        /// Aborted, and read on for its usage; nothing of it is delivered. Exits: counting.
        case draining
        /// The outcome is decided, and tokens are being counted. Exits: ended, aborted, failed, as decided.
        case counting
        case ended, aborted, failed

        package var isFinal: Bool { self == .ended || self == .aborted || self == .failed }

        /// It is one of those that its upstream answers at a time.
        package var holdsPlace: Bool {
            switch self {
            case .connecting, .waiting, .rejected, .streaming, .draining: true
            case .queued, .pausing, .counting, .ended, .aborted, .failed: false
            }
        }

        /// The protocol's word for where this is.
        package var stage: ErrorStage {
            switch self {
            case .queued, .pausing: .queue
            case .connecting: .connect
            case .waiting: .headers
            case .rejected, .streaming, .draining, .counting, .ended, .aborted, .failed: .stream
            }
        }
    }

    package enum Outcome: Equatable { case ended, aborted, failed }

    package enum Input {
        /// Its upstream has a place for it.
        case seated
        case connected
        case head(status: Int)
        /// A piece of the body.
        case bytes
        /// The first delta: from here on nothing is tried again.
        case delta
        /// The answer is complete. The transfer may still be under way.
        case answered
        /// The transfer broke, or what it brought cannot be used. Where another attempt may help: after so many
        /// milliseconds.
        /// (Indirect: rare and large, it would make every input as large.)
        indirect case broke(RequestFailure, retryAfter: UInt64?)
        /// Somebody wants no more of it. Where the upstream is to be heard out: for so many milliseconds.
        case abort(drainingFor: UInt64?)
        /// Nothing more is to be learned from an answer that is being drained.
        case drained
        /// Its tokens are counted, or there are none to count.
        case counted
        /// The deadline may have passed.
        case tick
    }

    package enum Action: Equatable {
        case startTransfer
        case cancelTransfer
        /// Append the `retry` entry: another attempt begins after so many milliseconds.
        case retry(after: UInt64)
        /// Ask for a place at the upstream.
        case queue
        /// Count what is to be counted, then say `counted`. The transfer is cancelled at once, unless the answer is whole.
        case conclude(cancelling: Bool)
        /// Append the terminal entry: exactly one of these in a machine's life.
        case end
        case abort
        case fail(code: ErrorCode, stage: ErrorStage)
    }

    /// How long the body of a refusal may take to say why.
    package static let refusalMilliseconds: UInt64 = 5_000
    /// How long the terminal entry waits for a count of tokens; then an estimate must do.
    package static let countingMilliseconds: UInt64 = 2_000

    package private(set) var phase: Phase = .queued
    /// What becomes of it, once that is decided.
    package private(set) var outcome: Outcome?
    /// Why it failed, or why its last attempt did.
    package private(set) var failure: RequestFailure?
    /// The first delta is there.
    package private(set) var hasDelta = false

    // Monotonic milliseconds. Those from `attemptAt` on are of the current attempt.
    package let acceptedAt: UInt64
    /// The first attempt's transfer began.
    package private(set) var startedAt: UInt64?
    private(set) var attemptAt: UInt64?
    private(set) var connectedAt: UInt64?
    private(set) var headAt: UInt64?
    private(set) var bytesAt: UInt64?
    /// The end of pausing, draining or counting.
    private(set) var phaseEndsAt: UInt64 = 0
    private(set) var patience: Patience

    package init(patience: Patience, now: UInt64) {
        self.patience = patience
        acceptedAt = now
    }

    /// The upstream has, or is being sent, the request of the current attempt.
    package var isAsked: Bool { connectedAt != nil || headAt != nil }

    /// Another attempt may follow the current one.
    package var mayRetry: Bool {
        switch phase {
        case .queued, .connecting, .waiting, .rejected: true
        case .streaming: !hasDelta
        case .pausing, .draining, .counting, .ended, .aborted, .failed: false
        }
    }

    /// The next attempt is another upstream's, with time-outs of its own. How long the whole may take stays.
    package mutating func move(to patience: Patience) {
        let total = self.patience.total
        self.patience = patience
        self.patience.total = total
    }

    package mutating func handle(_ input: Input, at now: UInt64) -> [Action] {
        switch (phase, input) {
        case (.ended, _), (.aborted, _), (.failed, _): return []

        case (.queued, .seated):
            phase = .connecting
            startedAt = startedAt ?? now
            attemptAt = now
            return [.startTransfer]
        case (_, .seated): return []

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

        case (.streaming, .delta):
            hasDelta = true
            return []
        case (_, .delta): return []

        case (.streaming, .answered): return decide(.ended, at: now)
        case (_, .answered): return []

        case (.counting, .broke), (.counting, .counted): return settle()
        case (.draining, .broke): return decide(.aborted, at: now)
        case (_, .broke(let failure, let delay)): return breakOff(failure, retryAfter: delay, at: now)
        case (_, .counted): return []

        case (.counting, .abort): return []
        case (.streaming, .abort(let milliseconds?)):
            phase = .draining
            phaseEndsAt = now + milliseconds
            return []
        case (_, .abort): return decide(.aborted, at: now)

        case (.draining, .drained): return decide(.aborted, at: now)
        case (_, .drained): return []

        case (_, .tick): return tick(at: now)
        }
    }

    /// The input `bytes`, of which no action comes, for who has checked the phase: it comes with every delta. True for the
    /// first ones.
    package mutating func receivedBytes(at now: UInt64) -> Bool {
        assert(phase == .streaming || phase == .rejected)
        defer { bytesAt = now }
        return bytesAt == nil
    }

    private mutating func breakOff(_ failure: RequestFailure, retryAfter delay: UInt64?, at now: UInt64) -> [Action] {
        self.failure = failure
        guard let delay, mayRetry else { return decide(.failed, at: now) }
        let hasTransfer = phase != .queued
        phase = .pausing
        phaseEndsAt = now + delay
        attemptAt = nil
        connectedAt = nil
        headAt = nil
        bytesAt = nil
        return hasTransfer ? [.cancelTransfer, .retry(after: delay)] : [.retry(after: delay)]
    }

    private mutating func decide(_ outcome: Outcome, at now: UInt64) -> [Action] {
        self.outcome = outcome
        phase = .counting
        phaseEndsAt = now + Self.countingMilliseconds
        return [.conclude(cancelling: outcome != .ended)]
    }

    private mutating func settle() -> [Action] {
        switch outcome {
        case .ended:
            phase = .ended
            return [.end]
        case .aborted:
            phase = .aborted
            return [.abort]
        case .failed, nil:
            phase = .failed
            return failure.map { [.fail(code: $0.code, stage: $0.stage)] } ?? []
        }
    }

    private mutating func tick(at now: UInt64) -> [Action] {
        switch phase {
        case .pausing where now >= phaseEndsAt:
            phase = .queued
            return [.queue]
        case .draining where now >= phaseEndsAt || now >= acceptedAt + patience.total: return decide(.aborted, at: now)
        case .counting where now >= phaseEndsAt: return settle()
        default: return []
        }
    }
}
