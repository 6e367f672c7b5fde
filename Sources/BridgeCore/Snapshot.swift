import ByteCoding
import ChatProtocol

/// What a tab that cannot be replayed to is given: the transcript and the running requests, encoded once and shared by
/// all who join there ("Joining and snapshots" in docs/protocol.md).
package struct Snapshot {
    /// Bytes of messages at most; but the newest message is always kept.
    package static let maxMessageBytes = 4 * 1024 * 1024
    /// Bytes of ended turns' `params` at most, beside the messages: those of the newest turns that have room. With definitions of
    /// tools they are larger than what is said, and the conversation has to be told rather than they.
    package static let maxParamsBytes = 256 * 1024

    /// The log's head when it was taken: what comes after is read from the log.
    package let seq: UInt64
    /// `{"messages":[…],"requests":[…]}` and the brace that closes the `joined` frame it ends.
    package private(set) var tail: SharedBytes
    /// To be replaced as soon as it is not in flight any more.
    var isStale = false

    package init(seq: UInt64, transcript: Transcript, running: [(turn: Turn, n: Int)]) {
        self.seq = seq
        var newest: [[UInt8]] = []
        var size = 0
        var paramsSize = 0
        var missing = transcript.forgottenMessages
        for turn in transcript.turns.reversed() {
            guard size <= Self.maxMessageBytes else {
                missing += turn.messageCount
                continue
            }
            let params = turn.frame.params.flatMap { paramsSize + $0.count <= Self.maxParamsBytes ? $0 : nil }
            let told = params?.count ?? 0
            paramsSize += told
            for (index, message) in turn.snapshotMessages(params: params).enumerated().reversed() {
                size += message.count + 1 - (index == turn.promptCount ? told : 0)
                if size <= Self.maxMessageBytes || newest.isEmpty {
                    newest.append(message)
                } else {
                    missing += 1
                }
            }
        }
        var object = ObjectWriter()
        object.array("messages", json: newest.reversed())
        object.array("requests", json: running.map { $0.turn.snapshotRequest(n: $0.n) })
        if missing > 0 { object.field("truncated", missing) }
        var bytes = object.finish()
        bytes.append(UInt8(ascii: "}"))
        tail = SharedBytes(bytes)
    }

    /// Whether one taken at `seq` still serves: the entries since must be in the log, and be few beside it, so that
    /// encoding costs amortised nothing and slow tabs do not each pin a version of their own.
    package func serves(_ log: SessionLog) -> Bool {
        log.holds(after: seq) && (seq == log.head || log.byteCount(after: seq) <= max(4096, tail.bytes.count / 8))
    }
}

extension Snapshot {
    /// Somebody is still being sent it.
    mutating func isInFlight() -> Bool { !isKnownUniquelyReferenced(&tail) }
}

extension SessionLog {
    /// Bytes of content after `seq`.
    package func byteCount(after seq: UInt64) -> Int {
        seq == head ? 0 : arena.count - arenaRange(entries[entry(at: seq + 1)]).lowerBound
    }
}
