import ByteCoding
import ChatProtocol

/// What a tab that cannot be replayed to is given: the transcript and the running requests, encoded once and shared by
/// all who join there ("Joining and snapshots" in docs/protocol.md).
package struct Snapshot {
    /// Bytes of messages at most; but the newest message is always kept.
    package static let maxMessageBytes = 4 * 1024 * 1024
    /// Bytes of `params` at most, beside the messages: those of the newest turns that have room, running or ended. With
    /// definitions of tools they are larger than what is said, and the conversation has to be told rather than they.
    package static let maxParamsBytes = 256 * 1024
    /// Bytes of running requests' prompts at most, beside the newest one: those of the newest that have room.
    package static let maxPromptBytes = 4 * 1024 * 1024

    /// The log's head when it was taken: what comes after is read from the log.
    package let seq: UInt64
    /// `{"messages":[…],"requests":[…]}` and the brace that closes the `joined` frame it ends.
    package private(set) var tail: SharedBytes
    /// To be replaced as soon as it is not in flight any more.
    var isStale = false

    package init(seq: UInt64, transcript: Transcript, running: [(turn: Turn, n: Int)]) {
        self.seq = seq
        var newest: [[UInt8]] = []
        var requests: [[UInt8]] = []
        var running = running[...]
        var size = 0
        var room = Room()
        var missing = transcript.forgottenMessages
        for turn in transcript.turns.reversed() {
            while let last = running.last, last.turn.seq > turn.seq {
                requests.append(room.request(last.turn, n: last.n))
                running.removeLast()
            }
            guard size <= Self.maxMessageBytes else {
                missing += turn.messageCount
                continue
            }
            let params = room.params(of: turn)
            let told = params?.count ?? 0
            for (index, message) in turn.snapshotMessages(params: params).enumerated().reversed() {
                size += message.count + 1 - (index == turn.promptCount ? told : 0)
                if size <= Self.maxMessageBytes || newest.isEmpty {
                    newest.append(message)
                } else {
                    missing += 1
                }
            }
        }
        for last in running.reversed() { requests.append(room.request(last.turn, n: last.n)) }
        var object = ObjectWriter()
        object.array("messages", json: newest.reversed())
        object.array("requests", json: requests.reversed())
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
    /// What there is still room for while it is made, from the newest turn on.
    private struct Room {
        private var params = Snapshot.maxParamsBytes
        private var prompts = Snapshot.maxPromptBytes
        private var isNewest = true

        /// A turn's `params`, where there is room for them.
        mutating func params(of turn: Turn) -> [UInt8]? {
            guard let known = turn.frame.params, known.count <= params else { return nil }
            params -= known.count
            return known
        }

        mutating func request(_ turn: Turn, n: Int) -> [UInt8] {
            let bytes = turn.frame.promptBytes
            let hasPrompt = isNewest || bytes <= prompts
            if hasPrompt, !isNewest { prompts -= bytes }
            isNewest = false
            return turn.snapshotRequest(n: n, params: params(of: turn), hasPrompt: hasPrompt)
        }
    }

    /// Somebody is still being sent it.
    mutating func isInFlight() -> Bool { !isKnownUniquelyReferenced(&tail) }
}

extension SessionLog {
    /// Bytes of content after `seq`.
    package func byteCount(after seq: UInt64) -> Int {
        seq == head ? 0 : arena.count - arenaRange(entries[entry(at: seq + 1)]).lowerBound
    }
}
