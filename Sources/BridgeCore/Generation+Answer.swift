import ByteCoding
import ChatProtocol
import Providers

/// The answer, as it comes.
extension Generation {
    /// Appends what the decoder has found, then acts on what it says of the answer as a whole.
    func take(_ batch: inout DeltaBatch, isStreaming: Bool) {
        if !batch.deltas.isEmpty {
            if target.decoding.keepsExtra { hideKey(in: &batch) }
            if firstDeltaAt == nil { takeFirst() }
            deltas += UInt64(batch.deltas.count)
            turn.answer.append(batch)
            session.append(batch, slot: slot)
        }
        if turn.answer.byteCount > maxAnswerBytes {
            return broke(
                RequestFailure(
                    .upstreamProtocol, "The answer is longer than \(maxAnswerBytes) bytes.", stage: .stream))
        }
        guard !isStreaming else { return }
        switch decoder?.state {
        case .done: answered()
        case .failed(let error): broke(RequestFailure(classify(error), stage: .stream, redacting: step.key))
        case .malformed(let reason): broke(RequestFailure(.upstreamProtocol, reason, stage: .parse))
        case .streaming, nil: break
        }
    }

    /// What the upstream says beside its answer is passed on in its own words, but for the key.
    private func hideKey(in batch: inout DeltaBatch) {
        guard batch.deltas.contains(where: { $0.kind == .extra }) else { return }
        let redaction = Redaction(step.key)
        for delta in batch.deltas where delta.kind == .extra {
            redaction.overwrite(in: &batch.bytes, delta.contentRange)
        }
    }

    private func takeFirst() {
        firstDeltaAt = now
        settle()
        appendStart()
    }

    /// The answer is complete, with deltas or without.
    func answered() {
        if turn.start == nil {
            tell(.answered)
            appendStart()
        }
        perform(.answered)
    }

    /// Says which attempt answers: with the first delta or the end, when no other can follow.
    private func appendStart() {
        let metadata = decoder?.metadata
        let model = metadata?.model.map(name) ?? step.model ?? "unknown"
        let start = LogFrame.Start(
            model: model, requestedModel: model == turn.frame.model ? nil : turn.frame.model, upstream: target.name,
            provider: target.provider, upstreamID: metadata?.id.map(name), created: metadata?.created,
            attempt: attempt, ttfbMilliseconds: state.firstByteMilliseconds ?? 0)
        turn.start = start
        turn.dropped = dropped
        var frame = ObjectWriter.members()
        start.write(to: &frame)
        session.append(.start, members: frame.bytes, slot: slot)
        node.diagnostics.record(
            .requestStarted(
                session: session.hash, request: turn.request, ttfbMilliseconds: state.firstByteMilliseconds ?? 0))
    }

    /// A name that the upstream gives: bounded, and without the key, should it be in there.
    func name(_ text: String) -> String {
        (Redaction(step.key).apply(text) ?? text).excerpt(maxBytes: String.maxNameBytes)
    }

    /// What brings no delta may be a piece of something large; the hub is to see it grow.
    func countUndecoded(_ bytes: Int, hasDeltas: Bool) {
        guard !hasDeltas else {
            if undecodedBytes >= Hub.smallestRefusedBytes { session.sizeChanged() }
            undecodedBytes = 0
            return
        }
        let before = undecodedBytes / Hub.smallestRefusedBytes
        undecodedBytes += bytes
        if undecodedBytes / Hub.smallestRefusedBytes > before {
            undecodedBytes = decoder?.heldByteCount ?? 0
            session.sizeChanged()
        }
    }
}
