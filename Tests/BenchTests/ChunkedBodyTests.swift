import Testing

@testable import tributary_bench

struct ChunkedBodyTests {
    /// Two answers' worth of a connection: a head, chunks that split lines, an extension, the end.
    private static let response = Array(
        "HTTP/1.1 200 OK\r\nA: b\r\n\r\n5\r\none\nt\r\na;x=y\r\nwo\nthree\nf\r\n4\r\nour\n\r\n0\r\n\r\n".utf8)

    @Test("the body comes in whole lines, however the connection's bytes are split", arguments: 1...response.count)
    func splits(size: Int) {
        var body = ChunkedBody()
        var pieces: [String] = []
        for start in stride(from: 0, to: Self.response.count, by: size) {
            let piece = Array(Self.response[start..<min(start + size, Self.response.count)])
            piece.withUnsafeBufferPointer { body.take($0) { pieces.append(String(decoding: $0, as: UTF8.self)) } }
        }
        #expect(pieces.joined() == "one\ntwo\nthree\nfour\n")
        #expect(pieces.allSatisfy { $0.hasSuffix("\n") })
    }
}
