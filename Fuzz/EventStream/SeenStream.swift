import EventStream
import Fuzzing

/// What an owner of the parser sees of a stream.
struct SeenStream: Equatable, CustomStringConvertible {
    struct Event: Equatable {
        var name: [UInt8] = []
        var id: [UInt8] = []
        var data: [UInt8]
        var retry: UInt64?
    }

    var events: [Event] = []
    /// The end of the body left an event without its blank line.
    var lastIsUnterminated = false
    var lastEventID: [UInt8] = []
    var isTooLarge = false

    init() {}

    /// As the parser sees it.
    init(parsed text: ArraySlice<UInt8>, _ splits: Splits, maxEventBytes: Int) {
        var parser = EventStreamParser(maxEventBytes: maxEventBytes)
        splits.feed(text) { chunk in
            guard !isTooLarge else { return }
            take(chunk, &parser)
            demand(isTooLarge || parser.heldByteCount <= maxEventBytes + 8, "what is held is bounded")
        }
        guard !isTooLarge else { return }
        do throws(EventStreamError) {
            if let event = try parser.finish() {
                demand(event.payload == .buffered, "at the end there is no chunk")
                lastIsUnterminated = true
                add(parser.buffered, of: parser)
            }
        } catch {
            isTooLarge = true
            return
        }
        lastEventID = parser.lastEventID
    }

    private mutating func take(_ chunk: Span<UInt8>, _ parser: inout EventStreamParser) {
        var offset = 0
        do throws(EventStreamError) {
            while let event = try parser.next(in: chunk, from: &offset) {
                demand(event.isNamed == !parser.name.isEmpty, "an event knows whether it has a name")
                switch event.payload {
                case .chunk(let range): add(chunk.extracting(range), of: parser)
                case .buffered: add(parser.buffered, of: parser)
                }
            }
            demand(offset == chunk.count, "a chunk is used up")
        } catch {
            isTooLarge = true
        }
    }

    private mutating func add(_ data: Span<UInt8>, of parser: borrowing EventStreamParser) {
        events.append(
            Event(
                name: parser.name, id: parser.lastEventID, data: data.indices.map { data[$0] },
                retry: parser.retryMilliseconds))
    }

    var description: String {
        func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self).debugDescription }
        let lines = events.map { "\(text($0.name)) \(text($0.id)) \(text($0.data)) \($0.retry ?? 0)" }
        return lines.joined(separator: "\n")
            + "\nunterminated \(lastIsUnterminated), id \(text(lastEventID)), too large \(isTooLarge)"
    }
}
