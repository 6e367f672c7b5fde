import ChatProtocol

/// A `models` command with a key of its own under way: what that key may see is nobody else's to know, so it is asked for
/// and forgotten. On the loop thread.
final class OwnModelQuery: ClientQuery {
    private let id: [UInt8]?
    private let target: UpstreamTarget
    private weak var client: Client?
    private unowned let node: Node
    private var transfer: ModelListTransfer?

    init(id: [UInt8]?, target: UpstreamTarget, client: Client) {
        self.id = id
        self.target = target
        self.client = client
        node = client.node
    }

    func start(key: APIKey) {
        transfer = ModelListTransfer(of: target, key: key, node: node) { [unowned self] outcome in
            transfer = nil
            client?.queryEnded(self, frame: answer(outcome))
        }
    }

    func cancel() { transfer?.cancel() }

    private func answer(_ outcome: ModelListTransfer.Outcome) -> [UInt8] {
        switch outcome {
        case .listed(let models):
            return ConnectionFrame.models(id: id, models: [target.modelEntries(models)].filter { !$0.isEmpty })
        case .failed(let failure):
            node.diagnostics.record(
                .modelsFailed(upstream: target.name, code: failure.code, stage: failure.stage, status: failure.status))
            return ConnectionFrame.error(id: id, failure, command: "models")
        }
    }
}
