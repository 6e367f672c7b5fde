import BridgeCore
import BridgeTestKit
import CurlUpstream
import Testing
import UVLoop

@Suite("The way that a request is told to take", .serialized)
struct RouteTests {
    @Test("by a proxy, whatever the environment says, and never on a connection that was made without it")
    func proxy() throws {
        let proxy = try ScriptedUpstream()
        defer { proxy.stop() }
        proxy.always(.chat(["by proxy"]))
        try Bench.with { bench in
            bench.server.always(.chat(["direct"]))
            // The environment excepts 127.0.0.1 from its own proxy.
            let routes = [
                TransferRoute(), TransferRoute(proxy: proxy.url), TransferRoute(), TransferRoute(proxy: proxy.url),
            ]
            let texts = routes.map { route in
                let recorder = Recorder()
                bench.complete(recorder, route: route)
                #expect(recorder.failure == nil)
                return recorder.text.contains("by proxy")
            }
            #expect(texts == [false, true, false, true])
            #expect(proxy.requests.allSatisfy { $0.target == "\(bench.server.url)/v1/chat/completions" })
            #expect(proxy.connectionCount == 1 && bench.server.connectionCount == 1)
        }
    }

    @Test("without the environment's proxy")
    func noProxy() throws {
        let proxy = try TestEnvironment.proxy.get()
        let before = proxy.requests.count
        try Bench.with { bench in
            // Nobody listens on that address, which the environment does not except.
            let recorder = Recorder()
            bench.complete(recorder, url: "http://127.0.0.2:\(bench.server.port)/", route: TransferRoute(proxy: ""))
            #expect(recorder.failure?.kind == .connect)
            #expect(recorder.failure?.message.contains("refused") == true)
            #expect(proxy.requests.count == before)
        }
    }

    @Test(
        "trusting the certificates of a file, and never on a connection that was made with another",
        .enabled(if: TLSFront.isAvailable, "nginx and openssl are needed"))
    func certificates() throws {
        let server = try ScriptedUpstream()
        server.always(.chat(["Hi"]))
        let (front, other) = (try TLSFront(before: server, http2: true), try TLSFront(before: server, http2: true))
        try Bench.with(server: server) { bench in
            let first = Recorder()
            bench.complete(first, url: front.url, route: TransferRoute(caFile: front.caFile))
            #expect(first.failure == nil)
            for route in [TransferRoute(caFile: other.caFile), TransferRoute()] {
                let distrustful = Recorder()
                bench.complete(distrustful, url: front.url, route: route)
                #expect(distrustful.failure?.kind == .tls)
            }
            let again = Recorder()
            bench.complete(again, url: front.url, route: TransferRoute(caFile: front.caFile))
            #expect(again.failure == nil && again.head?["x-connection"] == first.head?["x-connection"])
        }
    }

    @Test("a file of certificates that is not there is a TLS failure", .enabled(if: TLSFront.isAvailable))
    func noCertificates() throws {
        let server = try ScriptedUpstream()
        let front = try TLSFront(before: server, http2: true)
        try Bench.with(server: server) { bench in
            let recorder = Recorder()
            bench.complete(recorder, url: front.url, route: TransferRoute(caFile: "/nowhere.pem"))
            #expect(recorder.failure?.kind == .tls)
        }
    }

    @Test(
        "in the version of HTTP that it names, and never on a connection of another", .enabled(if: TLSFront.isAvailable)
    )
    func versions() throws {
        let server = try ScriptedUpstream()
        server.always(.chat(["Hi"]))
        let front = try TLSFront(before: server, http2: true)
        try Bench.with(server: server) { bench in
            let versions: [TransferRoute.HTTPVersion] = [.automatic, .http1, .http2, .http1, .automatic]
            let heads = versions.map { version in
                let recorder = Recorder()
                bench.complete(
                    recorder, url: front.url, route: TransferRoute(caFile: front.caFile, httpVersion: version))
                #expect(recorder.failure == nil)
                return recorder.head
            }
            #expect(
                heads.map { $0?["x-protocol"] } == ["HTTP/2.0", "HTTP/1.1", "HTTP/2.0", "HTTP/1.1", "HTTP/2.0"])
            #expect(Set(heads.map { $0?["x-connection"] }).count == 2)
        }
    }

    @Test("over HTTP/2 without TLS, on connections of their own", .enabled(if: TLSFront.isAvailable))
    func plainHTTP2() throws {
        let server = try ScriptedUpstream()
        let front = try TLSFront(before: server, http2: true, tls: false)
        try Bench.with(server: server) { bench in
            let gate = Gate()
            server.always([.streamHead, .event("1"), .wait(gate), .event("2"), .lastChunk])
            let recorders = (0..<3).map { _ in Recorder() }
            for (index, recorder) in recorders.enumerated() {
                bench.start(recorder, url: front.url, route: TransferRoute(httpVersion: .http2))
                bench.run(until: { recorder.hasEnded || server.connectionCount == index + 1 && !recorder.body.isEmpty })
            }
            recorders[1].transfer?.cancel()
            try server.waitForClose(ofConnection: 1)
            gate.open()
            bench.run(until: { recorders[0].hasEnded && recorders[2].hasEnded })
            let later = Recorder()
            bench.complete(later, url: front.url, route: TransferRoute(httpVersion: .http2))
            for recorder in [recorders[0], recorders[2], later] {
                #expect(recorder.failure == nil && recorder.text == "data: 1\n\ndata: 2\n\n")
                #expect(recorder.head?["x-protocol"] == "HTTP/2.0")
            }
            #expect(Set((recorders + [later]).map { $0.head?["x-connection"] }).count == 4)
        }
    }
}
