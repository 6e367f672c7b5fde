import ByteCoding
import ChatProtocol
import Providers
import Tokenizer

/// How it ends.
extension Generation {
    /// The outcome is decided: what the upstream has not counted, we count. The transfer has told all that it is asked.
    func conclude(cancelling: Bool) {
        if let outcome = state.outcome { decided(outcome) }
        let tally = makeTally()
        self.tally = tally
        if cancelling { cancelTransfer() }
        guard let tally, let counter = node.counter else { return perform(.counted) }
        counter.count(tally.source, in: unit) { [self] counts, isExact in
            tally.take(counts, isExact: isExact)
            perform(.counted)
        }
    }

    /// The answer will not change any more, and models are told of the turn as of one that has ended. What it cost, and with that the
    /// terminal entry, may take a while yet.
    func decided(_ outcome: GenerationState.Outcome) {
        turn.status =
            switch outcome {
            case .ended: .ended
            case .aborted: .aborted
            case .failed: .failed
            }
        guard outcome == .ended else { return }
        turn.finishReasons = (decoder?.finishReasons ?? []).map {
            FinishReason(choice: $0.choice, word: name($0.word), kind: $0.kind)
        }
    }

    /// Nil where there is nothing to count: the upstream has said it, or was not asked, or has refused.
    private func makeTally() -> UsageTally? {
        let known = decoder?.usage
        if known != nil, decoder?.isUsageCurrent == true { return nil }
        switch state.outcome {
        case .ended: break
        case .aborted: guard state.isAsked, head == nil || decoder != nil else { return nil }
        case .failed, nil: guard state.hasDelta else { return nil }
        }
        // Handed on as it is: whoever counts looks for its texts.
        return UsageTally(
            body: known == nil ? transfer?.requestBody : nil, answer: turn.answer, known: known,
            drainedTokens: drainedTokens, unit: unit)
    }

    /// How the tokens of the model that answers are counted.
    private var unit: TokenUnit { target.facts(turn.start?.model ?? step.model ?? "").unit }

    /// What is read of an answer that nobody wants any more, until its upstream has said what it cost.
    func drain(_ bytes: Span<UInt8>) {
        guard case .drain(let maxTokens, _) = target.abortPolicy else { return perform(.drained) }
        var batch = node.takeBatch()
        let isStreaming = decoder?.feed(bytes, into: &batch) ?? false
        drainedBytes += batch.bytes.count
        node.returnBatch(&batch)
        let isTold = decoder.map { !$0.finishReasons.isEmpty && $0.usage != nil && $0.isUsageCurrent } ?? true
        if !isStreaming || isTold || drainedTokens >= maxTokens { perform(.drained) }
    }

    /// About.
    private var drainedTokens: Int { drainedBytes / Self.bytesPerToken }

    /// The one terminal entry.
    func finish(_ status: Turn.Status) {
        timer?.cancel()
        timer = nil
        itinerary = nil
        turn.endedAt = node.timers.unixMilliseconds
        turn.usage = tally?.usage ?? decoder?.usage.map(Usage.init)
        tally = nil
        let timing = state.timing(at: now, firstDeltaAt: firstDeltaAt, outputTokens: turn.usage?.output)
        turn.timing = timing
        var frame = ObjectWriter.members()
        let kind: EntryKind
        switch status {
        case .ended, .running:
            kind = .end
            if var extra = decoder?.extra {
                Redaction(step.key).overwrite(in: &extra, 0..<extra.count)
                turn.extra = extra
            }
            LogFrame.End(
                reason: EndReason(turn.finishReason), finishReason: turn.finishReason?.word,
                choices: turn.finishReasons.map { ($0.choice, $0.word) }, usage: turn.usage, extra: turn.extra,
                timing: timing
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
