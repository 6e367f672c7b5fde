/// One request that a `PacedSource` got, from its point of view. Times are `MonotonicClock`'s.
package final class TransferRecord {
    package enum End: Equatable {
        /// The answer was sent to its end, its fault included.
        case finished
        /// The peer closed its socket before that.
        case closedByPeer
        /// The source was closed.
        case dropped
    }

    /// The content of the request's last message; empty where it was no string.
    package let key: String
    package let model: String
    package let begunAt: UInt64
    package internal(set) var endedAt: UInt64?
    /// Nil while it is running.
    package internal(set) var end: End?
    /// What was handed to the socket.
    package internal(set) var text = AnswerText()
    /// By number of deltas minus one, the answer's hash up to there; empty unless `PacedSource.keepsHashes`.
    package internal(set) var hashes: [UInt64] = []
    /// Transfers with this key so far, this one included.
    package let attempt: Int

    init(key: String, model: String, attempt: Int) {
        self.key = key
        self.model = model
        self.attempt = attempt
        begunAt = MonotonicClock.now()
    }

    /// Whether `seen` is a beginning of what was sent; nil where hashes were not kept.
    package func begins(with seen: AnswerText) -> Bool {
        if seen.count == 0 { return seen == AnswerText() }
        if seen.count == text.count { return seen == text }
        return seen.count <= hashes.count && hashes[seen.count - 1] == seen.hash
    }
}
