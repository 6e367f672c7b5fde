/// Keeps requests away from an upstream that does not answer, so that not each of them waits for its time-out. A pure
/// state machine; one for each upstream's name, for as long as the node lives.
///
/// ```
/// closed ──failures──► open ──time──► half open (one request tries) ──it failed──► open
///    ▲───────────── an answer, whoever got it ──────────────────┘
/// ```
package struct CircuitBreaker {
    package enum State: Equatable {
        /// Requests go through; so many in a row have failed. Exits: open.
        case closed(failures: Int)
        /// None goes through before that time. Exits: half open (the next that asks then), closed.
        case open(until: UInt64)
        /// One is under way, to try; no other goes through. Exits: closed, open.
        case halfOpen
    }

    /// A request may go through.
    package struct Pass: Equatable {
        /// It is the one that tries.
        package var isTrial: Bool

        package init(isTrial: Bool) { self.isTrial = isTrial }
    }

    /// What became of a request that went through. Each says it once, before it says anything else of the upstream.
    package enum Verdict: Equatable {
        /// The upstream answered, if only to refuse.
        case answered
        /// It could not be reached, did not answer in time, or said that it can serve nobody.
        case failed
        /// Nothing was learned.
        case unknown
    }

    /// What a verdict has changed.
    package enum Change: Equatable {
        case none, opened, closed
    }

    package private(set) var state = State.closed(failures: 0)

    package init() {}

    /// How long no request goes through, in milliseconds; nil where one does. Takes nothing.
    package func refusal(at now: UInt64) -> UInt64? {
        switch state {
        case .closed: nil
        case .open(let until): until > now ? until - now : nil
        // The one that tries will soon know.
        case .halfOpen: Self.trialMilliseconds
        }
    }

    /// What somebody who is turned away during a trial is told to wait.
    package static let trialMilliseconds: UInt64 = 1_000

    /// A request wants to go through; nil where it may not.
    package mutating func admit(at now: UInt64) -> Pass? {
        guard refusal(at: now) == nil else { return nil }
        if case .closed = state { return Pass(isTrial: false) }
        state = .halfOpen
        return Pass(isTrial: true)
    }

    package mutating func take(
        _ verdict: Verdict, of pass: Pass, policy: UpstreamTarget.BreakerPolicy, at now: UInt64
    ) -> Change {
        switch (state, verdict) {
        case (.closed, .answered):
            state = .closed(failures: 0)
            return .none
        // Whoever got it: one that was sent before has heard it answer.
        case (_, .answered):
            state = .closed(failures: 0)
            return .closed
        case (.closed(let failures), .failed):
            guard policy.failures > 0, failures + 1 >= policy.failures else {
                state = .closed(failures: failures + 1)
                return .none
            }
            state = .open(until: now + policy.openFor)
            return .opened
        case (.halfOpen, .failed) where pass.isTrial:
            state = .open(until: now + policy.openFor)
            return .opened
        case (.halfOpen, .unknown) where pass.isTrial:
            // The next one tries.
            state = .open(until: now)
            return .none
        // Those that were sent before it opened tell nothing new.
        case (_, .failed), (_, .unknown): return .none
        }
    }
}
