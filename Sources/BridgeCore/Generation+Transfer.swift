import ByteCoding
import ChatProtocol
import Providers

/// What the transfer tells: head, bytes, end.
extension Generation: TransferDelegate {
    package func transferConnected() {
        perform(.connected)
        arm()
    }

    package func transferReceived(_ head: ResponseHead) {
        perform(.head(status: head.status))
        self.head = head
        if state.phase == .streaming {
            decoder = AnswerDecoder(
                dialect: target.dialect, contentType: head["content-type"], limits: DecoderLimits(node.limits))
        }
        arm()
    }

    package func transferReceived(_ bytes: Span<UInt8>) {
        switch state.phase {
        case .streaming:
            let node = node
            moved(at: node.timers.now)
            var batch = node.takeBatch()
            let isStreaming = decoder?.feed(bytes, into: &batch) ?? false
            countUndecoded(bytes.count, hasDeltas: !batch.deltas.isEmpty)
            take(batch, isStreaming: isStreaming)
            node.returnBatch(&batch)
        case .rejected:
            moved(at: now)
            errorBody.append(span: bytes.extracting(first: Self.maxErrorBodyBytes - errorBody.count))
            if errorBody.count >= Self.maxErrorBodyBytes { rejected() }
        case .queued, .connecting, .waiting, .ended, .aborted, .failed: break
        }
    }

    /// Bytes have come. The first ones may bring the deadline nearer; later ones move it away.
    private func moved(at now: UInt64) {
        if state.receivedBytes(at: now) { arm() }
    }

    package func transferEnded(_ end: TransferEnd) {
        transfer = nil
        if state.phase.isFinal {
            timer?.cancel()
            timer = nil
            return
        }
        switch (end, state.phase) {
        case (.complete, .streaming): bodyEnded()
        case (_, .rejected): rejected()
        case (.failed(let failure), _): perform(.broke(RequestFailure(failure, phase: state.phase)))
        case (.complete, _):
            perform(
                .broke(RequestFailure(.upstreamProtocol, "The upstream closed without an answer.", stage: .headers)))
        }
    }
}
