/// One WebSocket frame on the wire (RFC 6455 section 5.2), for tests: clients' frames go out masked, servers' come in plain.
package struct WebSocketFrame {
    package enum Opcode {
        package static let continuation: UInt8 = 0x0
        package static let text: UInt8 = 0x1
        package static let binary: UInt8 = 0x2
        package static let close: UInt8 = 0x8
        package static let ping: UInt8 = 0x9
        package static let pong: UInt8 = 0xA
    }

    package var opcode: UInt8
    package var isFinal: Bool
    package var payload: [UInt8]

    package init(opcode: UInt8, isFinal: Bool = true, payload: [UInt8]) {
        self.opcode = opcode
        self.isFinal = isFinal
        self.payload = payload
    }

    /// The frame as a client sends it: masked with a key of its own.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = [(isFinal ? 0x80 : 0) | opcode]
        switch payload.count {
        case ..<126: bytes.append(0x80 | UInt8(payload.count))
        case ..<65536:
            bytes.append(0x80 | 126)
            bytes += [UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default:
            bytes.append(0x80 | 127)
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
        }
        // Byte by byte, megabytes would take a debug build seconds: they have a key of zeros, which changes nothing.
        guard payload.count < 1 << 18 else { return bytes + [0, 0, 0, 0] + payload }
        let mask = (0..<4).map { _ in UInt8.random(in: 0...255) }
        bytes += mask
        bytes.reserveCapacity(bytes.count + payload.count)
        for (index, byte) in payload.enumerated() { bytes.append(byte ^ mask[index & 3]) }
        return bytes
    }

    /// Takes the first whole frame of `buffer` from `start` on; nil where more bytes are needed. Complains about what a
    /// server must not send.
    static func parse(_ buffer: [UInt8], from start: inout Int) throws -> WebSocketFrame? {
        let available = buffer.count - start
        guard available >= 2 else { return nil }
        let first = buffer[start]
        let second = buffer[start + 1]
        guard first & 0x70 == 0 else { throw TestSocket.Failure("a frame with reserved bits: \(first)") }
        guard second & 0x80 == 0 else { throw TestSocket.Failure("a masked frame from a server") }
        var headerCount = 2
        var payloadCount = Int(second)
        if second == 126 || second == 127 {
            headerCount += second == 126 ? 2 : 8
            guard available >= headerCount else { return nil }
            payloadCount = buffer[(start + 2)..<(start + headerCount)].reduce(0) { $0 << 8 | Int($1) }
            let least = second == 126 ? 126 : 65536
            guard payloadCount >= least else {
                throw TestSocket.Failure("a length of \(payloadCount) not in its shortest form")
            }
        }
        guard available >= headerCount + payloadCount else { return nil }
        let frame = WebSocketFrame(
            opcode: first & 0x0F, isFinal: first & 0x80 != 0,
            payload: Array(buffer[(start + headerCount)..<(start + headerCount + payloadCount)]))
        if frame.opcode >= 8 {
            guard frame.isFinal, payloadCount <= 125 else {
                throw TestSocket.Failure("a fragmented or long control frame")
            }
        }
        start += headerCount + payloadCount
        return frame
    }
}
