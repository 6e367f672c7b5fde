import ByteCoding

/// An event as it was sent, but for the content of one string. The chunks of an answer mostly differ in nothing else, and
/// what is the same byte for byte need not be parsed again (docs/decisions/0007).
///
/// This is exact. A JSON string ends at its first unescaped quote, whatever stands in it; so text that is equal before the
/// opening quote and after the closing one has the same structure. What the event had said beside that string it says
/// again, and saying it twice changes nothing; `AnswerDraft.repeatable` names the exceptions, of which no shape is made.
///
/// Anthropic pads its events with a random number of spaces before the last brace. Spaces there mean nothing to JSON (RFC 8259
/// section 2), so a shape that has some fits whatever their number is.
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
    /// How many of `bytes` stand before the padding; nil where the event has none, so that none is looked for.
    private var unpaddedCount: Int?
    private(set) var place = TextPlace(kind: .text, choice: 0)
    /// How many were remembered in a row that no event had.
    private var useless = 0

    var isEmpty: Bool { bytes.isEmpty }

    /// From now on there is none.
    mutating func forget() {
        bytes.removeAll(keepingCapacity: true)
    }

    /// Remembers the event that lies at `event` in `chunk`, line ends included, with its data, an object, at `data`, and in that
    /// the text at `text`, between its quotes.
    mutating func remember(
        _ event: Range<Int>, of chunk: Span<UInt8>, data: Range<Int>, text: Range<Int>, at place: TextPlace
    ) {
        forget()
        useless += 1
        guard useless <= Self.maxUseless || useless % Self.restingEvents == 0, event.count - text.count <= Self.maxBytes
        else { return }
        bytes.append(span: chunk, in: event.lowerBound..<text.lowerBound)
        beforeCount = bytes.count
        let padding = Self.padding(of: data, in: chunk, after: text.upperBound)
        bytes.append(span: chunk, in: text.upperBound..<padding.lowerBound)
        unpaddedCount = padding.isEmpty ? nil : bytes.count
        bytes.append(span: chunk, in: padding.upperBound..<event.upperBound)
        self.place = place
    }

    /// The spaces before an object's last brace.
    private static func padding(of data: Range<Int>, in chunk: Span<UInt8>, after text: Int) -> Range<Int> {
        let brace = data.upperBound - 1
        guard chunk[brace] == UInt8(ascii: "}") else { return data.upperBound..<data.upperBound }
        var start = brace
        while start > text, chunk[start - 1] == UInt8(ascii: " ") { start -= 1 }
        return start..<brace
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
        guard let following = endOfEvent(in: chunk, afterText: end), following - start <= maxEventBytes else {
            output.removeLast(output.count - count)
            return false
        }
        if let half { torn.keep(half, at: place) }
        start = following
        return true
    }

    /// Where the event ends whose text ends at `end`; nil where it goes on in another way than this shape.
    @inline(__always)
    private func endOfEvent(in chunk: Span<UInt8>, afterText end: Int) -> Int? {
        let known = bytes.span
        guard let unpaddedCount else { return Self.end(of: known.extracting(beforeCount...), at: end, in: chunk) }
        guard var index = Self.end(of: known.extracting(beforeCount..<unpaddedCount), at: end, in: chunk) else {
            return nil
        }
        while index < chunk.count, chunk[index] == UInt8(ascii: " ") { index += 1 }
        return Self.end(of: known.extracting(unpaddedCount...), at: index, in: chunk)
    }

    /// Where `known` ends, if it stands at `index`.
    @inline(__always)
    private static func end(of known: Span<UInt8>, at index: Int, in chunk: Span<UInt8>) -> Int? {
        chunk.count - index >= known.count && chunk.holds(known, at: index) ? index + known.count : nil
    }
}
