import ChatProtocol

/// A command that an upstream has to be asked for first. Owned by the client that asks, which cancels it when it goes.
protocol ClientQuery: AnyObject {
    func cancel()
}

/// A `models` command under way: it waits until all lists that it needs are known, or for as long as it may, and answers
/// with what there is. On the loop thread.
final class ModelQuery: ClientQuery {
    private let id: [UInt8]?
    /// nil: all.
    private let upstream: String?
    private weak var client: Client?
    private unowned let node: Node
    /// What the shelf had heard when it began.
    private let outcomes: UInt64
    private var timer: (any ScheduledTimer)?

    init(id: [UInt8]?, upstream: String?, client: Client) {
        self.id = id
        self.upstream = upstream
        self.client = client
        node = client.node
        outcomes = node.models.outcomes
    }

    /// May answer at once.
    func start() { proceed(isLate: false) }

    /// One of the lists that it waits for has come, or cannot be had.
    func listSettled() { proceed(isLate: false) }

    func cancel() {
        timer?.cancel()
        timer = nil
        node.models.forget(self)
    }

    private func proceed(isLate: Bool) {
        node.models.forget(self)
        // The configuration may have changed meanwhile.
        let targets = upstream.map { node.catalogue.target(named: $0).map { [$0] } ?? [] } ?? node.catalogue.targets
        let known = targets.map { (target: $0, known: node.models.look(up: $0, after: outcomes)) }
        let missing = known.filter { $0.known.isPending }
        guard !missing.isEmpty, !isLate else { return answer(known) }
        for (target, _) in missing { node.models.wait(for: target, self) }
        // A single upstream holds up nobody else.
        guard targets.count > 1, timer == nil else { return }
        timer = node.timers.schedule(after: node.limits.modelListTimeout) { [weak self] in
            self?.proceed(isLate: true)
        }
    }

    private func answer(_ known: [(target: UpstreamTarget, known: ModelShelf.Known)]) {
        cancel()
        let failed = known.compactMap { target, known -> (upstream: String, failure: RequestFailure)? in
            if let failure = known.failure { return (target.name, failure) }
            return known.isPending ? (target.name, .lateModelList) : nil
        }
        let lists = known.map(\.known.entries).filter { !$0.isEmpty }
        let frame: [UInt8]
        if known.count == 1, lists.isEmpty, let failure = failed.first?.failure {
            frame = ConnectionFrame.error(id: id, failure, command: "models")
        } else if known.isEmpty {
            frame = ConnectionFrame.error(
                id: id, code: .badRequest, message: "This upstream is configured no more.", command: "models",
                session: nil, field: "upstream")
        } else {
            frame = ConnectionFrame.models(id: id, models: lists, failed: failed)
        }
        client?.queryEnded(self, frame: frame)
    }
}

extension RequestFailure {
    fileprivate static var lateModelList: RequestFailure {
        RequestFailure(
            .upstreamTimeout, "The upstream has not listed its models yet; ask again in a moment.", stage: .headers)
    }
}
