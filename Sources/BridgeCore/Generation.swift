import ByteCoding
import ChatProtocol
import Providers

/// The shell around one answer's state machine: it owns the transfer, the decoder and the timer, and appends what comes
/// of them to its session's log. Owned by its session while it runs; on the loop thread.
package final class Generation {
    /// How long a transfer may outlive its answer, so that its connection can be used again: the rest of a chunked body
    /// usually is here already.
    static let lingerMilliseconds: UInt64 = 2_000
    /// Bytes read of a body that explains a refusal.
    static let maxErrorBodyBytes = 64 * 1024

    package let turn: Turn
    let slot: UInt32
    let orphan: ChatCommand.OrphanPolicy
    let session: Session
    let plan: RequestPlan
    var target: UpstreamTarget { plan.steps[0].target }
    var key: APIKey? { plan.steps[0].key }
    var state: GenerationState
    var decoder: AnswerDecoder?
    var head: ResponseHead?
    var errorBody: [UInt8] = []
    var transfer: (any Transfer)?
    var timer: (any ScheduledTimer)?
    private let maxAnswerBytes: Int
    /// When `timer` fires.
    var timerDeadline: UInt64 = 0
    var firstDeltaAt: UInt64?
    /// Bytes of the request's body, which the transfer keeps as long as it lives.
    var requestBytes = 0
    /// Bytes of an event, or of a whole body, that the decoder cannot read yet.
    var undecodedBytes = 0
    private(set) var deltas: UInt64 = 0

    init(
        session: Session, turn: Turn, slot: UInt32, orphan: ChatCommand.OrphanPolicy, plan: RequestPlan
    ) {
        self.session = session
        self.turn = turn
        self.slot = slot
        self.orphan = orphan
        self.plan = plan
        let node = session.node
        maxAnswerBytes = node.limits.maxAnswerBytes
        state = GenerationState(limits: node.limits, now: node.timers.now)
    }

    var node: Node { session.node }
    var now: UInt64 { node.timers.now }

    /// Bytes of memory, roughly.
    var byteCount: Int { turn.byteCount + requestBytes + undecodedBytes + errorBody.count }

    // MARK: What is asked of it

    /// Sends the request to the upstream.
    func start() {
        guard state.handle(.start, at: now).contains(.startTransfer) else { return }
        let encoded = plan.encoded
        requestBytes = encoded.body.count
        transfer = node.upstream.start(
            TransferRequest(
                method: .post, url: encoded.url, headers: encoded.headers, key: key, keyPlacement: target.keyPlacement,
                body: encoded.body, route: target.route),
            delegate: self)
        arm()
    }

    /// Cancels the transfer at once. `by` is a connection's id, or "orphan".
    func abort(by: String) {
        perform(.abort, abortedBy: by)
    }

    /// The server ends before the answer does.
    func interrupt() {
        perform(
            .broke(
                RequestFailure(
                    .interrupted, "The server was stopped before the answer was complete.", stage: state.phase.stage)))
    }

    /// All sessions together are over their limit, and this request holds most.
    func refuseMemory() {
        perform(
            .broke(
                RequestFailure(
                    .tooManyRequests, "The server's memory for sessions is full, and this answer took most of it.",
                    stage: state.phase.stage)))
    }

    // MARK: The machine

    func perform(_ input: GenerationState.Input, abortedBy: String = "") {
        for action in state.handle(input, at: now) {
            switch action {
            case .startTransfer: break
            case .cancelTransfer:
                transfer?.cancel()
                transfer = nil
            case .end: finish(.ended)
            case .abort: finish(.aborted, by: abortedBy)
            case .fail: finish(.failed)
            }
        }
    }

    /// The one terminal entry.
    func finish(_ status: Turn.Status, by: String = "") {
        timer?.cancel()
        timer = nil
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
            LogFrame.Aborted(by: by, usage: turn.usage, timing: timing).write(to: &frame)
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
    func linger() {
        guard transfer != nil else { return }
        timer = node.timers.schedule(after: Self.lingerMilliseconds) { [self] in
            transfer?.cancel()
            transfer = nil
            timer = nil
        }
    }

    func record(_ status: Turn.Status, _ timing: Timing) {
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

    // MARK: Time

    /// Keeps one timer at the machine's deadline or before it. Bytes usually move the deadline away, and then the timer
    /// stays: it looks again when it fires.
    func arm() {
        guard let deadline = state.deadline, timer == nil || deadline < timerDeadline else { return }
        timer?.cancel()
        timerDeadline = deadline
        timer = node.timers.schedule(after: deadline > now ? deadline - now : 0) { [self] in
            timer = nil
            // What came of a refusal's body must do.
            if state.phase == .rejected, state.deadline.map({ $0 <= now }) ?? false { return rejected() }
            perform(.tick)
            arm()
        }
    }

    // MARK: The answer

    func appendStart(force: Bool) {
        guard turn.start == nil, let metadata = decoder?.metadata else { return }
        guard force || metadata.model != nil else { return }
        let model = metadata.model.map(name) ?? turn.frame.model ?? "unknown"
        let start = LogFrame.Start(
            model: model, requestedModel: model == turn.frame.model ? nil : turn.frame.model, upstream: target.name,
            provider: target.provider, upstreamID: metadata.id.map(name),
            created: metadata.created, attempt: 1,
            ttfbMilliseconds: state.firstByteMilliseconds ?? 0)
        turn.start = start
        var frame = ObjectWriter.members()
        start.write(to: &frame)
        session.append(.start, members: frame.bytes, slot: slot)
        node.diagnostics.record(
            .requestStarted(
                session: session.hash, request: turn.request, ttfbMilliseconds: state.firstByteMilliseconds ?? 0))
    }

    /// A name that the upstream gives: bounded, and without the key, should it be in there.
    func name(_ text: String) -> String {
        (Redaction(key).apply(text) ?? text).excerpt(maxBytes: String.maxNameBytes)
    }

    /// Appends what the decoder has found, then acts on what it says of the answer as a whole.
    func take(_ batch: borrowing DeltaBatch, isStreaming: Bool) {
        if !batch.deltas.isEmpty {
            if turn.start == nil { appendStart(force: true) }
            if firstDeltaAt == nil { firstDeltaAt = now }
            deltas += UInt64(batch.deltas.count)
            turn.answer.append(batch)
            session.append(batch, slot: slot)
        } else if turn.start == nil {
            appendStart(force: false)
        }
        if turn.answer.byteCount > maxAnswerBytes {
            return perform(
                .broke(
                    RequestFailure(
                        .upstreamProtocol, "The answer is longer than \(maxAnswerBytes) bytes.",
                        stage: .stream)))
        }
        guard !isStreaming else { return }
        switch decoder?.state {
        case .done:
            appendStart(force: true)
            perform(.answered)
        case .failed(let error):
            perform(.broke(RequestFailure(classify(error), stage: .stream, redacting: key)))
        case .malformed(let reason):
            perform(.broke(RequestFailure(.upstreamProtocol, reason, stage: .parse)))
        case .streaming, nil: break
        }
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

    /// The body came to a clean end: what its last words mean.
    func bodyEnded() {
        var batch = node.takeBatch()
        decoder?.finish(into: &batch)
        take(batch, isStreaming: false)
        node.returnBatch(&batch)
        guard !state.phase.isFinal, let decoder else { return }
        if decoder.isEmptyBody {
            perform(.broke(RequestFailure(.upstreamProtocol, "The upstream's answer was empty.", stage: .parse)))
        } else if !decoder.finishReasons.isEmpty {
            appendStart(force: true)
            perform(.answered)
        } else {
            perform(
                .broke(
                    RequestFailure(
                        .upstreamClosed, "The upstream ended its stream before the answer was complete.", stage: .stream
                    )))
        }
    }

    func rejected() {
        guard let head else { return }
        let body = errorBody
        let failure = classify(
            status: head.status, retryAfter: head["retry-after"], retryAfterMilliseconds: head["retry-after-ms"],
            contentType: head["content-type"], body: body.span)
        errorBody = []
        perform(.broke(RequestFailure(failure, stage: .headers, redacting: key)))
    }
}
