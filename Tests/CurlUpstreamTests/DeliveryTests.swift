import BridgeCore
import BridgeTestKit
import ChatProtocol
import CurlUpstream
import Testing
import UVLoop

@Suite("Delivery")
struct DeliveryTests {
    @Test("connected, head, bytes and the end come in this order, with what the server sent")
    func order() throws {
        try Bench.with { bench in
            bench.server.answer([
                .head(status: 404, [(name: "X-Thing", value: "  one two "), (name: "Content-Length", value: "4")]),
                .text("gone"),
            ])
            let recorder = Recorder()
            bench.start(recorder)
            #expect(recorder.events.isEmpty)
            bench.run(until: { recorder.hasEnded })
            #expect(recorder.events == [.connected, .head, .bytes, .ended])
            #expect(recorder.failure == nil)
            #expect(recorder.head?.status == 404)
            #expect(recorder.head?["x-thing"] == "one two")
            #expect(recorder.text == "gone")
        }
    }

    @Test("the request arrives as it was asked for: method, path, headers, key and body, and nothing that was not")
    func request() throws {
        try Bench.with { bench in
            bench.server.always(.answer(body: "{}"))
            let recorder = Recorder()
            let body = String(repeating: "Grüße ", count: 400_000)
            bench.start(
                recorder, body: body, headers: [(name: "X-Empty", value: ""), (name: "X-Title", value: "a;b: c")],
                key: APIKey("sk-secret"))
            bench.run(until: { recorder.hasEnded })
            #expect(recorder.failure == nil)
            let request = try bench.server.waitForRequest(0)
            #expect(request.method == "POST")
            #expect(request.target == "/v1/chat/completions")
            #expect(request["authorization"] == "Bearer sk-secret")
            #expect(request["content-type"] == "application/json")
            #expect(request["x-empty"] == "")
            #expect(request["x-title"] == "a;b: c")
            #expect(request["user-agent"] == "tributary/0.1")
            #expect(request["expect"] == nil)
            #expect(request["accept-encoding"] == nil)
            #expect(request["cookie"] == nil)
            #expect(request.text == body)
        }
    }

    @Test("a get has no body, and a post may have an empty one")
    func methods() throws {
        try Bench.with { bench in
            bench.server.always(.answer(body: "{}"))
            for (index, method) in [TransferRequest.Method.get, .post].enumerated() {
                let recorder = Recorder()
                let request = TransferRequest(method: method, url: "\(bench.server.url)/v1/models?a=b")
                recorder.transfer = bench.upstream.start(request, delegate: recorder)
                bench.run(until: { recorder.hasEnded })
                #expect(recorder.failure == nil)
                let received = try bench.server.waitForRequest(index)
                #expect(received.method == method.rawValue)
                #expect(received.target == "/v1/models?a=b")
                #expect(received.body.isEmpty)
            }
        }
    }

    @Test("a chunked answer may come byte by byte")
    func byteByByte() throws {
        try Bench.with { bench in
            let answer = """
                HTTP/1.1 200 OK\r
                Content-Type: text/event-stream\r
                Transfer-Encoding: chunked\r
                \r
                6\r
                data: \r
                4\r
                hi\n\n\r
                0\r
                \r

                """
            bench.server.answer([.pieces(Array(answer.utf8), size: 1)])
            let recorder = Recorder()
            bench.complete(recorder)
            #expect(recorder.events == [.connected, .head, .bytes, .ended])
            #expect(recorder.failure == nil)
            #expect(recorder.text == "data: hi\n\n")
        }
    }

    @Test("each event is delivered when it arrives, not when more do")
    func live() throws {
        try Bench.with { bench in
            let gates = [Gate(), Gate()]
            bench.server.answer([
                .streamHead, .event("1"), .wait(gates[0]), .event("2"), .wait(gates[1]), .lastChunk,
            ])
            let recorder = Recorder()
            bench.start(recorder)
            bench.run(until: { recorder.text == "data: 1\n\n" })
            gates[0].open()
            bench.run(until: { recorder.text == "data: 1\n\ndata: 2\n\n" })
            #expect(!recorder.hasEnded)
            gates[1].open()
            bench.run(until: { recorder.hasEnded })
        }
    }

    @Test("informational responses before the answer, and trailers behind it, are not its head")
    func informational() throws {
        try Bench.with { bench in
            bench.server.answer([
                .text("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
                .head([(name: "Transfer-Encoding", value: "chunked"), (name: "Trailer", value: "X-Sum")]),
                .chunk("body"), .text("0\r\nX-Sum: 1\r\n\r\n"),
            ])
            let recorder = Recorder()
            bench.complete(recorder)
            #expect(recorder.head?.status == 200)
            #expect(recorder.head?.headers.map(\.name) == ["transfer-encoding", "trailer"])
            #expect(recorder.text == "body")
        }
    }

    @Test("a redirect is not followed: its status is the answer")
    func redirect() throws {
        try Bench.with { bench in
            bench.server.answer(.answer(status: 302, headers: [(name: "Location", value: "/elsewhere")], body: ""))
            let recorder = Recorder()
            bench.complete(recorder)
            #expect(recorder.head?.status == 302)
            #expect(recorder.failure == nil)
            #expect(bench.server.requests.count == 1)
        }
    }

    @Test("a body without length or chunks is complete when the server closes in order")
    func untilClose() throws {
        try Bench.with { bench in
            bench.server.answer([.head(), .text("all of it"), .close])
            let recorder = Recorder()
            bench.complete(recorder)
            #expect(recorder.failure == nil)
            #expect(recorder.text == "all of it")
        }
    }

    @Test("two requests, one after the other, use one connection and one easy handle")
    func keepAlive() throws {
        try Bench.with { bench in
            bench.server.always(.chat(["Hi"]))
            for _ in 0..<2 {
                let recorder = Recorder()
                bench.complete(recorder)
                #expect(recorder.failure == nil)
                #expect(recorder.events == [.connected, .head, .bytes, .ended])
            }
            #expect(bench.server.connectionCount == 1)
            #expect(bench.server.requests.count == 2)
        }
    }

    @Test("a kept connection that the server has closed meanwhile is replaced without anybody noticing")
    func staleConnection() throws {
        try Bench.with { bench in
            let gate = Gate()
            bench.server.answer(.answer(body: "1") + [.wait(gate), .close])
            bench.server.answer(.answer(body: "2"))
            let first = Recorder()
            bench.complete(first)
            gate.open()
            try bench.server.waitForClose(ofConnection: 0)
            let second = Recorder()
            bench.complete(second)
            #expect(second.failure == nil)
            #expect(second.text == "2")
            #expect(bench.server.connectionCount == 2)
        }
    }

    @Test("a hundred transfers at once all end complete, each with its own answer")
    func parallel() throws {
        try Bench.with { bench in
            let gate = Gate()
            for index in 0..<100 {
                bench.server.answer([.streamHead, .event("\(index)"), .wait(gate), .event("end"), .lastChunk]) {
                    $0.asks(forModel: "m\(index)")
                }
            }
            let recorders = (0..<100).map { _ in Recorder() }
            for (index, recorder) in recorders.enumerated() { bench.start(recorder, body: #"{"model":"m\#(index)"}"#) }
            bench.run(until: { recorders.allSatisfy { !$0.body.isEmpty } })
            #expect(bench.server.openConnectionCount == 100)
            gate.open()
            bench.run(until: { recorders.allSatisfy(\.hasEnded) })
            for (index, recorder) in recorders.enumerated() {
                #expect(recorder.failure == nil)
                #expect(recorder.text == "data: \(index)\n\ndata: end\n\n")
            }
        }
    }

    @Test("localhost works where only IPv4 listens")
    func localhost() throws {
        try Bench.with { bench in
            bench.server.always(.answer(body: "here"))
            let recorder = Recorder()
            bench.complete(recorder, url: "http://localhost:\(bench.server.port)/")
            #expect(recorder.text == "here")
        }
    }

    @Test("a delegate is let go of at the end, and a transfer may be kept for longer than the upstream")
    func ownership() throws {
        weak var delegate: Recorder?
        var kept: (any Transfer)?
        try Bench.with { bench in
            bench.server.always(.answer(body: "{}"))
            do {
                let recorder = Recorder()
                delegate = recorder
                bench.start(recorder)
                kept = recorder.transfer
                recorder.transfer = nil
            }
            bench.run(until: { delegate == nil })
        }
        kept?.cancel()
    }
}
