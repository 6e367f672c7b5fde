import ChatProtocol

/// A command under way that asks one upstream something with a key of the client's own: `key.check`, or `models` with a key.
/// What that key may see is nobody else's to know, so the answer is passed on and forgotten; of a `key.check` only what
/// it says of the key. On the loop thread.
final class OwnKeyQuery: ClientQuery {
    private let question: UpstreamQuestion
    private let id: [UInt8]?
    private let target: UpstreamTarget
    private weak var client: Client?
    private unowned let node: Node
    private var transfer: QuestionTransfer?

    init(_ question: UpstreamQuestion, id: [UInt8]?, target: UpstreamTarget, client: Client) {
        self.question = question
        self.id = id
        self.target = target
        self.client = client
        node = client.node
    }

    func start(key: APIKey) {
        transfer = QuestionTransfer(question, to: target, key: key, node: node) { [unowned self] outcome in
            transfer = nil
            client?.queryEnded(self, frame: answer(outcome))
        }
    }

    func cancel() { transfer?.cancel() }

    private func answer(_ outcome: QuestionTransfer.Outcome) -> [UInt8] {
        switch (question, outcome) {
        case (.models, .answered(let models)):
            return ConnectionFrame.models(id: id, models: [target.modelEntries(models)].filter { !$0.isEmpty })
        case (.models, .failed(let failure)):
            node.diagnostics.record(
                .modelsFailed(upstream: target.name, code: failure.code, stage: failure.stage, status: failure.status))
            return ConnectionFrame.error(id: id, failure, command: "models")
        case (.key, .answered):
            return ConnectionFrame.key(id: id, isValid: true, upstream: target.name, message: nil)
        case (.key, .failed(let failure)) where failure.code == .invalidKey:
            return ConnectionFrame.key(id: id, isValid: false, upstream: target.name, message: failure.message)
        case (.key, .failed(let failure)):
            return ConnectionFrame.error(id: id, failure, command: "key.check")
        }
    }
}
