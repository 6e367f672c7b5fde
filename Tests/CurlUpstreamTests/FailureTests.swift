import BridgeCore
import BridgeTestKit
import ChatProtocol
import CurlUpstream
import Testing
import UVLoop

@Suite("Failures")
struct FailureTests {
    /// Runs a request against `script` to its failure.
    private func fail(_ script: Script) throws -> (recorder: Recorder, failure: TransferFailure?) {
        let recorder = Recorder()
        try Bench.with { bench in
            bench.server.answer(script)
            bench.complete(recorder)
        }
        return (recorder, recorder.failure)
    }

    @Test("a port where nobody listens is a connect failure that names it and the reason")
    func refused() throws {
        try Bench.with { bench in
            let recorder = Recorder()
            // Nobody else gets the port while it is bound, and nobody answers on it.
            let socket = try LoopbackSocket.bound()
            defer { socket.close() }
            bench.complete(recorder, url: "http://user:secret@127.0.0.1:\(socket.port)/")
            #expect(recorder.events == [.ended])
            #expect(recorder.failure?.kind == .connect)
            #expect(
                recorder.failure?.message
                    == "No connection to the upstream 127.0.0.1:\(socket.port): Connection refused.")
        }
    }

    @Test("a name that does not exist is a resolve failure")
    func unresolved() throws {
        try Bench.with { bench in
            let recorder = Recorder()
            bench.complete(recorder, url: "http://no-such-host.invalid/")
            #expect(recorder.events == [.ended])
            #expect(recorder.failure?.kind == .resolve)
            #expect(recorder.failure?.message == "The name of the upstream no-such-host.invalid could not be resolved.")
        }
    }

    @Test("a server that speaks no TLS is a TLS failure")
    func noTLS() throws {
        try Bench.with { bench in
            bench.server.onConnection([.text("220 mail.example ESMTP\r\n"), .stall])
            let recorder = Recorder()
            bench.complete(recorder, url: "https://127.0.0.1:\(bench.server.port)/")
            #expect(recorder.events == [.ended])
            #expect(recorder.failure?.kind == .tls)
        }
    }

    @Test("a close without an answer is a closed connection")
    func emptyAnswer() throws {
        let (recorder, failure) = try fail([.close])
        #expect(recorder.events == [.connected, .ended])
        #expect(failure?.kind == .closed)
    }

    @Test("a reset before the head, and one in the middle of the body, are closed connections")
    func reset() throws {
        let (first, early) = try fail([.reset])
        #expect(first.events == [.connected, .ended])
        #expect(early?.kind == .closed)

        try Bench.with { bench in
            let gate = Gate()
            bench.server.answer([.streamHead, .event("1"), .wait(gate), .reset])
            let recorder = Recorder()
            recorder.onBytes = { _ in gate.open() }
            bench.complete(recorder)
            #expect(recorder.events == [.connected, .head, .bytes, .ended])
            #expect(recorder.failure?.kind == .closed)
        }
    }

    @Test("a head that ends early is a closed connection, wherever it is cut: it may be tried again")
    func earlyEndOfHead() throws {
        guard case .send(let head) = Script.Step.streamHead else { return }
        for cut in 0..<(head.count - 1) {
            let (recorder, failure) = try fail([.send(Array(head[..<cut])), .close])
            #expect(recorder.head == nil)
            #expect(failure?.kind == .closed, "cut at \(cut)")
        }
        let (_, interim) = try fail([.interim(103), .close])
        #expect(interim?.kind == .closed)
    }

    @Test("a chunked body that ends early is a closed connection, wherever it is cut")
    func earlyEnd() throws {
        let body = Array("6\r\ndata: \r\n4\r\nhi\n\n\r\n0\r\n\r\n".utf8)
        for cut in 0..<(body.count - 1) {
            let (recorder, failure) = try fail([.streamHead, .send(Array(body[..<cut])), .close])
            // Without its very last line end, curl takes the body as complete.
            if cut == body.count - 2 { continue }
            #expect(recorder.head?.status == 200)
            #expect(failure?.kind == .closed, "cut at \(cut)")
        }
    }

    @Test("a body shorter than its length is a closed connection, what came of it was delivered")
    func shortBody() throws {
        let (recorder, failure) = try fail([.head([(name: "Content-Length", value: "10")]), .text("four"), .close])
        #expect(recorder.text == "four")
        #expect(failure?.kind == .closed)
    }

    @Test("something that is not HTTP is malformed")
    func notHTTP() throws {
        for garbage in ["SSH-2.0-OpenSSH_9.2\r\n", "<html>hello</html>", "\u{0}\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\n"] {
            let (recorder, failure) = try fail([.text(garbage), .close])
            #expect(recorder.head == nil)
            #expect(failure?.kind == .malformed, "\(garbage): \(String(describing: failure))")
        }
    }

    @Test("a chunk size that is none is a broken body")
    func badChunk() throws {
        let (recorder, failure) = try fail([.streamHead, .text("zz\r\nhello\r\n"), .stall])
        #expect(recorder.head?.status == 200)
        #expect(failure?.kind == .closed)
    }

    @Test("headers beyond the limit are malformed: many bytes, many fields, one endless line")
    func headerLimit() throws {
        let long = (name: "X-Long", value: String(repeating: "x", count: 1_000))
        let (_, bytes) = try fail([.head(Array(repeating: long, count: 70)), .stall])
        #expect(bytes?.kind == .malformed)
        let (_, fields) = try fail([.head(Array(repeating: (name: "A", value: ""), count: 300)), .stall])
        #expect(fields?.kind == .malformed)
        let (_, line) = try fail([.text("HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 300_000)), .stall])
        #expect(line?.kind == .malformed)
    }

    @Test("a head within the limits is taken whole")
    func largeHeader() throws {
        try Bench.with { bench in
            let long = (name: "X-Long", value: String(repeating: "x", count: 1_000))
            bench.server.answer(.answer(headers: Array(repeating: long, count: 60), body: "ok"))
            let recorder = Recorder()
            bench.complete(recorder)
            #expect(recorder.failure == nil)
            #expect(recorder.head?.headers.count == 62)
        }
    }

    @Test(
        "a request that would smuggle a header or leads nowhere fails later, not from within start",
        arguments: [
            ("http://127.0.0.1/", "X-Thing", "a\r\nX-Evil: b"), ("http://127.0.0.1/", "X-Thing\r\nX-Evil", "b"),
            ("http://127.0.0.1/", "", "b"), ("ftp://127.0.0.1/", "X", "b"), ("http://", "X", "b"),
            ("file:///etc/passwd", "X", "b"), ("http://a b/", "X", "b"), ("http://127.0.0.1/\r\nX-Evil: b", "X", "b"),
        ])
    func unsendable(url: String, name: String, value: String) throws {
        try Bench.with { bench in
            let recorder = Recorder()
            bench.start(recorder, url: url, headers: [(name: name, value: value)])
            #expect(recorder.events.isEmpty)
            bench.run(until: { recorder.hasEnded })
            #expect(recorder.events == [.ended])
            #expect(recorder.failure?.kind == .internal)
            #expect(bench.server.connectionCount == 0)
        }
    }

    @Test("a request that cannot be sent can still be cancelled before it is told so")
    func cancelUnsendable() throws {
        try Bench.with { bench in
            let recorder = Recorder()
            bench.start(recorder, url: "ftp://127.0.0.1/")
            recorder.transfer?.cancel()
            bench.runIdleTurns()
            #expect(recorder.events.isEmpty)
        }
    }

    @Test("no failure repeats a key or a URL's user part")
    func secrets() throws {
        try Bench.with { bench in
            bench.server.answer([.close])
            let recorder = Recorder()
            bench.start(
                recorder, url: "http://name:password@127.0.0.1:\(bench.server.port)/?token=query",
                key: APIKey("sk-secret"))
            bench.run(until: { recorder.hasEnded })
            let message = try #require(recorder.failure?.message)
            #expect(message.contains("127.0.0.1:\(bench.server.port)"))
            for secret in ["sk-secret", "name", "password", "query"] { #expect(!message.contains(secret)) }
        }
    }
}
