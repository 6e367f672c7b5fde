import BridgeTestKit
import LoadKit
import Testing

@Suite struct FrameCodecTests {
    private func frame(_ first: UInt8, _ payload: [UInt8]) -> [UInt8] {
        var bytes = [first]
        switch payload.count {
        case ..<126: bytes.append(UInt8(payload.count))
        case ..<65_536: bytes += [126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default: bytes += [127, 0, 0, 0, 0, 0] + (0..<3).map { UInt8(payload.count >> (16 - 8 * $0) & 0xFF) }
        }
        return bytes + payload
    }

    private func decode(_ bytes: [UInt8], _ way: SplitFeeder.Way = .whole) throws -> [String] {
        var decoder = ServerFrameDecoder()
        var seen: [String] = []
        try SplitFeeder(bytes).feed(way) { piece in
            try decoder.decode(piece) { opcode, payload in
                seen.append("\(opcode) \(payload.count) \(payload.text(0..<min(8, payload.count)))")
                return true
            }
        }
        return seen
    }

    @Test func everySplitOfAStreamGivesTheSameMessages() throws {
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 130)
        let stream =
            frame(0x81, Array("one".utf8)) + frame(0x89, Array("p".utf8)) + frame(0x01, Array("be".utf8))
            + frame(0x8A, []) + frame(0x00, Array("gin".utf8)) + frame(0x80, Array("ning".utf8)) + frame(0x81, long)
            + frame(0x81, []) + frame(0x88, [0x03, 0xE8])
        let expected = [
            "text 3 one", "ping 1 p", "pong 0 ", "text 9 beginnin", "text 130 xxxxxxxx", "text 0 ",
            "close 2 \u{3}\u{FFFD}",
        ]
        for way in SplitFeeder(stream).ways() {
            #expect(try decode(stream, way) == expected, "\(way)")
        }
    }

    @Test func aLongMessageIsPutTogetherFromManyReads() throws {
        let payload = (0..<200_000).map { UInt8(ascii: "a") + UInt8($0 % 26) }
        let stream = frame(0x81, payload) + frame(0x81, Array("next".utf8))
        #expect(try decode(stream, .every(1_000)) == ["text 200000 abcdefgh", "text 4 next"])
    }

    @Test(
        "What a server must not send is a violation",
        arguments: [
            [0xC1, 0x00], [0x81, 0x80, 0, 0, 0, 0], [0x83, 0x00], [0x80, 0x00], [0x82, 0x00], [0x09, 0x00],
            [0x89, 126, 0, 126], [0x81, 126, 0, 125], [0x81, 127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF],
            [0x01, 0x00, 0x81, 0x00],
        ])
    func violations(bytes: [UInt8]) {
        #expect(throws: WebSocketViolation.self) { try decode(bytes) }
    }

    @Test func nothingIsLookedAtAfterTheReaderSaysStop() throws {
        let stream = frame(0x81, Array("one".utf8)) + frame(0x81, Array("two".utf8))
        var decoder = ServerFrameDecoder()
        var count = 0
        try decoder.decode(stream.span) { _, _ in
            count += 1
            return false
        }
        #expect(count == 1)
    }

    @Test(
        "A client's frame is masked and has its length in the shortest form", arguments: [0, 125, 126, 65_535, 65_536])
    func clientFrame(count: Int) throws {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let bytes = ClientFrame(.text, payload, mask: 0x0102_0304).bytes
        let lengthBytes = count < 126 ? 0 : count < 65_536 ? 2 : 8
        #expect(bytes[0] == 0x81)
        #expect(bytes[1] & 0x80 == 0x80)
        #expect(Int(bytes[1] & 0x7F) == (lengthBytes == 0 ? count : lengthBytes == 2 ? 126 : 127))
        #expect(bytes[2..<(2 + lengthBytes)].reduce(0) { $0 << 8 | Int($1) } == (lengthBytes == 0 ? 0 : count))
        let start = 2 + lengthBytes + 4
        #expect(Array(bytes[(start - 4)..<start]) == [1, 2, 3, 4])
        let mask: [UInt8] = [1, 2, 3, 4]
        #expect(bytes[start...].enumerated().map { $1 ^ mask[$0 & 3] } == payload)
    }
}
