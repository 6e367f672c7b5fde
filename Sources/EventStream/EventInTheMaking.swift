import ByteCoding

/// The fields of the event that the stream is in the middle of (WHATWG HTML 9.2.6: the data, event type and last event
/// ID buffers), and what outlives it: the name and data of the event dispatched last.
struct EventInTheMaking {
    /// Buffers that grew beyond this, in bytes, are not kept for the next event.
    static let keptCapacity = 64 * 1024

    let maxBytes: Int
    /// Bytes of the field lines so far.
    private(set) var bytes = 0
    private(set) var data: [UInt8] = []
    private(set) var name: [UInt8] = []
    private(set) var lastID: [UInt8] = []
    private(set) var retryMilliseconds: UInt64?

    private var dataLines = 0
    /// The value of the only data line so far, while its chunk is still there.
    private var dataInChunk: Range<Int>?
    private var pendingName: [UInt8] = []
    private var pendingID: [UInt8]?

    init(maxBytes: Int) {
        self.maxBytes = maxBytes
    }

    /// Takes in a line that lies in the chunk.
    @inline(__always)
    mutating func accept(_ range: Range<Int>, of chunk: Span<UInt8>) throws(EventStreamError) {
        let line = chunk.extracting(range)
        let field = FieldLine(line)
        guard field.name == .data else { return try accept(field, of: line) }
        if dataLines > 0 {
            moveDataOut(of: chunk)
            return try accept(field, of: line)
        }
        try count(line)
        dataInChunk = range.lowerBound + field.valueStart..<range.upperBound
        dataLines = 1
    }

    /// Takes in a line that was put together from pieces. By then no data is in a chunk.
    mutating func accept(_ line: Span<UInt8>) throws(EventStreamError) {
        try accept(FieldLine(line), of: line)
    }

    private mutating func accept(_ field: FieldLine, of line: Span<UInt8>) throws(EventStreamError) {
        guard field.name != .ignored else { return }
        try count(line)
        let value = line.extracting(field.valueStart...)
        switch field.name {
        case .data:
            if dataLines > 0 { data.append(UInt8(ascii: "\n")) }
            data.append(span: value)
            dataLines += 1
        case .event:
            pendingName.removeAll(keepingCapacity: true)
            pendingName.append(span: value)
        case .id:
            var id: [UInt8] = []
            id.append(span: value)
            if !id.contains(0) { pendingID = id }
        case .retry:
            if let number = Self.number(value) { retryMilliseconds = number }
        case .ignored: break
        }
    }

    private mutating func count(_ line: Span<UInt8>) throws(EventStreamError) {
        bytes += line.count
        guard bytes <= maxBytes else { throw .eventTooLarge(limit: maxBytes) }
    }

    /// Before `chunk` goes away: copies the data that is only there.
    @inline(__always)
    mutating func moveDataOut(of chunk: Span<UInt8>) {
        guard let range = dataInChunk else { return }
        data.append(span: chunk, in: range)
        dataInChunk = nil
    }

    /// At a blank line. Nil when the event has no data line: then it is none, but its id counts.
    @inline(__always)
    mutating func dispatch() -> ServerSentEvent? {
        bytes = 0
        if let id = pendingID {
            lastID = id
            pendingID = nil
        }
        guard dataLines > 0 else {
            pendingName.removeAll(keepingCapacity: true)
            return nil
        }
        dataLines = 0
        if !name.isEmpty || !pendingName.isEmpty {
            swap(&name, &pendingName)
            pendingName.removeAll(keepingCapacity: true)
        }
        let payload = dataInChunk.map { ServerSentEvent.Payload.chunk($0) } ?? .buffered
        dataInChunk = nil
        return ServerSentEvent(payload: payload, isNamed: !name.isEmpty)
    }

    /// Drops the data of an event that was dispatched and read. An event in the making is not touched.
    @inline(__always)
    mutating func forgetDispatched() {
        guard dataLines == 0, !data.isEmpty else { return }
        data.removeAll(keepingCapacity: data.capacity <= Self.keptCapacity)
    }

    /// ASCII digits only, at least one; saturates.
    private static func number(_ digits: Span<UInt8>) -> UInt64? {
        guard !digits.isEmpty else { return nil }
        var number: UInt64 = 0
        for index in digits.indices {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digits[index]) else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digits[index] - UInt8(ascii: "0")))
            number = overflow || carry ? .max : sum
        }
        return number
    }
}
