import BridgeCore
import BridgeTestKit
import ChatProtocol
import CurlUpstream
import Testing
import UVLoop

@Suite("TLS and HTTP/2", .enabled(if: TLSFront.isAvailable, "nginx and openssl are needed"), .serialized)
struct TLSTests {
    /// A bench and, before its server, nginx, whose certificate is trusted.
    private func withFront(http2: Bool = true, _ body: (Bench, TLSFront) throws -> Void) throws {
        let server = try ScriptedUpstream()
        let front = try TLSFront(before: server, http2: http2)
        var options = CurlOptions()
        options.caFile = front.caFile
        try Bench.with(options, server: server) { try body($0, front) }
    }

    @Test("a certificate that nobody vouches for is a TLS failure, and nothing was sent")
    func untrusted() throws {
        try Bench.with { bench in
            let front = try TLSFront(before: bench.server, http2: true)
            let recorder = Recorder()
            bench.start(recorder, url: front.url, key: APIKey("sk-secret"))
            bench.run(until: { recorder.hasEnded })
            #expect(recorder.events == [.ended])
            #expect(recorder.failure?.kind == .tls)
            #expect(recorder.failure?.message.contains("certificate") == true)
            #expect(bench.server.requests.isEmpty)
        }
    }

    @Test("many requests at once are streams of one HTTP/2 connection; the first is not waited for")
    func multiplexed() throws {
        try withFront { bench, front in
            let gate = Gate()
            bench.server.always([.streamHead, .event("1"), .wait(gate), .event("2"), .lastChunk])
            let recorders = (0..<30).map { _ in Recorder() }
            for recorder in recorders { bench.start(recorder, url: front.url) }
            bench.run(until: { recorders.allSatisfy { !$0.body.isEmpty } })
            gate.open()
            bench.run(until: { recorders.allSatisfy(\.hasEnded) })
            for recorder in recorders {
                #expect(recorder.failure == nil)
                #expect(recorder.events == [.connected, .head, .bytes, .ended])
                #expect(recorder.text == "data: 1\n\ndata: 2\n\n")
                #expect(recorder.head?["x-protocol"] == "HTTP/2.0")
            }
            #expect(Set(recorders.map { $0.head?["x-connection"] }).count == 1)
        }
    }

    @Test("cancel resets one stream, without one more loop turn; the others of its connection go on")
    func cancelStream() throws {
        try withFront { bench, front in
            let gate = Gate()
            bench.server.always([.streamHead, .event("1"), .wait(gate), .event("2"), .lastChunk])
            let recorders = (0..<3).map { _ in Recorder() }
            for (index, recorder) in recorders.enumerated() {
                bench.start(recorder, url: front.url)
                bench.run(until: { !recorder.body.isEmpty && bench.server.connectionCount == index + 1 })
            }
            recorders[1].transfer?.cancel()
            try bench.server.waitForClose(ofConnection: 1)
            gate.open()
            bench.run(until: { recorders[0].hasEnded && recorders[2].hasEnded })
            #expect(recorders[0].failure == nil)
            #expect(recorders[2].failure == nil)
            #expect(recorders[0].text == "data: 1\n\ndata: 2\n\n")
            #expect(!recorders[1].hasEnded)
            let next = Recorder()
            bench.complete(next, url: front.url)
            #expect(next.head?["x-connection"] == recorders[0].head?["x-connection"])
        }
    }

    @Test("cancel of the only stream of a connection is seen at once, before and after its head")
    func cancelOnlyStream() throws {
        try withFront { bench, front in
            let scripts: [Script] = [[.stall], [.streamHead, .event("1"), .stall]]
            for (index, script) in scripts.enumerated() {
                bench.server.answer(script)
                let recorder = Recorder()
                bench.start(recorder, url: front.url)
                bench.run(until: { bench.server.requests.count == index + 1 && (index == 0 || !recorder.body.isEmpty) })
                recorder.transfer?.cancel()
                try bench.server.waitForClose(ofConnection: index)
            }
        }
    }

    @Test("cancel from within a delegate call is seen at once, too")
    func cancelWithin() throws {
        try withFront { bench, front in
            bench.server.answer([.streamHead, .event("1"), .stall])
            let recorder = Recorder()
            recorder.onBytes = { [unowned recorder] _ in recorder.transfer?.cancel() }
            bench.start(recorder, url: front.url)
            bench.run(until: { !recorder.body.isEmpty })
            try bench.server.waitForClose(ofConnection: 0)
        }
    }

    @Test("cancel of the one whose handshake the others wait for does not harm them")
    func cancelLeader() throws {
        try withFront { bench, front in
            bench.server.always(.chat(["Hi"]))
            let leader = Recorder()
            bench.start(leader, url: front.url)
            let others = (0..<3).map { _ in Recorder() }
            for other in others { bench.start(other, url: front.url) }
            bench.loop.runOnce()
            leader.transfer?.cancel()
            bench.run(until: { others.allSatisfy(\.hasEnded) })
            #expect(others.allSatisfy { $0.failure == nil })
        }
    }

    @Test("a stream that breaks in the middle is a closed connection")
    func brokenStream() throws {
        try withFront { bench, front in
            let gate = Gate()
            bench.server.answer([.streamHead, .event("1"), .wait(gate), .reset])
            let recorder = Recorder()
            recorder.onBytes = { _ in gate.open() }
            bench.complete(recorder, url: front.url)
            #expect(recorder.events == [.connected, .head, .bytes, .ended])
            #expect(recorder.failure?.kind == .closed)
        }
    }

    @Test("bursts on two streams at once are spread over turns and lose nothing", arguments: [true, false])
    func bursts(http2: Bool) throws {
        try withFront(http2: http2) { bench, front in
            let burst = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
            bench.server.always([.head([(name: "Content-Length", value: "2000000")]), .send(burst)])
            let recorders = (0..<2).map { _ in Recorder() }
            for recorder in recorders { bench.start(recorder, url: front.url) }
            let start = bench.turns
            bench.run(until: { recorders.allSatisfy(\.hasEnded) })
            for recorder in recorders {
                #expect(recorder.failure == nil)
                #expect(recorder.body == burst)
            }
            #expect(bench.turns - start > 20)
        }
    }

    @Test("a server without HTTP/2 gets a connection for each request at once, and keeps them for later ones")
    func withoutHTTP2() throws {
        try withFront(http2: false) { bench, front in
            let gate = Gate()
            bench.server.always([.streamHead, .event("1"), .wait(gate), .lastChunk])
            let recorders = (0..<5).map { _ in Recorder() }
            for recorder in recorders { bench.start(recorder, url: front.url) }
            bench.run(until: { recorders.allSatisfy { !$0.body.isEmpty } })
            gate.open()
            bench.run(until: { recorders.allSatisfy(\.hasEnded) })
            let connections = Set(recorders.map { $0.head?["x-connection"] })
            #expect(connections.count == 5)
            let next = Recorder()
            bench.complete(next, url: front.url)
            #expect(connections.contains(next.head?["x-connection"]))
        }
    }

    @Test("close in mid-stream leaves nothing open")
    func shutdown() throws {
        try withFront { bench, front in
            bench.server.always([.streamHead, .event("1"), .stall])
            let recorders = (0..<3).map { _ in Recorder() }
            for recorder in recorders { bench.start(recorder, url: front.url) }
            bench.run(until: { recorders.allSatisfy { !$0.body.isEmpty } })
        }
    }
}
