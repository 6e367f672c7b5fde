import BridgeTestKit
import Testing

/// The faulty network itself: a fault that does not happen would prove nothing.
@Suite("The faulty network of the tests")
struct FaultyLinkTests {
    let upstream: ScriptedUpstream
    let link: FaultyLink

    init() throws {
        upstream = try ScriptedUpstream()
        link = try FaultyLink(to: upstream.port)
    }

    private static let request = Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
    private static let answer = Script.answer(body: "hello")

    /// Sends a request and reads to the end of the stream.
    private func exchange() throws -> (bytes: [UInt8], wasReset: Bool) {
        let socket = try TestSocket(port: link.port, timeout: .seconds(5))
        let deadline = ContinuousClock.now + .seconds(5)
        try socket.write(Self.request, until: deadline)
        var bytes: [UInt8] = []
        while try socket.read(into: &bytes, until: deadline) {}
        return (bytes, socket.wasReset)
    }

    @Test("without a fault it passes everything on, and counts it")
    func passesOn() throws {
        upstream.always(Self.answer + [.close])
        for _ in 0..<3 { #expect(try exchange().bytes == Self.answer.bytes) }
        try link.wait { $0.open == 0 }
        let counts = link.counts
        #expect(counts.connections == 3)
        #expect(counts.up == 3 * Self.request.count && counts.down == 3 * Self.answer.bytes.count)
    }

    @Test("it cuts after exactly so many bytes, in order or by reset", arguments: [0, 1, 10, 50])
    func endings(count: Int) throws {
        upstream.always(Self.answer + [.stall])
        link.change(.down) { $0.ending = (count, .cut) }
        let (bytes, wasReset) = try exchange()
        #expect(bytes == Array(Self.answer.bytes.prefix(count)) && !wasReset)
        link.change(.down) { $0.ending = (count, .reset) }
        // At its first moment, a connection is lost before it stands.
        if count > 0 { #expect(try exchange().wasReset) }
        link.change(.down) { $0.ending = nil }
        link.change(.up) { $0.ending = (count, .cut) }
        if count < Self.request.count { #expect(try exchange().bytes.isEmpty) }
    }

    @Test("it delays, and it passes on byte by byte")
    func slow() throws {
        upstream.always(Self.answer + [.close])
        link.change(.down) { $0.delay = 200 }
        let start = ContinuousClock.now
        #expect(try exchange().bytes == Self.answer.bytes)
        #expect(ContinuousClock.now - start >= .milliseconds(200))
        link.change { $0.pieceBytes = 1 }
        #expect(try exchange().bytes == Self.answer.bytes)
    }

    @Test("half-open, neither words nor ends go through; mended, they do")
    func halfOpen() throws {
        upstream.always(Self.answer + [.close])
        let socket = try TestSocket(port: link.port, timeout: .seconds(5))
        try upstream.waitForConnection(0)
        link.change(.down) { $0.flow = .swallows }
        try socket.write(Self.request, until: .now + .seconds(5))
        #expect(try upstream.waitForClose(ofConnection: 0) == .byScript)
        var bytes: [UInt8] = []
        #expect(throws: TestSocket.Failure.self) { try socket.read(into: &bytes, until: .now + .milliseconds(100)) }
        link.endAll(.silence)
        socket.close()
        link.mend()
        #expect(try exchange().bytes == Self.answer.bytes)
        // The silent one stays.
        try link.wait { $0.open == 1 && $0.connections == 2 }
    }

    @Test("stalled, it takes no more than its buffers hold, and goes on where it stopped")
    func stall() throws {
        let body = String(repeating: "0123456789", count: 1_000_000)
        upstream.always(.answer(body: body) + [.close])
        link.change(.down) { $0.flow = .stalls }
        let socket = try TestSocket(port: link.port, timeout: .seconds(5))
        try socket.write(Self.request, until: .now + .seconds(5))
        _ = try upstream.waitForRequest(0)
        var bytes: [UInt8] = []
        #expect(throws: TestSocket.Failure.self) { try socket.read(into: &bytes, until: .now + .milliseconds(100)) }
        #expect(upstream.close(ofConnection: 0) == nil && link.counts.down == 0)
        link.mend()
        while try socket.read(into: &bytes, until: .now + .seconds(5)) {}
        // Arrays, which a debug build compares at once.
        #expect(Array(bytes.suffix(body.utf8.count)) == Array(body.utf8))
    }
}
