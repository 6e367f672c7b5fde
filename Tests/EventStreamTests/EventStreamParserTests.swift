import BridgeTestKit
import EventStream
import Testing

@Suite("Event-stream parser")
struct EventStreamParserTests {
    private func events(_ chunks: String...) throws -> [SeenEvent] {
        var recorder = EventRecorder()
        for chunk in chunks {
            let bytes = Array(chunk.utf8)
            try recorder.feed(bytes.span)
        }
        return recorder.events
    }

    @Test("a cr at the end of one chunk and an lf at the start of the next are one line end")
    func tornLineEnd() throws {
        #expect(try events("data: a\r", "\ndata: b\r", "\n\r", "\n") == [SeenEvent(data: "a\nb")])
    }

    @Test("a cr at the end of a chunk dispatches at once, and the lf that follows later adds nothing")
    func eagerReturn() throws {
        #expect(try events("data: a\r\r") == [SeenEvent(data: "a")])
        #expect(try events("data: a\r\r", "\n\ndata: b\n\n") == [SeenEvent(data: "a"), SeenEvent(data: "b")])
        #expect(try events("data: a\r\n\r", "", "\ndata: b\n\n") == [SeenEvent(data: "a"), SeenEvent(data: "b")])
    }

    @Test("events that lie in one chunk are not copied, also several, with their comments and names")
    func inPlace() throws {
        var recorder = EventRecorder()
        let bytes = Array(": hi\ndata: {\"a\":1}\n\nevent: x\nid: 1\ndata:{\"b\":2}\n\ndata: c\ndata: d\n\n".utf8)
        try recorder.feed(bytes.span)
        #expect(recorder.eventsInChunk == 2, "the one of two lines has to be put together")
        #expect(
            recorder.events == [
                SeenEvent(data: "{\"a\":1}"), SeenEvent(event: "x", id: "1", data: "{\"b\":2}"),
                SeenEvent(id: "1", data: "c\nd"),
            ])
    }

    @Test("data of which only the blank line is missing outlives its chunk")
    func blankLineLater() throws {
        #expect(try events("data: abc\n", "\n") == [SeenEvent(data: "abc")])
        #expect(try events("data: abc\n", "data: d\n", "\n") == [SeenEvent(data: "abc\nd")])
        #expect(try events("data: abc", "\n\n", "data: d\n\n") == [SeenEvent(data: "abc"), SeenEvent(data: "d")])
    }

    @Test("bytes that begin like a byte order mark and are none belong to the line")
    func almostMark() throws {
        #expect(try events("\u{FEFF}data: a\n\n") == [SeenEvent(data: "a")])
        #expect(try events("\u{FEFF}\u{FEFF}data: a\n\n").isEmpty, "only one mark is dropped")
        var recorder = EventRecorder()
        for byte in [0xEF, 0xBB] as [UInt8] + Array("data: a\n\ndata: b\n\n".utf8) {
            let chunk = [byte]
            try recorder.feed(chunk.span)
        }
        #expect(recorder.events == [SeenEvent(data: "b")])
    }

    // MARK: The end of the body

    @Test(
        "at a clean end, the event that lacks its blank line can be had",
        arguments: [
            ("data: [DONE]", "[DONE]"), ("data: [DONE]\n", "[DONE]"), ("data: [DONE]\r", "[DONE]"),
            ("data: a\ndata: b", "a\nb"),
            ("data: a\n: bye", "a"), ("data", ""), ("data: a\n\n", nil), ("", nil), (": bye", nil), ("event: x\n", nil),
            ("junk", nil), ("data: a\n\ndata: b", "b"),
        ] as [(String, String?)])
    func unterminated(text: String, expected: String?) throws {
        let feeder = SplitFeeder(text)
        for way in feeder.ways() {
            var recorder = EventRecorder()
            try feeder.feed(way) { try recorder.feed($0) }
            #expect(try recorder.finish()?.data == expected, "\(way)")
            #expect(try recorder.finish() == nil, "only once")
        }
    }

    // MARK: Bounds

    @Test("an event may be as large as the limit, and one byte more is an error")
    func limit() throws {
        let line = "data: " + String(repeating: "x", count: 94)
        let feeder = SplitFeeder(line + "\n\n" + line + "\n\n")
        for way in feeder.ways() {
            var recorder = EventRecorder(maxEventBytes: 100)
            try feeder.feed(way) { try recorder.feed($0) }
            #expect(recorder.events.count == 2, "\(way)")
            recorder = EventRecorder(maxEventBytes: 99)
            #expect(throws: EventStreamError.eventTooLarge(limit: 99), "\(way)") {
                try feeder.feed(way) { try recorder.feed($0) }
            }
        }
    }

    @Test("all lines of an event count, also those of its name and id")
    func limitOfAllLines() throws {
        let feeder = SplitFeeder("event: \(String(repeating: "e", count: 40))\nid: 12\ndata: x\ndata: y\n\n")
        for way in feeder.ways() {
            var recorder = EventRecorder(maxEventBytes: 66)
            #expect(throws: EventStreamError.self, "\(way)") { try feeder.feed(way) { try recorder.feed($0) } }
            recorder = EventRecorder(maxEventBytes: 67)
            try feeder.feed(way) { try recorder.feed($0) }
            #expect(recorder.events.count == 1)
        }
    }

    @Test("a line that never ends is an error as soon as it is too long")
    func endlessLine() {
        var recorder = EventRecorder(maxEventBytes: 1000)
        var fed = 0
        #expect(throws: EventStreamError.self) {
            let start = Array("data: ".utf8)
            try recorder.feed(start.span)
            let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 100)
            for _ in 0..<100 {
                try recorder.feed(chunk.span)
                fed += 1
            }
        }
        #expect(fed == 9)
    }

    @Test("an unknown field that is cut short counts as little as a whole one, right below the limit")
    func cutUnknownField() throws {
        let feeder = SplitFeeder("id: 12\ndata: x\nretry9\n\n")
        for way in feeder.ways() {
            var recorder = EventRecorder(maxEventBytes: 13)
            try feeder.feed(way) { try recorder.feed($0) }
            #expect(recorder.events == [SeenEvent(id: "12", data: "x")], "\(way)")
        }
    }

    @Test("comments and unknown fields are not kept, however long", arguments: [":", "unknown: ", "dat", "data_: "])
    func ignoredLines(start: String) throws {
        let feeder = SplitFeeder(start + String(repeating: "x", count: 5000) + "\ndata: y\n\n")
        for way in [SplitFeeder.Way.whole, .bytewise, .every(64), .at([1]), .at([3]), .at([start.utf8.count])] {
            var recorder = EventRecorder(maxEventBytes: 100)
            try feeder.feed(way) { try recorder.feed($0) }
            #expect(recorder.events == [SeenEvent(data: "y")], "\(way)")
        }
    }
}
