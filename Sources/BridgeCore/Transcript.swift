import ChatProtocol

/// The ended turns of a session, ordered by the seq of their `request` frames. Owned by its session.
package struct Transcript {
    package private(set) var turns: [Turn] = []
    /// Messages of turns that were dropped because the transcript grew over its limit.
    package private(set) var forgottenMessages = 0
    package private(set) var byteCount = 0

    package init() {}

    /// An ended turn takes its place.
    package mutating func insert(_ turn: Turn, maxBytes: Int) {
        let position = turns.lastIndex { $0.seq < turn.seq }.map { $0 + 1 } ?? 0
        turns.insert(turn, at: position)
        byteCount += turn.byteCount
        while byteCount > maxBytes, turns.count > 1 {
            let oldest = turns.removeFirst()
            byteCount -= oldest.byteCount
            forgottenMessages += oldest.messageCount
        }
    }

    /// New messages replace everything that has ended.
    package mutating func removeAll() {
        turns = []
        forgottenMessages = 0
        byteCount = 0
    }

    /// Drops the turns from `seq` on.
    package mutating func remove(from seq: UInt64) {
        while let last = turns.last, last.seq >= seq {
            byteCount -= last.byteCount
            turns.removeLast()
        }
    }

    /// The messages a model is sent before a new input: JSON objects. They begin at the newest turn
    /// that came with `messages`, for those replaced everything before them.
    /// - Parameters:
    ///   - settled: turns whose answers are final, and which are not in here yet.
    ///   - first: the seq of a running turn that came with `messages`, or 0.
    ///   - end: turns from this seq on do not count.
    package func context(
        with settled: [Turn] = [], from first: UInt64 = 0, before end: UInt64 = .max
    ) -> [[UInt8]] {
        let all = settled.isEmpty ? turns : (turns + settled).sorted { $0.seq < $1.seq }
        let candidates = all.prefix { $0.seq < end }
        let start = candidates.last { $0.frame.prompt.replacesTranscript }?.seq ?? 0
        return candidates.filter { $0.seq >= max(first, start) }.flatMap { $0.contextMessages() }
    }
}
