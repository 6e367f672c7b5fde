import BridgeTestKit

/// One order for all: every tab that was told what stands at a place of a log was told the same, byte for byte.
struct OrderBook {
    private struct Place: Hashable {
        var session: String
        var epoch: String
        var seq: Int
    }

    private struct Entry {
        var request: String
        var n: Int
        /// The frame as it came, where it was not merged.
        var bytes: String?
    }

    private struct Line: Hashable {
        var session: String
        var epoch: String
        var request: String
        var n: Int
    }

    private var entries: [Place: Entry] = [:]
    private var lines: [Line: Int] = [:]

    /// Takes a log frame that a tab has read in an epoch.
    mutating func take(_ frame: Frame, epoch: String) throws {
        guard let session = frame.session, let request = frame.request, let seq = frame.seq, let n = frame.n else {
            return
        }
        let isMerged = frame.object["from"] != nil
        let place = Place(session: session, epoch: epoch, seq: seq)
        let line = Line(session: session, epoch: epoch, request: request, n: n)
        if let known = lines.updateValue(seq, forKey: line), known != seq {
            throw ViolationError("\(request) has n \(n) at seq \(known) and at seq \(seq): \(frame)")
        }
        if let known = entries[place] {
            guard known.request == request, known.n == n else {
                throw ViolationError("at seq \(seq) stands \(known.request) \(known.n), another tab was told \(frame)")
            }
            if let bytes = known.bytes, !isMerged, bytes != frame.description {
                throw ViolationError("at seq \(seq) stands \(bytes), another tab was told \(frame)")
            }
        }
        if entries[place]?.bytes == nil {
            entries[place] = Entry(request: request, n: n, bytes: isMerged ? nil : frame.description)
        }
    }
}
