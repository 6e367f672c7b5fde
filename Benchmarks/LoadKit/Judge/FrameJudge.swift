/// One tab's view of one session, and the judge of every frame in it ("Merging" and "A careful client" in docs/protocol.md):
/// `seq` rises, Σ(n − from + 1) over a message is its advance, each request's `n` is dense, `start` comes before deltas,
/// exactly one terminal, and the texts hold every delta once and in order (`AnswerText`; so all answers have to come from a
/// `PacedSource`, in `text` of choice 0).
///
/// A request of which the tab has seen a terminal is forgotten: whatever followed would have to begin with `n` 0, and be
/// caught.
package final class FrameJudge {
    private struct Running {
        let id: [UInt8]
        /// Of the last entry seen; -1 before the first.
        var n = -1
        var hasStarted = false
        var text = AnswerText()
    }

    package let session: String
    package private(set) var epoch = ""
    package private(set) var seq = 0
    /// Frames come: from `joined` to `left` or the connection's end.
    package private(set) var isJoined = false
    /// Times that a snapshot took the place of everything before.
    package private(set) var snapshots = 0
    package private(set) var deltasSeen = 0
    package private(set) var terminalsSeen = 0

    private let id: [UInt8]
    private var running: [Running] = []
    private var lastIndex = 0
    /// Of the message being read.
    private var advance = 0
    private var covered = 0

    package init(session: String) {
        self.session = session
        id = Array(session.utf8)
    }

    package var runningRequests: [String] { running.map { String(decoding: $0.id, as: UTF8.self) } }
    package var isIdle: Bool { running.isEmpty }

    /// The position to come back with, as JSON; nil before the first `joined`.
    package var position: String? { epoch.isEmpty ? nil : #"{"epoch":"\#(epoch)","seq":\#(seq)}"# }

    /// The connection is gone, or the session was left: nothing comes before the next `joined`.
    package func disconnected() {
        isJoined = false
        (advance, covered) = (0, 0)
    }

    func isNamed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool { bytes.isEqual(range, id) }

    // MARK: Frames

    func takeLogFrame(
        _ frame: ScannedFrame, _ bytes: Span<UInt8>, now: UInt64, latencies: Latencies?
    ) throws(Violation) -> RequestOutcome? {
        guard isJoined else { throw Violation("a log frame before joined") }
        guard let next = frame.seq, let n = frame.n, let request = frame.request else {
            throw Violation("a log frame lacks a field")
        }
        let from = frame.from ?? n
        guard next > seq else { throw Violation("seq \(next) after \(seq)") }
        guard n >= from else { throw Violation("n \(n) below from \(from)") }
        advance += next - seq
        covered += n - from + 1
        seq = next
        let index = try find(bytes, request, isNew: frame.kind == .request)
        guard from == running[index].n + 1 else {
            throw Violation("n goes from \(running[index].n) to \(from)…\(n)")
        }
        running[index].n = n
        switch frame.kind {
        case .start:
            guard !running[index].hasStarted else { throw Violation("a second start") }
            running[index].hasStarted = true
        case .delta:
            guard running[index].hasStarted else { throw Violation("a delta before start") }
            guard let text = frame.text else { throw Violation("a delta without text") }
            let before = running[index].text.count
            try running[index].text.take(bytes.extracting(text), now: now, latencies: latencies)
            let count = running[index].text.count - before
            guard count == n - from + 1 else { throw Violation("\(count) deltas in a frame of \(n - from + 1)") }
            deltasSeen += count
        case .end, .aborted, .error: return finish(index, frame, bytes)
        default: break
        }
        return nil
    }

    /// Checks the sum over the message that ends here.
    func endMessage() throws(Violation) {
        guard advance == covered else {
            throw Violation("Σ(n − from + 1) is \(covered), but seq advanced by \(advance)")
        }
        (advance, covered) = (0, 0)
    }

    private func finish(_ index: Int, _ frame: ScannedFrame, _ bytes: Span<UInt8>) -> RequestOutcome {
        let ended = running.remove(at: index)
        terminalsSeen += 1
        let terminal: RequestOutcome.Terminal =
            switch frame.kind {
            case .end: .ended
            case .aborted: .aborted
            default: .failed(frame.code.map { bytes.text($0) } ?? "")
            }
        return RequestOutcome(
            session: session, request: String(decoding: ended.id, as: UTF8.self), terminal: terminal, text: ended.text,
            isHistory: false)
    }

    private func find(_ bytes: Span<UInt8>, _ request: Range<Int>, isNew: Bool) throws(Violation) -> Int {
        if lastIndex < running.count, bytes.isEqual(request, running[lastIndex].id) {
            // Found where it was last time.
        } else if let index = running.firstIndex(where: { bytes.isEqual(request, $0.id) }) {
            lastIndex = index
        } else {
            guard isNew else { throw Violation("a frame of a request that is not running") }
            running.append(Running(id: bytes.array(request)))
            return running.count - 1
        }
        guard !isNew else { throw Violation("a second request frame") }
        return lastIndex
    }

    // MARK: Joining

    func takeJoined(_ frame: ScannedFrame, _ bytes: Span<UInt8>) throws(Violation) -> [RequestOutcome] {
        try endMessage()
        guard let epochRange = frame.epoch, let head = frame.seq, let recovered = frame.recovered else {
            throw Violation("joined lacks a field")
        }
        let newEpoch = bytes.text(epochRange)
        isJoined = true
        if recovered {
            guard newEpoch == epoch, head >= seq else {
                throw Violation("recovered to \(newEpoch) \(head) from \(epoch) \(seq)")
            }
            return []
        }
        guard let snapshot = frame.snapshot else { throw Violation("joined without a snapshot") }
        snapshots += 1
        epoch = newEpoch
        seq = head
        running = []
        var history: [RequestOutcome] = []
        try JSONScan.members(bytes, of: snapshot) { key, value throws(Violation) in
            if JSONScan.isEqual(bytes, key, "requests") {
                try JSONScan.elements(bytes, of: value.range) { element throws(Violation) in
                    running.append(try runningRequest(bytes, element.range))
                }
            } else if JSONScan.isEqual(bytes, key, "messages") {
                try JSONScan.elements(bytes, of: value.range) { element throws(Violation) in
                    if let outcome = try endedRequest(bytes, element.range) { history.append(outcome) }
                }
            }
        }
        return history
    }

    private func runningRequest(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(Violation) -> Running {
        var id: [UInt8]?
        var n: Int?
        var hasStarted = false
        var text = AnswerText()
        try JSONScan.members(bytes, of: range) { key, value throws(Violation) in
            if JSONScan.isEqual(bytes, key, "request") { id = bytes.array(value.range) }
            if JSONScan.isEqual(bytes, key, "n") { n = JSONScan.int(bytes, value) }
            if JSONScan.isEqual(bytes, key, "provider") { hasStarted = true }
            if JSONScan.isEqual(bytes, key, "text") { try text.take(bytes.extracting(value.range)) }
        }
        guard let id, let n else { throw Violation("a running request lacks a field") }
        // One entry is the request's own, one its start.
        guard text.count == max(0, n - 1) else {
            throw Violation("a running request at n \(n) shows \(text.count) deltas")
        }
        return Running(id: id, n: n, hasStarted: hasStarted, text: text)
    }

    /// Nil for a message that is no answer.
    private func endedRequest(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(Violation) -> RequestOutcome? {
        var id: Range<Int>?
        var content: JSONScan.Value?
        var status: Range<Int>?
        var code = ""
        try JSONScan.members(bytes, of: range) { key, value throws(Violation) in
            if JSONScan.isEqual(bytes, key, "request") { id = value.range }
            if JSONScan.isEqual(bytes, key, "content") { content = value }
            if JSONScan.isEqual(bytes, key, "status") { status = value.range }
            if JSONScan.isEqual(bytes, key, "error"), value.kind == .object {
                try JSONScan.members(bytes, of: value.range) { key, value throws(Violation) in
                    if JSONScan.isEqual(bytes, key, "code") { code = bytes.text(value.range) }
                }
            }
        }
        guard let status else { return nil }
        guard let id, let content, content.kind == .string else { throw Violation("an answer lacks a field") }
        var text = AnswerText()
        try text.take(bytes.extracting(content.range))
        let terminal: RequestOutcome.Terminal
        if JSONScan.isEqual(bytes, status, "ended") {
            terminal = .ended
        } else if JSONScan.isEqual(bytes, status, "aborted") {
            terminal = .aborted
        } else {
            terminal = .failed(code)
        }
        return RequestOutcome(
            session: session, request: bytes.text(id), terminal: terminal, text: text, isHistory: true)
    }
}

extension Span<UInt8> {
    package func array(_ range: Range<Int>) -> [UInt8] {
        extracting(range).withUnsafeBufferPointer { Array($0) }
    }

    package func text(_ range: Range<Int>) -> String {
        extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    func isEqual(_ range: Range<Int>, _ other: [UInt8]) -> Bool {
        guard range.count == other.count else { return false }
        for index in 0..<other.count where self[range.lowerBound + index] != other[index] { return false }
        return true
    }
}
