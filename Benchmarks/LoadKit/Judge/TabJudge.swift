internal import Glibc

/// One tab: takes the server's messages apart and has each session's frames judged.
///
/// Costs about 0.3 µs a frame. Lives on its tab's thread.
package final class TabJudge {
    /// Where the ages of deltas go as they come in; nil for nowhere. Replayed deltas are as old as they are.
    package var latencies: Latencies?
    /// Called with every frame after it was judged; the ranges are of the bytes beside it, which live for the call.
    package var onFrame: ((ScannedFrame, Span<UInt8>) -> Void)?
    /// Called for each terminal frame, and for each answer in a snapshot.
    package var onOutcome: ((RequestOutcome) -> Void)?

    /// A tab has few.
    private var judges: [FrameJudge] = []
    private var last: FrameJudge?
    /// Those with a log frame in the message being read.
    private var touched: [FrameJudge] = []

    package init() {}

    package var sessions: [FrameJudge] { judges }

    package subscript(_ session: String) -> FrameJudge? { judges.first { $0.session == session } }

    /// To be called before a `join` is sent; gives what is known of that session.
    @discardableResult
    package func expect(_ session: String) -> FrameJudge {
        if let judge = self[session] { return judge }
        let judge = FrameJudge(session: session)
        judges.append(judge)
        return judge
    }

    /// Nothing more may come of that session, now or later.
    package func forget(_ session: String) {
        judges.removeAll { $0.session == session }
        last = nil
    }

    /// The connection is gone; positions are kept.
    package func disconnected() {
        for judge in judges { judge.disconnected() }
    }

    /// Judges one message. After a violation the tab's view is of no further use.
    package func take(_ message: Span<UInt8>) throws(Violation) {
        let now = latencies == nil ? 0 : MonotonicClock.now()
        var start = 0
        touched.removeAll(keepingCapacity: true)
        while start < message.count {
            let end = endOfLine(message, from: start)
            try take(message, start..<end, now)
            start = end + 1
        }
        guard start > 0 else { throw Violation("an empty message") }
        for judge in touched { try judge.endMessage() }
    }

    private func take(_ bytes: Span<UInt8>, _ line: Range<Int>, _ now: UInt64) throws(Violation) {
        let frame = try ScannedFrame(bytes, line)
        if frame.isLogFrame {
            let judge = try judge(frame, bytes)
            if touched.last !== judge { touched.append(judge) }
            let outcome = try judge.takeLogFrame(frame, bytes, now: now, latencies: latencies)
            if let outcome { onOutcome?(outcome) }
        } else if frame.kind == .joined {
            for outcome in try judge(frame, bytes).takeJoined(frame, bytes) { onOutcome?(outcome) }
        } else if frame.kind == .left {
            let judge = try judge(frame, bytes)
            try judge.endMessage()
            judge.disconnected()
        }
        onFrame?(frame, bytes)
    }

    private func judge(_ frame: ScannedFrame, _ bytes: Span<UInt8>) throws(Violation) -> FrameJudge {
        guard let session = frame.session else { throw Violation("a frame of no session") }
        if let last, last.isNamed(bytes, session) { return last }
        guard let judge = judges.first(where: { $0.isNamed(bytes, session) }) else {
            throw Violation("a frame of a session that was not joined")
        }
        last = judge
        return judge
    }

    private func endOfLine(_ bytes: Span<UInt8>, from start: Int) -> Int {
        bytes.withUnsafeBytes { all in
            guard let base = all.baseAddress, let found = memchr(base + start, 0x0A, all.count - start) else {
                return all.count
            }
            return UnsafeRawPointer(found) - base
        }
    }
}
