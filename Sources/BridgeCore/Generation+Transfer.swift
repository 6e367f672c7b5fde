import ByteCoding
import ChatProtocol
import Providers

/// What the transfer tells: head, bytes, end.
extension Generation: TransferDelegate {
    package func transferConnected() {
        perform(.connected)
    }

    package func transferReceived(_ head: ResponseHead) {
        self.head = head
        perform(.head(status: head.status))
        if state.phase == .streaming {
            // It is there again, however long its model will think: nobody has to wait for that.
            if pass?.isTrial == true { tell(.answered) }
            decoder = AnswerDecoder(
                dialect: target.dialect, contentType: head["content-type"], options: target.decoding,
                limits: DecoderLimits(node.limits))
        }
    }

    package func transferReceived(_ bytes: Span<UInt8>) {
        switch state.phase {
        case .streaming:
            let node = node
            moved(at: node.timers.now)
            var batch = node.takeBatch()
            let isStreaming = decoder?.feed(bytes, into: &batch) ?? false
            countUndecoded(bytes.count, hasDeltas: !batch.deltas.isEmpty)
            take(&batch, isStreaming: isStreaming)
            node.returnBatch(&batch)
        case .rejected:
            moved(at: now)
            errorBody.append(span: bytes.extracting(first: Self.maxErrorBodyBytes - errorBody.count))
            if errorBody.count >= Self.maxErrorBodyBytes { rejected() }
        case .draining: drain(bytes)
        case .queued, .connecting, .waiting, .pausing, .counting, .ended, .aborted, .failed: break
        }
    }

    /// Bytes have come. The first ones may bring the deadline nearer; later ones move it away.
    private func moved(at now: UInt64) {
        if state.receivedBytes(at: now) { arm() }
    }

    package func transferEnded(_ end: TransferEnd) {
        switch (end, state.phase) {
        case (_, .ended), (_, .aborted), (_, .failed):
            timer?.cancel()
            timer = nil
        case (_, .counting): break
        case (_, .draining):
            var batch = node.takeBatch()
            if case .complete = end { decoder?.finish(into: &batch) }
            node.returnBatch(&batch)
            perform(.drained)
        case (.complete, .streaming): bodyEnded()
        case (_, .rejected): rejected()
        case (.failed(let failure), _): broke(RequestFailure(failure, phase: state.phase))
        case (.complete, _):
            broke(
                RequestFailure(.upstreamProtocol, "The upstream closed without an answer.", stage: .headers),
                remedy: .again)
        }
        transfer = nil
    }

    /// The body came to a clean end: what its last words mean.
    private func bodyEnded() {
        var batch = node.takeBatch()
        decoder?.finish(into: &batch)
        take(&batch, isStreaming: false)
        node.returnBatch(&batch)
        guard state.phase == .streaming, let decoder else { return }
        if decoder.isEmptyBody {
            broke(
                RequestFailure(.upstreamProtocol, "The upstream's answer was empty.", stage: .parse), remedy: .again)
        } else if !decoder.finishReasons.isEmpty {
            answered()
        } else {
            broke(
                RequestFailure(
                    .upstreamClosed, "The upstream ended its stream before the answer was complete.", stage: .stream))
        }
    }

    /// The body of a refusal is here, or as much of it as is waited for.
    func rejected() {
        guard let head else { return }
        let body = errorBody
        let failure = classify(
            status: head.status, header: { head[$0] }, body: body.span,
            unixMilliseconds: node.timers.unixMilliseconds)
        errorBody = []
        broke(RequestFailure(failure, stage: .headers, redacting: step.key))
    }
}
