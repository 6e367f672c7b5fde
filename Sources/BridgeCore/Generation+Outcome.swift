import ByteCoding
import ChatProtocol
import Providers

/// How it ends.
extension Generation {
    /// The outcome is decided. The transfer has told all that it is asked.
    func conclude(cancelling: Bool) {
        if cancelling { cancelTransfer() }
        perform(.counted)
    }

    /// The one terminal entry.
    func finish(_ status: Turn.Status) {
        timer?.cancel()
        timer = nil
        itinerary = nil
        turn.status = status
        turn.endedAt = node.timers.unixMilliseconds
        turn.usage = decoder?.usage.map(Usage.init)
        let timing = state.timing(at: now, firstDeltaAt: firstDeltaAt, outputTokens: turn.usage?.output)
        turn.timing = timing
        var frame = ObjectWriter.members()
        let kind: EntryKind
        switch status {
        case .ended, .running:
            kind = .end
            turn.finishReasons = (decoder?.finishReasons ?? []).map {
                FinishReason(choice: $0.choice, word: name($0.word), kind: $0.kind)
            }
            LogFrame.End(
                reason: EndReason(turn.finishReason), finishReason: turn.finishReason?.word,
                choices: turn.finishReasons.map { ($0.choice, $0.word) }, usage: turn.usage, timing: timing
            ).write(to: &frame)
        case .aborted:
            kind = .aborted
            LogFrame.Aborted(by: abortedBy, usage: turn.usage, timing: timing).write(to: &frame)
        case .failed:
            kind = .error
            turn.failure = state.failure
            state.failure?.write(to: &frame)
            turn.usage?.write(to: &frame)
            timing.write(to: &frame)
        }
        session.append(kind, members: frame.bytes, slot: slot)
        session.generationEnded(self)
        record(status, timing)
        linger()
    }

    /// Lets a transfer whose answer is complete come to its own end, for a while.
    private func linger() {
        guard transfer != nil else { return }
        timer = node.timers.schedule(after: Self.lingerMilliseconds) { [self] in
            cancelTransfer()
            timer = nil
        }
    }

    private func record(_ status: Turn.Status, _ timing: Timing) {
        if let failure = turn.failure {
            node.diagnostics.record(
                .requestFailed(
                    session: session.hash, request: turn.request, code: failure.code, stage: failure.stage,
                    status: failure.status, totalMilliseconds: timing.total))
        } else {
            node.diagnostics.record(
                .requestEnded(
                    session: session.hash, request: turn.request, outcome: status.rawValue,
                    timing: timing, deltas: deltas, usage: turn.usage))
        }
    }
}
