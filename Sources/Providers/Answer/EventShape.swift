import ByteCoding

/// An event as it was sent, but for the content of one string. The chunks of an answer mostly differ in nothing else, and
/// what is the same byte for byte need not be parsed again (docs/decisions/0007).
///
/// This is exact. A JSON string ends at its first unescaped quote, whatever stands in it; so text that is equal before the
/// opening quote and after the closing one has the same structure. What the event had said beside that string it says
/// again, and saying it twice changes nothing; `ChatAnswer.repeatable` names the exceptions, of which no shape is made.
struct EventShape {
    /// Longer events are parsed each time. (Chunks have 150 to 400 bytes beside their text.)
    private static let maxBytes = 2048
    /// After so many shapes in a row that were of no use, only one in `restingEvents` is made: some upstreams pad or number their
    /// events, some of them all.
    private static let maxUseless = 8
    private static let restingEvents = 64

    /// What stands before the content and after it, one after the other.
    private var bytes: [UInt8] = []
    private var beforeCount = 0
    private(set) var place = TextPlace(kind: .text, choice: 0)
    /// How many were remembered in a row that no event had.
    private var useless = 0

    var isEmpty: Bool { bytes.isEmpty }

    /// From now on there is none.
    mutating func forget() {
        bytes.removeAll(keepingCapacity: true)
    }

    /// Remembers the event that lies at `event` in `chunk`, line ends included, and whose text lies at `text`, between its
    /// quotes.
    mutating func remember(_ event: Range<Int>, of chunk: Span<UInt8>, text: Range<Int>, at place: TextPlace) {
        forget()
        useless += 1
        guard useless <= Self.maxUseless || useless % Self.restingEvents == 0, event.count - text.count <= Self.maxBytes
        else { return }
        bytes.append(span: chunk, in: event.lowerBound..<text.lowerBound)
        beforeCount = bytes.count
        bytes.append(span: chunk, in: text.upperBound..<event.upperBound)
        self.place = place
    }

    /// An event had this shape.
    mutating func proveUseful() {
        useless = 0
    }

    /// Whether the event at `start` has this shape. Its text is appended to `output`, and `start` moves to what follows.
    /// False, and nothing happens, also where the text is empty, and where the event has not come whole or may be too large.
    func read(
        _ chunk: Span<UInt8>, from start: inout Int, into output: inout [UInt8], torn: inout TornText,
        maxEventBytes: Int
    ) -> Bool {
        let known = bytes.span
        let text = start + beforeCount
        guard chunk.count - start > known.count,
            chunk.holds(known.extracting(first: beforeCount), at: start),
            chunk[text] != UInt8(ascii: "\"")
        else { return false }
        let count = output.count
        // The opening quote is the last byte of what stands before.
        var reader = JSONReader(chunk, from: text - 1)
        let half: HighSurrogate?
        do throws(JSONError) {
            half = try reader.readEscapedString(into: &output, continuing: nil)
        } catch {
            return false
        }
        let end = reader.position - 1
        let after = known.extracting(beforeCount...)
        guard chunk.count - end >= after.count, end + after.count - start <= maxEventBytes,
            chunk.holds(after, at: end)
        else {
            output.removeLast(output.count - count)
            return false
        }
        if let half { torn.keep(half, at: place) }
        start = end + after.count
        return true
    }
}
