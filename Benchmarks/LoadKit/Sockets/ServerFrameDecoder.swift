/// The server broke RFC 6455 (or is nothing that speaks it), in a sentence.
package struct WebSocketViolation: Error, Equatable, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}

/// Cuts a server's bytes into frames and puts messages together (RFC 6455 section 5), however the stream was split.
///
/// A message that lies whole in the bytes given is handed on where it lies: no copy. Bounded by `maxMessageBytes`.
package struct ServerFrameDecoder {
    package enum Opcode: UInt8 {
        case continuation = 0
        case text = 1
        case binary = 2
        case close = 8
        case ping = 9
        case pong = 10
    }

    /// A longer message is a violation: the largest that a server may send us holds a snapshot.
    package var maxMessageBytes = 256 << 20

    /// The beginning of a frame whose rest has not come.
    private var partial: [UInt8] = []
    /// The fragments so far of a message whose last one has not come.
    private var message: [UInt8] = []
    private var isInMessage = false

    package init() {}

    /// Takes the next bytes of the stream. Calls `body` for each whole text message (`.text`) and each control frame with
    /// its payload, in order; the span lives for the call. Where `body` returns false, nothing more is looked at.
    package mutating func decode(
        _ bytes: Span<UInt8>, _ body: (Opcode, Span<UInt8>) -> Bool
    ) throws(WebSocketViolation) {
        if partial.isEmpty {
            let taken = try decodeWhole(bytes, body)
            guard taken < bytes.count else { return }
            bytes.extracting(taken...).withUnsafeBufferPointer { partial.append(contentsOf: $0) }
            return
        }
        bytes.withUnsafeBufferPointer { partial.append(contentsOf: $0) }
        var all: [UInt8] = []
        swap(&all, &partial)
        let taken = try decodeWhole(all.span, body)
        // What is left of a long frame must not keep its megabytes.
        partial = taken == 0 ? all : Array(all[taken...])
    }

    /// Takes the whole frames of `bytes`; gives the offset of what is left.
    private mutating func decodeWhole(
        _ bytes: Span<UInt8>, _ body: (Opcode, Span<UInt8>) -> Bool
    ) throws(WebSocketViolation) -> Int {
        var start = 0
        while let header = try Header(bytes, at: start) {
            guard header.payloadCount <= maxMessageBytes else {
                throw WebSocketViolation("a frame of \(header.payloadCount) bytes")
            }
            let payload = start + header.count
            guard bytes.count - payload >= header.payloadCount else { break }
            start = payload + header.payloadCount
            guard try take(header, bytes.extracting(payload..<start), body) else { return bytes.count }
        }
        return start
    }

    private mutating func take(
        _ header: Header, _ payload: Span<UInt8>, _ body: (Opcode, Span<UInt8>) -> Bool
    ) throws(WebSocketViolation) -> Bool {
        switch header.opcode {
        case .close, .ping, .pong: return body(header.opcode, payload)
        case .binary: throw WebSocketViolation("a binary message")
        case .text:
            guard !isInMessage else { throw WebSocketViolation("a message inside another") }
            if header.isFinal { return body(.text, payload) }
            isInMessage = true
        case .continuation:
            guard isInMessage else { throw WebSocketViolation("a continuation of nothing") }
        }
        guard message.count + payload.count <= maxMessageBytes else {
            throw WebSocketViolation("a message of more than \(maxMessageBytes) bytes")
        }
        payload.withUnsafeBufferPointer { message.append(contentsOf: $0) }
        guard header.isFinal else { return true }
        isInMessage = false
        var whole: [UInt8] = []
        swap(&whole, &message)
        return body(.text, whole.span)
    }

    /// The first 2 to 10 bytes of a frame (RFC 6455 section 5.2).
    private struct Header {
        let opcode: Opcode
        let isFinal: Bool
        /// Of the header itself.
        let count: Int
        let payloadCount: Int

        /// Nil where it is not all there.
        init?(_ bytes: Span<UInt8>, at start: Int) throws(WebSocketViolation) {
            guard bytes.count - start >= 2 else { return nil }
            let first = bytes[start]
            let second = bytes[start + 1]
            guard first & 0x70 == 0 else { throw WebSocketViolation("reserved bits are set") }
            guard second & 0x80 == 0 else { throw WebSocketViolation("a masked frame from a server") }
            guard let opcode = Opcode(rawValue: first & 0x0F) else {
                throw WebSocketViolation("opcode \(first & 0x0F)")
            }
            let lengthBytes = second == 126 ? 2 : second == 127 ? 8 : 0
            guard bytes.count - start >= 2 + lengthBytes else { return nil }
            var length: UInt64 = lengthBytes == 0 ? UInt64(second) : 0
            for index in 0..<lengthBytes { length = length << 8 | UInt64(bytes[start + 2 + index]) }
            if lengthBytes > 0, length < (lengthBytes == 2 ? 126 : 65_536) {
                throw WebSocketViolation("a length of \(length) not in its shortest form")
            }
            guard length < 1 << 62 else { throw WebSocketViolation("a length of \(length)") }
            self.opcode = opcode
            isFinal = first & 0x80 != 0
            count = 2 + lengthBytes
            payloadCount = Int(length)
            if opcode.rawValue >= 8, !isFinal || length > 125 {
                throw WebSocketViolation("a fragmented or long control frame")
            }
        }
    }
}
