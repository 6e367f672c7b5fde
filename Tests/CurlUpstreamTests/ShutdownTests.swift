import BridgeCore
import BridgeTestKit
import CurlUpstream
import Testing
import UVLoop

@Suite("Shutdown")
struct ShutdownTests {
    @Test("close ends transfers in every state, in mid-stream and paused, without a word, and leaves nothing open")
    func midStream() throws {
        let recorders = (0..<6).map { _ in Recorder() }
        let deaf = try DeafPort()
        try Bench.with { bench in
            let flood = [UInt8](repeating: UInt8(ascii: "x"), count: 5_000_000)
            bench.server.answer([.head(), .send(flood), .close]) { $0.asks(forModel: "flood") }
            bench.server.always([.streamHead, .event("1"), .stall]) { $0.asks(forModel: "stream") }
            bench.server.always([.stall])
            bench.start(recorders[0], body: #"{"model":"stream"}"#)
            bench.start(recorders[1], body: #"{"model":"flood"}"#)
            bench.start(recorders[2])
            bench.start(recorders[3], url: "http://127.0.0.1:\(deaf.port)/")
            bench.start(recorders[4], url: "https://127.0.0.1:\(bench.server.port)/")
            bench.run(until: { !recorders[0].body.isEmpty && !recorders[1].body.isEmpty })
            bench.start(recorders[5])
        }
        #expect(recorders.allSatisfy { !$0.hasEnded })
    }

    @Test("close with idle connections in the cache leaves nothing open")
    func idle() throws {
        try Bench.with { bench in
            bench.server.always(.chat(["Hi"]))
            let recorder = Recorder()
            bench.complete(recorder)
            bench.upstream.close()
            bench.upstream.close()
            let close = try bench.server.waitForClose(ofConnection: 0)
            #expect(close == .byClient)
        }
    }
}
