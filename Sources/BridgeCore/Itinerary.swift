package import ChatProtocol
package import Providers

/// Where a request may still go until its first delta has come: the upstreams of its plan, and how often the current one
/// was asked. Let go of with the first delta: what it holds of the request is of no use then.
/// Owned by its generation, on the loop thread.
package final class Itinerary {
    /// The next attempt.
    package struct Leg: Equatable {
        /// Until it begins, in milliseconds.
        package var delay: UInt64
        /// It goes to another upstream, or asks for another model, than the one before.
        package var isElsewhere: Bool
    }

    private let steps: [RequestPlan.Step]
    private let chat: ChatRequest?
    private let maxRequestBytes: Int
    private var index = 0
    /// What the current step is sent.
    package private(set) var encoded: EncodedRequest
    /// Attempts at the current step.
    private var attempts = 0
    /// When the first of them began, in monotonic milliseconds.
    private var firstAttemptAt: UInt64 = 0

    package init(_ plan: RequestPlan, maxRequestBytes: Int) {
        steps = plan.steps
        chat = plan.chat
        encoded = plan.encoded
        self.maxRequestBytes = maxRequestBytes
    }

    package var step: RequestPlan.Step { steps[index] }

    /// Bytes of memory, roughly.
    var byteCount: Int {
        encoded.body.count + (chat.map { $0.messages.count + ($0.params?.count ?? 0) } ?? 0)
    }

    /// An attempt begins.
    package func begin(at now: UInt64) {
        if attempts == 0 { firstAttemptAt = now }
        attempts += 1
    }

    /// After an attempt has failed: the next one, if there is to be one. Moves on to another step where it goes elsewhere.
    /// - Parameters:
    ///   - end: no attempt begins at that time or later.
    ///   - bits: random, for the jitter.
    package func next(
        after failure: RequestFailure, remedy: Remedy, at now: UInt64, before end: UInt64, bits: UInt64
    ) -> Leg? {
        guard remedy != .none else { return nil }
        if remedy == .again, let delay = delay(after: failure, at: now, bits: bits), now + delay < end {
            return Leg(delay: delay, isElsewhere: false)
        }
        return now < end && moveOn() ? Leg(delay: 0, isElsewhere: true) : nil
    }

    /// Full jitter: anything from nothing to the bound, which doubles from attempt to attempt. Never earlier than the
    /// upstream wishes; nil where that is too late, or was tried often enough.
    private func delay(after failure: RequestFailure, at now: UInt64, bits: UInt64) -> UInt64? {
        let policy = step.target.retry
        guard attempts < policy.maxAttempts else { return nil }
        let doublings = UInt64(min(max(attempts, 1) - 1, 30))
        let (raised, overflows) = policy.baseDelay.multipliedReportingOverflow(by: 1 << doublings)
        let bound = overflows ? policy.maxDelay : min(raised, policy.maxDelay)
        let jitter = bound == .max ? bits : bits % (bound + 1)
        let wished = UInt64(max(0, failure.retryAfterMilliseconds ?? 0))
        guard wished <= policy.maxDelay else { return nil }
        // Those who were told the same time do not all come at it.
        let delay = wished == 0 ? jitter : min(policy.maxDelay, wished + jitter)
        return now + delay - firstAttemptAt <= policy.maxElapsed ? delay : nil
    }

    /// To the next step whose dialect can say what the request says.
    private func moveOn() -> Bool {
        guard let chat else { return false }
        for candidate in steps.indices.dropFirst(index + 1) {
            guard let encoded = try? steps[candidate].encode(chat), encoded.body.count <= maxRequestBytes else {
                continue
            }
            self.encoded = encoded
            index = candidate
            attempts = 0
            return true
        }
        return false
    }
}
