/// A client's frame: masked, in one piece (RFC 6455 sections 5.2 and 5.3).
package struct ClientFrame {
    package var opcode: ServerFrameDecoder.Opcode
    package var payload: [UInt8]
    /// Four bytes, the first one highest.
    package var mask: UInt32

    package init(_ opcode: ServerFrameDecoder.Opcode, _ payload: [UInt8], mask: UInt32) {
        self.opcode = opcode
        self.payload = payload
        self.mask = mask
    }

    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(payload.count + 14)
        bytes.append(0x80 | opcode.rawValue)
        switch payload.count {
        case ..<126: bytes.append(0x80 | UInt8(payload.count))
        case ..<65_536:
            bytes.append(0x80 | 126)
            bytes.append(bigEndian: UInt64(payload.count), count: 2)
        default:
            bytes.append(0x80 | 127)
            bytes.append(bigEndian: UInt64(payload.count), count: 8)
        }
        bytes.append(bigEndian: UInt64(mask), count: 4)
        for (index, byte) in payload.enumerated() {
            bytes.append(byte ^ UInt8(truncatingIfNeeded: mask >> (24 - 8 * UInt32(index & 3))))
        }
        return bytes
    }
}

extension [UInt8] {
    /// The lowest `count` bytes of `value`, the highest first.
    fileprivate mutating func append(bigEndian value: UInt64, count: Int) {
        for index in 1...count { append(UInt8(truncatingIfNeeded: value >> UInt64(8 * (count - index)))) }
    }
}
