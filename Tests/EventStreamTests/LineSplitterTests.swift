import BridgeTestKit
import EventStream
import Testing

@Suite("Lines")
struct LineSplitterTests {
    private func lines(
        _ feeder: SplitFeeder, _ way: SplitFeeder.Way, maxLineBytes: Int = 1000
    ) throws(EventStreamError) -> [String] {
        var splitter = LineSplitter(maxLineBytes: maxLineBytes)
        var lines: [String] = []
        func text(_ span: Span<UInt8>) -> String { String(decoding: span.indices.map { span[$0] }, as: UTF8.self) }
        do {
            try feeder.feed(way) { chunk in
                var offset = 0
                while let line = try splitter.next(in: chunk, from: &offset) {
                    switch line {
                    case .chunk(let range): lines.append(text(chunk.extracting(range)))
                    case .buffered: lines.append(text(splitter.buffered))
                    }
                }
                #expect(offset == chunk.count)
                #expect(splitter.heldByteCount <= maxLineBytes)
            }
        } catch let error as EventStreamError {
            throw error
        } catch {
            Issue.record(error)
        }
        if splitter.finish() { lines.append(text(splitter.buffered)) }
        return lines
    }

    @Test(
        "lines are the same in every split, whatever ends them; empty ones are none",
        arguments: [
            ("", []), ("\n", []), ("a\nbc\n", ["a", "bc"]), ("a\r\nbc", ["a", "bc"]), ("\n\r\n a \r\r", [" a "]),
            ("{\"x\":\"é\"}\n{}\n\n{", ["{\"x\":\"é\"}", "{}", "{"]),
        ] as [(String, [String])])
    func splits(text: String, expected: [String]) throws {
        let feeder = SplitFeeder(text)
        for way in feeder.ways() { #expect(try lines(feeder, way) == expected, "\(way)") }
    }

    @Test("a line longer than the limit is refused, ended or not")
    func limit() throws {
        for text in ["ab\nabcd\nx", "ab\nabcd"] {
            let feeder = SplitFeeder(text)
            for way in feeder.ways() {
                #expect(throws: EventStreamError.eventTooLarge(limit: 3)) {
                    try lines(feeder, way, maxLineBytes: 3)
                }
                #expect(try lines(feeder, way, maxLineBytes: 4).count >= 2)
            }
        }
    }
}
