import ByteCoding

/// One event of a Messages stream, as its outermost members tell: what it is, and where its parts are.
struct AnthropicEvent {
    enum Kind {
        case messageStart, blockStart, blockDelta, blockStop, messageDelta, messageStop, ping, error
        /// No event: a message as a whole.
        case message
        case other
    }

    private(set) var type = Kind.other
    /// The content block's number.
    private(set) var index: UInt16 = 0
    private(set) var message: JSONReader.Mark?
    private(set) var block: JSONReader.Mark?
    private(set) var delta: JSONReader.Mark?
    private(set) var usage: JSONReader.Mark?
    /// It has an `error` that says something.
    private(set) var hasError = false

    init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "type") {
                if let word = try reader.readWord() { type = Self.kind(of: word, in: reader) }
            } else if reader.key(key, is: "index") {
                index = UInt16(clamping: try reader.readInt() ?? 0)
            } else if reader.key(key, is: "delta") {
                delta = try reader.skipToMark()
            } else if reader.key(key, is: "content_block") {
                block = try reader.skipToMark()
            } else if reader.key(key, is: "message") {
                message = try reader.skipToMark()
            } else if reader.key(key, is: "usage") {
                usage = try reader.skipToMark()
            } else if reader.key(key, is: "error") {
                hasError = try !reader.skipValueIsBlank()
            } else {
                try reader.skipValue()
            }
        }
    }

    private static func kind(of word: Range<Int>, in reader: borrowing JSONReader) -> Kind {
        if reader.key(word, is: "content_block_delta") { return .blockDelta }
        if reader.key(word, is: "content_block_start") { return .blockStart }
        if reader.key(word, is: "content_block_stop") { return .blockStop }
        if reader.key(word, is: "message_start") { return .messageStart }
        if reader.key(word, is: "message_delta") { return .messageDelta }
        if reader.key(word, is: "message_stop") { return .messageStop }
        if reader.key(word, is: "message") { return .message }
        if reader.key(word, is: "error") { return .error }
        return reader.key(word, is: "ping") ? .ping : .other
    }
}
