import EventStream

/// What a page would see of a stream.
struct SeenEvent: Equatable {
    var event = "message"
    var id = ""
    var data: String
    /// The reconnection time in force, in milliseconds.
    var retry: UInt64?
}

/// Runs a parser and writes down every event, copied at once, as its owner has to.
struct EventRecorder {
    var parser: EventStreamParser
    private(set) var events: [SeenEvent] = []
    /// How many of them were never copied by the parser.
    private(set) var eventsInChunk = 0

    init(maxEventBytes: Int = 16 * 1024 * 1024) {
        parser = EventStreamParser(maxEventBytes: maxEventBytes)
    }

    mutating func feed(_ chunk: Span<UInt8>) throws {
        var offset = 0
        while let event = try parser.next(in: chunk, from: &offset) {
            switch event.payload {
            case .chunk(let range):
                eventsInChunk += 1
                record(chunk.extracting(range), isNamed: event.isNamed)
            case .buffered: recordBuffered(isNamed: event.isNamed)
            }
        }
    }

    /// The event that the end of the body leaves undispatched.
    mutating func finish() throws -> SeenEvent? {
        guard let event = try parser.finish() else { return nil }
        recordBuffered(isNamed: event.isNamed)
        return events.popLast()
    }

    private mutating func recordBuffered(isNamed: Bool) {
        let data = Self.text(parser.buffered)
        append(data, isNamed: isNamed)
    }

    private mutating func record(_ data: Span<UInt8>, isNamed: Bool) {
        append(Self.text(data), isNamed: isNamed)
    }

    private mutating func append(_ data: String, isNamed: Bool) {
        events.append(
            SeenEvent(
                event: isNamed ? String(decoding: parser.name, as: UTF8.self) : "message",
                id: String(decoding: parser.lastEventID, as: UTF8.self), data: data, retry: parser.retryMilliseconds))
    }

    private static func text(_ data: Span<UInt8>) -> String {
        String(decoding: data.indices.map { data[$0] }, as: UTF8.self)
    }
}
