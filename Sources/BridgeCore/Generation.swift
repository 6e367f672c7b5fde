import ByteCoding
import ChatProtocol
import Providers

/// The shell around one answer's state machine: it owns the transfer, the decoder and the timer, and appends what comes
/// of them to its session's log. Owned by its session while it runs; on the loop thread.
///
/// Its parts: attempts (`Generation+Attempts`), what the transfer tells (`+Transfer`), the answer (`+Answer`), and how it
/// ends (`+Outcome`).
package final class Generation {
    /// How long a transfer may outlive its answer, so that its connection can be used again: the rest of a chunked body
    /// usually is here already.
    static let lingerMilliseconds: UInt64 = 2_000
    /// Bytes read of a body that explains a refusal.
    static let maxErrorBodyBytes = 64 * 1024
    /// Of what is drained, for its cap.
    static let bytesPerToken = 4

    package let turn: Turn
    let slot: UInt32
    let orphan: ChatCommand.OrphanPolicy
    let session: Session
    var state: GenerationState

    // MARK: Attempts
    /// Whom it asks now.
    var step: RequestPlan.Step
    /// What is left out there because that upstream cannot take it.
    var dropped: [String]
    /// Where else it may go; nil once it has a delta.
    var itinerary: Itinerary?
    /// The current attempt, from 1.
    var attempt = 0
    /// The way in to the current upstream: while it waits there or is inside.
    var gate: UpstreamGate?
    /// While the upstream's breaker has not been told what came of this attempt.
    var pass: CircuitBreaker.Pass?
    /// It has a place at its upstream.
    var isInside = false

    // MARK: The transfer
    var transfer: (any Transfer)?
    var decoder: AnswerDecoder?
    var head: ResponseHead?
    var errorBody: [UInt8] = []
    /// Bytes of the request's body, which the transfer keeps as long as it lives.
    var requestBytes = 0
    /// Bytes of an event, or of a whole body, that the decoder cannot read yet.
    var undecodedBytes = 0
    var firstDeltaAt: UInt64?
    var deltas: UInt64 = 0
    let maxAnswerBytes: Int
    /// Bytes that were counted last.
    private var countedBytes = 0
    /// The latest turn in which more were counted than before.
    private(set) var grewInTurn: UInt64 = 0

    var timer: (any ScheduledTimer)?
    /// When `timer` fires.
    var timerDeadline: UInt64 = 0
    /// Who aborted it: a connection's id, or "orphan".
    var abortedBy = ""
    /// Bytes of deltas that came after that.
    var drainedBytes = 0
    /// While its tokens are being counted.
    var tally: UsageTally?

    init(
        session: Session, turn: Turn, slot: UInt32, orphan: ChatCommand.OrphanPolicy, plan: RequestPlan
    ) {
        self.session = session
        self.turn = turn
        self.slot = slot
        self.orphan = orphan
        let node = session.node
        let itinerary = Itinerary(plan, maxRequestBytes: node.limits.maxRequestBytes)
        self.itinerary = itinerary
        step = itinerary.step
        dropped = itinerary.encoded.dropped
        maxAnswerBytes = node.limits.maxAnswerBytes
        state = GenerationState(
            patience: Patience(itinerary.step.target.timeouts, limits: node.limits), now: node.timers.now)
    }

    var node: Node { session.node }
    var now: UInt64 { node.timers.now }
    var target: UpstreamTarget { step.target }

    /// Bytes of memory, roughly.
    var byteCount: Int {
        turn.byteCount + requestBytes + undecodedBytes + errorBody.count + (itinerary?.byteCount ?? 0)
    }

    /// Counts them, and notes whether they have become more.
    func countBytes(in turn: UInt64) -> Int {
        let bytes = byteCount
        if bytes > countedBytes { grewInTurn = turn }
        countedBytes = bytes
        return bytes
    }

    // MARK: What is asked of it

    /// Sends the request to the upstream, or has it wait its turn.
    func start() {
        enter()
        arm()
    }

    /// Cancels it. True where nobody has before.
    func abort(by: String) -> Bool {
        let isFirst = state.outcome == nil && state.phase != .draining
        if isFirst { abortedBy = by }
        guard isFirst, case .drain(_, let milliseconds) = target.abortPolicy else {
            perform(state.phase == .draining ? .drained : .abort(drainingFor: nil))
            return isFirst
        }
        perform(.abort(drainingFor: milliseconds))
        if state.phase == .draining { decided(.aborted) }
        return isFirst
    }

    /// The server ends before the answer does. What is being counted must do as it is.
    func interrupt() {
        let failure = RequestFailure(
            .interrupted, "The server was stopped before the answer was complete.", stage: state.phase.stage)
        broke(failure)
        if state.phase == .counting { broke(failure) }
    }

    /// All sessions together are over their limit, and this request has made it worse.
    func refuseMemory() {
        broke(
            RequestFailure(
                .tooManyRequests, "The server's memory for sessions is full, and this answer was taking more of it.",
                stage: state.phase.stage))
    }

    // MARK: The machine

    func perform(_ input: GenerationState.Input) {
        for action in state.handle(input, at: now) {
            switch action {
            case .startTransfer: startTransfer()
            case .cancelTransfer: cancelTransfer()
            case .retry(let delay): prepareRetry(after: delay)
            case .queue: enter()
            case .conclude(let cancelling): conclude(cancelling: cancelling)
            case .end: finish(.ended)
            case .abort: finish(.aborted)
            case .fail: finish(.failed)
            }
        }
        if !state.phase.holdsPlace { leave() }
        arm()
    }

    /// Keeps one timer at the machine's deadline or before it. Bytes usually move the deadline away, and then the timer
    /// stays: it looks again when it fires.
    func arm() {
        guard let deadline = state.deadline, timer == nil || deadline < timerDeadline else { return }
        timer?.cancel()
        timerDeadline = deadline
        timer = node.timers.schedule(after: deadline > now ? deadline - now : 0) { [self] in
            timer = nil
            timePassed()
            arm()
        }
    }

    private func timePassed() {
        guard let deadline = state.deadline, deadline <= now else { return }
        // What came of a refusal's body must do.
        if state.phase == .rejected { return rejected() }
        if let failure = state.expiry(at: now) { return broke(failure) }
        perform(.tick)
    }
}
