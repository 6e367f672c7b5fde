import BridgeCore
import BridgeTestKit
import ChatProtocol
import CurlUpstream
import Glibc
import Testing
import UVLoop

@Suite("Proxies", .serialized)
struct ProxyTests {
    @Test("the environment's proxy gets the request for the whole URL")
    func plain() throws {
        let proxy = try TestEnvironment.proxy.get()
        proxy.answer(.chat(["by proxy"])) { $0.target.contains("plain.test") }
        try Bench.with { bench in
            let recorder = Recorder()
            bench.complete(recorder, url: "http://plain.test/v1/chat/completions")
            #expect(recorder.failure == nil)
            #expect(recorder.text.contains("by proxy"))
            #expect(proxy.requests.contains { $0.target == "http://plain.test/v1/chat/completions" })
        }
    }

    @Test("a proxy that refuses a tunnel is a connect failure; its answer is not the upstream's, and it sees no key")
    func refusedTunnel() throws {
        let proxy = try TestEnvironment.proxy.get()
        proxy.answer(.answer(status: 403, body: "no")) { $0.target.contains("tunnel.test") }
        try Bench.with { bench in
            let recorder = Recorder()
            bench.start(recorder, url: "https://tunnel.test/", key: APIKey("sk-secret"))
            bench.run(until: { recorder.hasEnded })
            #expect(recorder.events == [.ended])
            #expect(recorder.failure?.kind == .connect)
            #expect(recorder.failure?.message == "The proxy refused to connect to tunnel.test (status 403).")
            let request = try #require(proxy.requests.first { $0.target == "tunnel.test:443" })
            #expect(request.method == "CONNECT")
            #expect(request["authorization"] == nil)
        }
    }
}
