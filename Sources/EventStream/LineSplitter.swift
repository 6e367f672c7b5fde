import ByteCoding

/// Lines of a text that comes in pieces, as newline-delimited JSON has them: any split of the bytes gives the same lines.
///
/// Pull style, like `EventStreamParser`: the owner calls `next(in:from:)` with one chunk until it returns nil, then with the
/// next chunk. Empty lines are left out; CR, LF and both together end a line. What is kept is bounded by `maxLineBytes`.
package struct LineSplitter {
    /// Where a line is. It lives until the next call.
    package enum Line: Equatable {
        /// A range of the chunk, not empty.
        case chunk(Range<Int>)
        /// All of `buffered`.
        case buffered
    }

    /// The most bytes that one line may have.
    package let maxLineBytes: Int

    private var partial: [UInt8] = []
    /// `partial` is a line that was handed out.
    private var isHandedOut = false

    package init(maxLineBytes: Int = 16 * 1024 * 1024) {
        self.maxLineBytes = maxLineBytes
    }

    /// A line that came in pieces.
    package var buffered: Span<UInt8> {
        @_lifetime(borrow self)
        get { partial.span }
    }

    /// Bytes of memory held for a line that has not ended yet.
    package var heldByteCount: Int { partial.count }

    /// The next line that ends in `chunk`, searched from `offset`, which moves on. Nil when the chunk is used up: its rest was
    /// taken over, and the next call brings another chunk, with an offset of 0.
    package mutating func next(in chunk: Span<UInt8>, from offset: inout Int) throws(EventStreamError) -> Line? {
        forgetHandedOut()
        while offset < chunk.count {
            let end = chunk.endOfLine(from: offset)
            let line = offset..<end
            guard partial.count + line.count <= maxLineBytes else { throw .eventTooLarge(limit: maxLineBytes) }
            guard end < chunk.count else {
                partial.append(span: chunk, in: line)
                offset = end
                return nil
            }
            offset = end + 1
            if !partial.isEmpty {
                partial.append(span: chunk, in: line)
                isHandedOut = true
                return .buffered
            }
            if !line.isEmpty { return .chunk(line) }
        }
        return nil
    }

    /// At the end of the text: whether there is a last line, which lacks its end and is now in `buffered`.
    package mutating func finish() -> Bool {
        forgetHandedOut()
        isHandedOut = true
        return !partial.isEmpty
    }

    private mutating func forgetHandedOut() {
        guard isHandedOut else { return }
        isHandedOut = false
        partial.removeAll(keepingCapacity: partial.capacity <= EventInTheMaking.keptCapacity)
    }
}
