import ChatProtocol

/// A `key.check` command under way: the upstream is asked for its models with that key, and only what it says of the key is
/// passed on. On the loop thread.
final class KeyCheck: ClientQuery {
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
        case .listed:
            ConnectionFrame.key(id: id, isValid: true, upstream: target.name, message: nil)
        case .failed(let failure) where failure.code == .invalidKey:
            ConnectionFrame.key(id: id, isValid: false, upstream: target.name, message: failure.message)
        case .failed(let failure):
            ConnectionFrame.error(id: id, failure, command: "key.check")
        }
    }
}
