import ByteCoding
import ChatProtocol
import Providers

/// An upstream being asked a question. Owned by whoever wants the answer; on the loop thread.
final class QuestionTransfer: TransferDelegate {
    enum Outcome {
        /// The models that it lists; none where it was not asked for them.
        case answered([ListedModel])
        case failed(RequestFailure)
    }

    /// Longest answer that is read.
    static let maxBodyBytes = 4 * 1024 * 1024

    private let question: UpstreamQuestion
    private let target: UpstreamTarget
    private let key: APIKey?
    private unowned let node: Node
    private let done: (Outcome) -> Void
    private var transfer: (any Transfer)?
    private var timer: (any ScheduledTimer)?
    private var head: ResponseHead?
    private var body: [UInt8] = []
    private var isOver = false

    /// Starts it. `done` is called at most once, never from within this call, and not after `cancel()`.
    init(
        _ question: UpstreamQuestion, to target: UpstreamTarget, key: APIKey?, node: Node,
        done: @escaping (Outcome) -> Void
    ) {
        self.question = question
        self.target = target
        self.key = key
        self.node = node
        self.done = done
        node.hub.queryStarted()
        transfer = node.upstream.start(target.request(question, key: key), delegate: self)
        let patience =
            (target.timeouts.connect ?? node.limits.connectTimeout)
            + (target.timeouts.firstByte ?? node.limits.firstByteTimeout)
        timer = node.timers.schedule(after: patience) { [weak self] in
            guard let self else { return }
            fail(
                RequestFailure(.upstreamTimeout, "The upstream did not \(self.question.verb) in time.", stage: .headers)
            )
        }
    }

    /// Nothing more is heard of it. Idempotent.
    func cancel() {
        guard !isOver else { return }
        isOver = true
        node.hub.queryEnded()
        timer?.cancel()
        timer = nil
        transfer?.cancel()
        transfer = nil
    }

    private func end(_ outcome: Outcome) {
        cancel()
        done(outcome)
    }

    private func fail(_ failure: RequestFailure) { end(.failed(failure)) }

    package func transferConnected() {}

    package func transferReceived(_ head: ResponseHead) { self.head = head }

    package func transferReceived(_ bytes: Span<UInt8>) {
        body.append(span: bytes)
        guard body.count > Self.maxBodyBytes else { return }
        fail(RequestFailure(.upstreamProtocol, "The upstream's \(question.noun) is too long.", stage: .parse))
    }

    package func transferEnded(_ end: TransferEnd) {
        transfer = nil
        if case .failed(let failure) = end {
            return fail(RequestFailure(failure, phase: head == nil ? .waiting : .streaming))
        }
        guard let head else {
            return fail(RequestFailure(.upstreamProtocol, "The upstream closed without an answer.", stage: .headers))
        }
        let body = body
        guard (200..<300).contains(head.status) else {
            let failure = classify(
                status: head.status, header: { head[$0] }, body: body.span,
                unixMilliseconds: node.timers.unixMilliseconds)
            return fail(RequestFailure(failure, stage: .headers, redacting: key))
        }
        guard let list = target.models(in: body.span, to: question) else {
            return fail(RequestFailure(.upstreamProtocol, "The upstream's \(question.noun) is not one.", stage: .parse))
        }
        let redaction = Redaction(key)
        self.end(
            .answered(
                list.map { model in
                    var model = model
                    model.id = redaction.apply(model.id) ?? model.id
                    model.ownedBy = redaction.apply(model.ownedBy)
                    model.displayName = redaction.apply(model.displayName)
                    return model
                }))
    }
}

extension UpstreamQuestion {
    fileprivate var verb: String {
        switch self {
        case .models: "list its models"
        case .key: "say whether the key is valid"
        }
    }
}
