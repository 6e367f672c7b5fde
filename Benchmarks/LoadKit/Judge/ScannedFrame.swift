/// One frame of the server: what a judge needs of it, as ranges of the bytes it lies in.
package struct ScannedFrame {
    package enum Kind {
        case welcome, joined, left, accepted, ok, models, pong, presence, goaway, error
        case request, start, delta, end, aborted
        /// One that we do not know.
        case other
    }

    package private(set) var kind = Kind.other
    package private(set) var session: Range<Int>?
    package private(set) var request: Range<Int>?
    package private(set) var epoch: Range<Int>?
    package private(set) var code: Range<Int>?
    /// Of `ok`, which command it answers; of a command's `error`, too.
    package private(set) var command: Range<Int>?
    /// Still JSON-escaped.
    package private(set) var text: Range<Int>?
    package private(set) var seq: Int?
    package private(set) var n: Int?
    package private(set) var from: Int?
    package private(set) var recovered: Bool?
    package private(set) var duplicate = false
    /// The object of a `joined`.
    package private(set) var snapshot: Range<Int>?

    /// A log frame has a place in a session's log; `joined` only names one.
    package var isLogFrame: Bool { seq != nil && n != nil }
    package var isTerminal: Bool {
        switch kind {
        case .end, .aborted: true
        case .error: isLogFrame
        default: false
        }
    }

    /// Reads the object that is `range` of `bytes`.
    package init(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(Violation) {
        try JSONScan.members(bytes, of: range) { key, value throws(Violation) in
            switch key.count {
            case 1 where JSONScan.isEqual(bytes, key, "n"): n = JSONScan.int(bytes, value)
            case 3 where JSONScan.isEqual(bytes, key, "seq"): seq = JSONScan.int(bytes, value)
            case 4 where JSONScan.isEqual(bytes, key, "type"): kind = Kind(bytes, value.range)
            case 4 where JSONScan.isEqual(bytes, key, "from"): from = JSONScan.int(bytes, value)
            case 4 where JSONScan.isEqual(bytes, key, "text"): text = value.range
            case 4 where JSONScan.isEqual(bytes, key, "code"): code = value.range
            case 5 where JSONScan.isEqual(bytes, key, "epoch"): epoch = value.range
            case 7 where JSONScan.isEqual(bytes, key, "session"): session = value.range
            case 7 where JSONScan.isEqual(bytes, key, "request"): request = value.range
            case 7 where JSONScan.isEqual(bytes, key, "command"): command = value.range
            case 8 where JSONScan.isEqual(bytes, key, "snapshot"): snapshot = value.range
            case 9 where JSONScan.isEqual(bytes, key, "recovered"):
                recovered = JSONScan.isEqual(bytes, value.range, "true")
            case 9 where JSONScan.isEqual(bytes, key, "duplicate"):
                duplicate = JSONScan.isEqual(bytes, value.range, "true")
            default: break
            }
        }
    }
}

extension ScannedFrame.Kind {
    fileprivate init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        // The one that comes most often first.
        let words: [(StaticString, ScannedFrame.Kind)] = Self.words
        self = words.first { JSONScan.isEqual(bytes, range, $0.0) }?.1 ?? .other
    }

    private static let words: [(StaticString, ScannedFrame.Kind)] = [
        ("delta", .delta), ("request", .request), ("start", .start), ("end", .end), ("accepted", .accepted),
        ("joined", .joined), ("presence", .presence), ("aborted", .aborted), ("error", .error), ("ok", .ok),
        ("left", .left), ("welcome", .welcome), ("pong", .pong), ("models", .models), ("goaway", .goaway),
    ]
}
