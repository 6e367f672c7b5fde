import ByteCoding

/// The event-stream grammar (WHATWG HTML 9.2.5 and 9.2.6), incremental: any split of the bytes gives the same events.
///
/// Pull style: the owner calls `next(in:from:)` with one chunk until it returns nil, then with the next chunk. Nothing
/// is decoded; bytes that are not UTF-8 are the reader's concern. What is kept between chunks is bounded by
/// `maxEventBytes`; comments and unknown fields are dropped as they come, however long they are.
package struct EventStreamParser {
    /// The most bytes of field lines that one event may have.
    package let maxEventBytes: Int

    /// The data of an event whose payload is `.buffered`.
    package var buffered: Span<UInt8> {
        @_lifetime(borrow self)
        get { event.data.span }
    }
    /// The name of the last dispatched event; empty for a plain "message".
    package var name: [UInt8] { event.name }
    /// Whether that name is `literal`.
    package func isNamed(_ literal: String) -> Bool { event.name.elementsEqual(literal.utf8) }
    /// The last event ID string, in force as of the last blank line.
    package var lastEventID: [UInt8] { event.lastID }
    /// The reconnection time in milliseconds, once the stream has set one. Numbers beyond 64 bits saturate.
    package var retryMilliseconds: UInt64? { event.retryMilliseconds }

    private var event: EventInTheMaking
    /// The line that the last chunk broke off in.
    private var partial: [UInt8] = []
    /// The rest of the current line is of no interest (a comment, an unknown field).
    private var isSkippingLine = false
    /// The last chunk ended in CR: an LF that comes now belongs to it.
    private var expectsLineFeed = false
    /// Bytes of a leading byte order mark seen so far; nil once that is settled.
    private var markBytes: Int? = 0

    /// Bytes of memory held for an event that has not ended yet.
    package var heldByteCount: Int { partial.count + event.data.count }

    /// Nothing of an event has come yet: what comes next is the beginning of a line, and of an event.
    package var isBetweenEvents: Bool {
        partial.isEmpty && event.bytes == 0 && markBytes == nil && !isSkippingLine && !expectsLineFeed
    }

    package init(maxEventBytes: Int = 16 * 1024 * 1024) {
        self.maxEventBytes = maxEventBytes
        event = EventInTheMaking(maxBytes: maxEventBytes)
    }

    /// The next event that ends in `chunk`, searched from `offset`, which moves on. Nil when the chunk is used up: its
    /// rest was taken over, and the next call brings another chunk, with an offset of 0.
    package mutating func next(
        in chunk: Span<UInt8>, from offset: inout Int
    ) throws(EventStreamError) -> ServerSentEvent? {
        event.forgetDispatched()
        if markBytes != nil { skipByteOrderMark(in: chunk, from: &offset) }
        while offset < chunk.count {
            if expectsLineFeed {
                expectsLineFeed = false
                if chunk[offset] == UInt8(ascii: "\n") {
                    offset += 1
                    continue
                }
            }
            let end = chunk.endOfLine(from: offset)
            let line = offset..<end
            guard end < chunk.count else {
                offset = end
                try keep(chunk.extracting(line))
                break
            }
            offset = end + 1
            if chunk[end] == UInt8(ascii: "\r") {
                if offset == chunk.count {
                    expectsLineFeed = true
                } else if chunk[offset] == UInt8(ascii: "\n") {
                    offset += 1
                }
            }
            if isSkippingLine {
                isSkippingLine = false
            } else if !partial.isEmpty {
                try keep(chunk.extracting(line))
                try endPartialLine()
            } else if line.isEmpty {
                if let dispatched = event.dispatch() { return dispatched }
            } else {
                try event.accept(line, of: chunk)
            }
        }
        event.moveDataOut(of: chunk)
        return nil
    }

    /// At the clean end of the body: the event that lacks its blank line, or even its last line end; nil if there is
    /// none. WHATWG discards it, because a browser cannot know that the body is whole. Our transport does, and some
    /// servers leave the last line end out, so a reader may want it: there, `data: [DONE]` counts.
    package mutating func finish() throws(EventStreamError) -> ServerSentEvent? {
        event.forgetDispatched()
        try endPartialLine()
        return event.dispatch()
    }

    // MARK: Lines in pieces

    /// Keeps a piece of a line whose end has not come yet, or the last piece of a kept line.
    private mutating func keep(_ piece: Span<UInt8>) throws(EventStreamError) {
        guard !isSkippingLine else { return }
        // First as much as tells whether the line is of interest, then the rest.
        let few = min(piece.count, max(0, FieldLine.decidedAfter - partial.count))
        partial.append(span: piece, in: 0..<few)
        // So few bytes are not measured: when the line ends, they count or they do not.
        guard partial.count >= FieldLine.decidedAfter else { return }
        if FieldLine(partial.span).name == .ignored {
            partial.removeAll(keepingCapacity: true)
            isSkippingLine = true
            return
        }
        guard event.bytes + partial.count + piece.count - few <= maxEventBytes else {
            throw .eventTooLarge(limit: maxEventBytes)
        }
        partial.append(span: piece, in: few..<piece.count)
    }

    private mutating func endPartialLine() throws(EventStreamError) {
        if isSkippingLine {
            isSkippingLine = false
        } else if !partial.isEmpty {
            var line: [UInt8] = []
            swap(&line, &partial)
            try event.accept(line.span)
            if line.capacity <= EventInTheMaking.keptCapacity {
                line.removeAll(keepingCapacity: true)
                swap(&line, &partial)
            }
        }
    }

    /// One leading byte order mark is not part of the stream (9.2.5); its three bytes may come in pieces.
    private mutating func skipByteOrderMark(in chunk: Span<UInt8>, from offset: inout Int) {
        let mark: InlineArray<3, UInt8> = [0xEF, 0xBB, 0xBF]
        while let count = markBytes, offset < chunk.count {
            guard chunk[offset] == mark[count] else {
                for index in 0..<count { partial.append(mark[index]) }
                markBytes = nil
                return
            }
            offset += 1
            markBytes = count + 1 < 3 ? count + 1 : nil
        }
    }
}
