import ByteCoding
import ChatProtocol
import Providers

/// Attempts: one after the other, at one upstream or several, until one brings a delta or none is left.
extension Generation {
    // MARK: The way in

    /// An attempt begins: at once, or when its upstream has a place for it.
    func enter() {
        attempt += 1
        let gate = node.gate(of: target.name)
        // Nobody stands in line before a shut gate.
        if let milliseconds = gate.refusal(at: now) { return refused(milliseconds) }
        self.gate = gate
        if gate.enter(self) { takePlace() }
    }

    /// Its turn has come.
    func takePlace() {
        guard let gate else { return }
        isInside = true
        guard let pass = gate.pass(at: now) else { return refused(gate.refusal(at: now) ?? 0) }
        self.pass = pass
        itinerary?.begin(at: now)
        perform(.seated)
    }

    /// Gives the place back, or stops waiting for one. What is not known yet of the upstream will not come from here.
    func leave() {
        guard let gate, state.phase != .queued || isInside else { return }
        tell(.unknown)
        if isInside { gate.leave() } else { gate.stopWaiting(self) }
        isInside = false
        self.gate = nil
    }

    private func refused(_ milliseconds: UInt64) {
        broke(
            RequestFailure(
                .upstreamUnreachable,
                "The upstream has failed several times in a row; it is not asked again before "
                    + "\(GenerationState.words(milliseconds)) have passed.",
                stage: .connect, retryAfterMilliseconds: Int(clamping: milliseconds)), remedy: .elsewhere)
    }

    /// Tells the breaker what came of this attempt, once.
    func tell(_ verdict: CircuitBreaker.Verdict) {
        guard let pass else { return }
        self.pass = nil
        gate?.take(verdict, of: pass, policy: target.breaker)
    }

    // MARK: The transfer

    func startTransfer() {
        guard let itinerary else { return }
        requestBytes = itinerary.encoded.body.count
        transfer = node.upstream.start(target.transferRequest(itinerary.encoded, key: step.key), delegate: self)
    }

    func cancelTransfer() {
        transfer?.cancel()
        transfer = nil
    }

    // MARK: What follows a failure

    /// The attempt has failed, or the whole request. Before the first delta another attempt may follow.
    func broke(_ failure: RequestFailure, remedy: Remedy? = nil) {
        tell(failure.verdict)
        var leg: Itinerary.Leg?
        if state.mayRetry, let itinerary {
            leg = itinerary.next(
                after: failure, remedy: remedy ?? failure.remedy, at: now, before: state.totalDeadline,
                bits: node.randomBits())
        }
        perform(.broke(failure, retryAfter: leg?.delay))
    }

    /// Forgets what the last attempt has left, and says that another follows.
    func prepareRetry(after delay: UInt64) {
        leave()
        decoder = nil
        head = nil
        errorBody = []
        requestBytes = 0
        undecodedBytes = 0
        guard let itinerary, let failure = state.failure else { return }
        let last = step
        step = itinerary.step
        dropped = itinerary.encoded.dropped
        let isElsewhere = step.target !== last.target || step.model != last.model
        if isElsewhere { state.move(to: Patience(step.target.timeouts, limits: node.limits)) }
        var frame = ObjectWriter.members()
        LogFrame.Retry(
            attempt: attempt, afterMilliseconds: delay, code: failure.code, status: failure.status,
            upstream: isElsewhere ? step.target.name : nil, model: isElsewhere ? step.model : nil,
            dropped: isElsewhere ? dropped : []
        ).write(to: &frame)
        session.append(.retry, members: frame.bytes, slot: slot)
        let event = DiagnosticEvent.Retry(
            attempt: attempt, code: failure.code, status: failure.status, upstream: last.target.name)
        node.diagnostics.record(
            isElsewhere
                ? .requestFellBack(
                    session: session.hash, request: turn.request, event, to: step.target.name, model: step.model)
                : .requestRetried(session: session.hash, request: turn.request, event, afterMilliseconds: delay))
    }

    /// The first delta: this attempt answers, and nothing is held for another one.
    func settle() {
        perform(.delta)
        tell(.answered)
        itinerary = nil
        session.sizeChanged()
    }
}
