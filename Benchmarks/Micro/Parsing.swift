import ByteCoding
import ChatProtocol
import EventStream
import Providers

extension Benchmark {
    /// Bytes in, values out.
    static let parsing = [
        Benchmark(name: "event-stream", unit: "event", count: 4_000) { count in
            let burst = Sample.burst.bytes
            var parser = EventStreamParser()
            var events = 0
            while events < count { events += take(burst.span, by: &parser) }
            return events
        },
        Benchmark(name: "event-stream-torn", unit: "event", count: 4_000) { count in
            // Every event comes in two pieces, so that each is put together.
            let pieces = Sample.events.map { (Array($0.prefix(100)), Array($0.dropFirst(100))) }
            var parser = EventStreamParser()
            var events = 0
            while events < count {
                let (head, tail) = pieces[events % pieces.count]
                events += take(head.span, by: &parser)
                events += take(tail.span, by: &parser)
            }
            return events
        },
        Benchmark(name: "json-scan", unit: "KiB", count: 1_000) { count in
            // An event's object without `data: ` and the line ends.
            let json = Array(Sample.event(0).dropFirst(6).dropLast(2))
            var bytes = 0
            while bytes < count << 10 { bytes += scan(json.span) }
            return bytes
        },
        Benchmark(name: "answer-decoder", unit: "delta", count: 4_000) { count in
            let events = Sample.events
            return decode(count) { events[$0 % events.count] }
        },
        Benchmark(name: "answer-decoder-burst", unit: "delta", count: 4_000) { count in
            let burst = Sample.burst.bytes
            return decode(count) { _ in burst }
        },
        Benchmark(name: "commands", unit: "command", count: 2_000) { count in
            let lines = [
                Array(#"{"type":"ping","t":1741570283000}"#.utf8),
                Array(#"{"type":"join","session":"Zk3vq0s8Jx5lWm2hYb7uRw","after":{"epoch":"e1","seq":42}}"#.utf8),
                Array(#"{"type":"chat","session":"Zk3vq0s8Jx5lWm2hYb7uRw","request":"r1","input":"#.utf8)
                    + Sample.prompt
                    + Array("}".utf8),
                Array(#"{"type":"abort","session":"Zk3vq0s8Jx5lWm2hYb7uRw","request":"r1"}"#.utf8),
            ]
            var good = 0
            for index in 0..<count {
                let line = lines[index & 3]
                guard case .success = CommandParser.parse(line.span).result else { fatalError("refused") }
                good += 1
            }
            return good
        },
    ]

    /// Returns the bytes of a JSON text that is one.
    private static func scan(_ json: Span<UInt8>) -> Int {
        var reader = JSONReader(json)
        do throws(JSONError) {
            try reader.skipValue()
            try reader.finish()
            return json.count
        } catch {
            return 0
        }
    }

    private static func take(_ chunk: Span<UInt8>, by parser: inout EventStreamParser) -> Int {
        var offset = 0
        var events = 0
        do throws(EventStreamError) {
            while try parser.next(in: chunk, from: &offset) != nil { events += 1 }
        } catch {
            fatalError("\(error)")
        }
        return events
    }

    private static func decode(_ count: Int, _ chunk: (Int) -> [UInt8]) -> Int {
        var decoder = AnswerDecoder(dialect: .chatCompletions, contentType: "text/event-stream")
        var batch = DeltaBatch()
        var deltas = 0
        while deltas < count {
            guard decoder.feed(chunk(deltas).span, into: &batch) else { fatalError("\(decoder.state)") }
            deltas += batch.deltas.count
            batch.removeAll()
        }
        return deltas
    }
}
