import ChatProtocol
import Providers

/// The upstreams' lists of models, as they were when they were last asked for with the server's own keys. A list that has
/// grown old is still shown, and asked for anew meanwhile. Owned by the node; on the loop thread.
final class ModelShelf {
    /// What could not be had is not asked for again for so many milliseconds, or for as long as a list may be kept where that is
    /// less.
    static let retryMilliseconds: UInt64 = 5_000

    /// What is known of one upstream's models.
    struct Known {
        /// JSON objects, separated by commas; empty where there is nothing to show.
        var entries: [UInt8]
        /// Why the list could not be had when it was last asked for. Nil while whoever asks now may still get it.
        var failure: RequestFailure?
        /// It has been asked for, and whoever asks now has no list yet, or none that may be shown meanwhile.
        var isPending: Bool
    }

    private final class Entry {
        var target: UpstreamTarget
        /// The newest list.
        var models: [ListedModel]?
        var listedAt: UInt64 = 0
        /// Of the newest attempt that is over, if that failed.
        var failure: RequestFailure?
        /// Not before then is it asked for again.
        var retryAt: UInt64 = 0
        /// Which of all outcomes the newest of this list was.
        var outcome: UInt64 = 0
        var transfer: QuestionTransfer?
        var waiting: [ModelQuery] = []
        /// What is shown; nil until it is asked for.
        var entries: [UInt8]?

        init(_ target: UpstreamTarget) { self.target = target }
    }

    /// So many times has a list come, or could not be had.
    private(set) var outcomes: UInt64 = 0
    private unowned let node: Node
    private var shelf: [String: Entry] = [:]

    init(node: Node) { self.node = node }

    /// What is known of `target`'s models now. What is not known, or is old, is asked for.
    ///
    /// - Parameter outcome: `outcomes` when whoever asks began to. What has come since is new enough, however short the time that
    ///   lists are kept; else lists that are not kept at all would be asked for without end.
    func look(up target: UpstreamTarget, after outcome: UInt64) -> Known {
        guard target.keyPolicy != .client else {
            let failure = RequestFailure(
                .missingKey,
                "The upstream `\(target.name)` lists its models to those who have an API key, and none was sent.",
                stage: .command)
            return Known(entries: target.modelEntries(nil), failure: failure, isPending: false)
        }
        let entry = shelf[target.name] ?? Entry(target)
        shelf[target.name] = entry
        // What has come since is an answer to who asks now, even where others have had it asked for again.
        let isAnswered = entry.outcome > outcome
        let isRefused = !isAnswered && isDue(entry) && !refresh(entry)
        let isAsked = !isAnswered && entry.transfer != nil
        let entries = entry.entries ?? target.modelEntries(entry.models)
        entry.entries = entries
        // A list that is not kept at all is shown only where its successor is late.
        let isShown = entry.models != nil && node.limits.modelListAge > 0
        let failure = isRefused ? .noRoomForTransfer : isAsked ? nil : entry.failure
        return Known(entries: entries, failure: failure, isPending: isAsked && !isShown)
    }

    /// Tells `query` once, when the list of `target` has come or cannot be had.
    func wait(for target: UpstreamTarget, _ query: ModelQuery) { shelf[target.name]?.waiting.append(query) }

    func forget(_ query: ModelQuery) {
        for entry in shelf.values { entry.waiting.removeAll { $0 === query } }
    }

    private func isDue(_ entry: Entry) -> Bool {
        let now = node.timers.now
        guard entry.transfer == nil, now >= entry.retryAt else { return false }
        return entry.models == nil || now >= entry.listedAt + node.limits.modelListAge
    }

    /// False where there is no room for it.
    private func refresh(_ entry: Entry) -> Bool {
        guard node.hub.hasRoomForTransfer else { return false }
        entry.transfer = QuestionTransfer(.models, to: entry.target, key: entry.target.key, node: node) {
            [unowned self, unowned entry] in settle(entry, $0)
        }
        return true
    }

    private func settle(_ entry: Entry, _ outcome: QuestionTransfer.Outcome) {
        entry.transfer = nil
        outcomes += 1
        entry.outcome = outcomes
        switch outcome {
        case .answered(let models):
            entry.models = models
            entry.failure = nil
            entry.listedAt = node.timers.now
            entry.entries = nil
        case .failed(let failure):
            entry.failure = failure
            entry.retryAt = node.timers.now + min(Self.retryMilliseconds, node.limits.modelListAge)
            node.diagnostics.record(
                .modelsFailed(
                    upstream: entry.target.name, code: failure.code, stage: failure.stage, status: failure.status))
        }
        tell(entry)
    }

    private func tell(_ entry: Entry) {
        let waiting = entry.waiting
        entry.waiting = []
        for query in waiting { query.listSettled() }
    }

    /// The configuration was read anew. What was asked for at a place and with a key that are still the same stays, the rest
    /// is let go of.
    func use(_ catalogue: UpstreamCatalogue) {
        var dropped: [Entry] = []
        for (name, entry) in shelf {
            if let target = catalogue.target(named: name), target.listsModels(like: entry.target) {
                entry.target = target
                entry.entries = nil
            } else {
                shelf[name] = nil
                dropped.append(entry)
            }
        }
        for entry in dropped {
            entry.transfer?.cancel()
            tell(entry)
        }
    }

    /// The server ends: what is under way is let go of.
    func cancelAll() {
        for entry in shelf.values {
            entry.transfer?.cancel()
            entry.transfer = nil
        }
    }
}

extension UpstreamTarget {
    fileprivate func listsModels(like other: UpstreamTarget) -> Bool {
        endpoint == other.endpoint && dialect == other.dialect && key == other.key && keyPolicy == other.keyPolicy
            && keyPlacement == other.keyPlacement && route == other.route
    }
}

extension RequestFailure {
    /// The whole server runs as many transfers as it may.
    static var noRoomForTransfer: RequestFailure {
        RequestFailure(
            .tooManyRequests, "The server runs as many requests as it may; try again later.", stage: .command)
    }
}
