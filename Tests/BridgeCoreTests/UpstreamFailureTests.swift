import BridgeCore
import BridgeTestKit
import Foundation
import Testing

@Suite("What upstreams do wrong")
struct UpstreamFailureTests {
    /// Runs one request through `play` and returns its one terminal frame.
    private func terminal(
        limits: Limits = Limits(), key: String? = nil, _ play: (CoreFixture, FakeTransfer) throws -> Void
    ) throws -> Frame {
        let core = CoreFixture(limits: limits, key: key)
        let tab = try core.tab()
        try tab.chat("r")
        try play(core, core.upstream.last)
        core.node.flush()
        try tab.read()
        let terminals = tab.frames.filter { $0.isLogFrame && ["end", "aborted", "error"].contains($0.type) }
        #expect(terminals.count == 1 && core.node.hub.runningRequests == 0)
        let late = try core.tab()
        #expect(late.request("r").terminal == tab.request("r").terminal)
        return try #require(terminals.first)
    }

    private func refused(
        _ status: Int, _ body: String, key: String? = "sk-server-key", headers: [(String, String)] = []
    )
        throws -> Frame
    {
        try terminal(key: key) { core, transfer in
            transfer.connect()
            transfer.head(status, headers.map { (name: $0.0, value: $0.1) })
            transfer.bytes(body)
            transfer.end()
        }
    }

    struct Refusal: CustomTestStringConvertible {
        let status: Int
        let body: String
        let code: String
        let retryable: Bool
        var testDescription: String { "\(status) → \(code)" }
    }

    @Test(
        "a status other than 2xx has its code",
        arguments: [
            Refusal(status: 401, body: #"{"error":{"message":"no"}}"#, code: "invalid_key", retryable: false),
            Refusal(status: 403, body: "", code: "invalid_key", retryable: false),
            Refusal(status: 404, body: #"{"error":{"message":"no model"}}"#, code: "model_not_found", retryable: false),
            Refusal(
                status: 404, body: "<html><title>Not here</title></html>", code: "upstream_error", retryable: false),
            Refusal(
                status: 400, body: #"{"error":{"message":"x","code":"context_length_exceeded"}}"#,
                code: "context_length", retryable: false),
            Refusal(status: 400, body: #"{"error":{"message":"x"}}"#, code: "upstream_error", retryable: false),
            Refusal(status: 429, body: "{}", code: "upstream_rate_limited", retryable: true),
            Refusal(status: 500, body: "", code: "upstream_error", retryable: true),
            Refusal(status: 503, body: "<html>busy</html>", code: "upstream_error", retryable: true),
            Refusal(status: 302, body: "", code: "upstream_error", retryable: false),
        ])
    func refusal(_ refusal: Refusal) throws {
        let error = try refused(refusal.status, refusal.body)
        #expect(error.type == "error" && error.code == refusal.code && error["stage"] == "headers")
        #expect(error["retryable"] == refusal.retryable && error["status"] == refusal.status)
        #expect(error.object("timing")["total_ms"] is Int)
        #expect(error.object("upstream")["body"] is String)
    }

    @Test("a 401 where no key was sent is missing_key")
    func missingKey() throws {
        #expect(try refused(401, "", key: nil).code == "missing_key")
        #expect(try refused(403, "", key: nil).code == "invalid_key")
    }

    @Test("when to come back is told in milliseconds")
    func retryAfter() throws {
        let error = try refused(429, "{}", headers: [("retry-after", "2")])
        #expect(error["retry_after_ms"] == 2000)
    }

    @Test("what the provider said is told, in its own words")
    func ownWords() throws {
        let error = try refused(400, #"{"error":{"message":"bad temperature","type":"t","code":"c"}}"#)
        let upstream = error.object("upstream")
        #expect(upstream["message"] as? String == "bad temperature" && upstream["type"] as? String == "t")
        #expect(upstream["code"] as? String == "c")
        let message: String? = error["message"]
        #expect(message?.contains("bad temperature") == true)
    }

    @Test("a key that the upstream echoes is nowhere in the frame, nor in a snapshot")
    func redaction() throws {
        let key = "sk-very-secret-0123456789"
        for body in [
            #"{"error":{"message":"Incorrect API key provided: \#(key).","type":"\#(key)","code":"\#(key)"}}"#,
            "<html>\(key)</html>", key, "\(key)\u{301}",
            String(repeating: "x", count: 2048 - 12) + key,
        ] {
            let core = CoreFixture(key: key)
            let tab = try core.tab()
            try tab.chat("r")
            core.upstream {
                $0.connect()
                $0.head(401)
                $0.bytes(body)
                $0.end()
            }
            try tab.read()
            let late = try core.tab()
            for frame in tab.frames + late.frames {
                #expect(!frame.description.contains("sk-very-sec"), "\(frame)")
            }
            #expect(tab.request("r").terminal == "error")
        }
    }

    @Test("a key echoed in mid-stream is redacted as well")
    func redactionInStream() throws {
        let error = try terminal(key: "sk-very-secret") { _, transfer in
            transfer.connect()
            transfer.head()
            transfer.event(#"{"error":{"message":"sk-very-secret is used up","code":429}}"#)
        }
        #expect(error.code == "upstream_rate_limited" && !error.description.contains("very-secret"))
    }

    @Test("a refusal's body that is endless, broken or never ends is a refusal all the same")
    func refusalBody() throws {
        let endless = try terminal { _, transfer in
            transfer.head(500)
            for _ in 0..<100 { transfer.bytes(String(repeating: "x", count: 1000)) }
            #expect(transfer.isCancelled)
        }
        #expect(endless["status"] == 500)
        let broken = try terminal { _, transfer in
            transfer.head(429)
            transfer.bytes("{")
            transfer.fail(.closed)
        }
        #expect(broken.code == "upstream_rate_limited")
        let stalled = try terminal(key: "k") { core, transfer in
            transfer.head(401)
            transfer.bytes("{")
            core.advance(by: 61_000)
            #expect(transfer.isCancelled)
        }
        #expect(stalled.code == "invalid_key")
    }

    @Test(
        "a transfer that breaks names what broke and when",
        arguments: [
            (TransferFailure.Kind.resolve, 0, "upstream_unreachable", "connect"),
            (.connect, 0, "upstream_unreachable", "connect"), (.tls, 0, "upstream_unreachable", "connect"),
            (.closed, 1, "upstream_closed", "headers"), (.closed, 2, "upstream_closed", "stream"),
            (.malformed, 1, "upstream_protocol", "parse"), (.internal, 0, "internal", "connect"),
        ])
    func broken(_ kind: TransferFailure.Kind, _ stage: Int, _ code: String, _ name: String) throws {
        let error = try terminal { _, transfer in
            if stage > 0 { transfer.connect() }
            if stage > 1 { transfer.head() }
            transfer.fail(kind)
        }
        #expect(error.code == code && error["stage"] == name)
    }

    @Test("an answer cut in the middle keeps what was said")
    func cut() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream {
            $0.connect()
            $0.head()
            $0.text("half")
            $0.bytes("data: {\"choices\":[{\"del")
            $0.fail(.closed)
        }
        try tab.read()
        #expect(tab.request("r").answer == "half" && tab.frames.last?.code == "upstream_closed")
    }

    @Test("an error object in mid-stream ends it at once; whatever follows is not read")
    func midStream() throws {
        let error = try terminal { core, transfer in
            transfer.connect()
            transfer.head()
            transfer.text("half")
            transfer.event(#"{"error":{"message":"overloaded","type":"overloaded_error"}}"#)
            #expect(transfer.isCancelled)
            transfer.text("more")
        }
        #expect(error.code == "upstream_error" && error["stage"] == "stream" && error["retryable"] == true)
    }

    @Test(
        "garbage is upstream_protocol",
        arguments: ["data: {broken\n\n", "<html><body>hello", "data: 5\n\n", "{\"object\":\"nothing\"}"])
    func garbage(_ body: String) throws {
        let error = try terminal { _, transfer in
            transfer.connect()
            transfer.head()
            transfer.bytes(body)
            transfer.end()
        }
        #expect(error.code == "upstream_protocol" && error["stage"] == "parse" && error["retryable"] == false)
    }

    @Test("a 200 with an empty body is upstream_protocol, and so is no response at all")
    func empty() throws {
        let empty = try terminal { _, transfer in
            transfer.connect()
            transfer.head()
            transfer.end()
        }
        #expect(empty.code == "upstream_protocol")
        let nothing = try terminal { _, transfer in transfer.end() }
        #expect(nothing.code == "upstream_protocol" && nothing["stage"] == "headers")
    }

    @Test("a clean end without [DONE] is an end after a finish reason, and upstream_closed before one")
    func cleanEnd() throws {
        let end = try terminal { _, transfer in
            transfer.head()
            transfer.text("x")
            transfer.finish("length")
            transfer.end()
        }
        #expect(end.type == "end" && end["reason"] == "length")
        let closed = try terminal { _, transfer in
            transfer.head()
            transfer.text("x")
            transfer.end()
        }
        #expect(closed.type == "error" && closed.code == "upstream_closed" && closed["retryable"] == true)
    }

    @Test("[DONE] without a finish reason is an end for another reason")
    func bareDone() throws {
        let end = try terminal { _, transfer in
            transfer.head()
            transfer.done()
        }
        #expect(end.type == "end" && end["reason"] == "other" && end.object["finish_reason"] is NSNull)
    }

    @Test("after [DONE] the transfer may end by itself for two seconds, then it is cancelled")
    func linger() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream {
            $0.head()
            $0.text("x")
            $0.done()
        }
        try tab.read()
        #expect(tab.request("r").terminal == "end" && !core.upstream.last.isCancelled)
        core.upstream { $0.text("not read") }
        core.advance(by: 1000)
        #expect(!core.upstream.last.isCancelled)
        core.advance(by: 1500)
        #expect(core.upstream.last.isCancelled)
        #expect(try tab.read().isEmpty)
        try tab.chat("q")
        core.answer("y")
        core.advance(by: 5000)
        #expect(!core.upstream.last.isCancelled && core.timers.pendingCount == 0)
    }

    @Test("an answer over the limit is cancelled with upstream_protocol")
    func tooLong() throws {
        var limits = Limits()
        limits.maxAnswerBytes = 10_000
        let error = try terminal(limits: limits) { core, transfer in
            transfer.head()
            for _ in 0..<11 { transfer.text(String(repeating: "x", count: 1000)) }
            #expect(transfer.isCancelled)
        }
        #expect(error.code == "upstream_protocol" && error.description.contains("10000"))
    }

    @Test("an event over the limit is upstream_protocol")
    func largeEvent() throws {
        var limits = Limits()
        limits.maxEventBytes = 10_000
        let error = try terminal(limits: limits) { core, transfer in
            transfer.head()
            for _ in 0..<20 { transfer.bytes("data: " + String(repeating: "x", count: 1000)) }
            #expect(transfer.isCancelled)
        }
        #expect(error.code == "upstream_protocol")
    }

    @Test("a nonsensical token count is told and does no harm")
    func absurdUsage() throws {
        let end = try terminal { core, transfer in
            transfer.head()
            transfer.text("x")
            core.advance(by: 5)
            transfer.event(#"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":9223372036854775807}}"#)
            transfer.done()
        }
        #expect(end.object("usage")["output"] as? Int == Int.max && end.object("timing")["tokens_per_s"] == nil)
    }

    @Test("names and sentences of an upstream are kept within bounds: they are repeated to every tab")
    func longWords() throws {
        let long = String(repeating: "ä", count: 50_000)
        let core = CoreFixture()
        let tab = try core.tab()
        try tab.chat("a")
        core.upstream {
            $0.head()
            $0.event(
                #"{"id":"\#(long)","model":"\#(long)","choices":[{"delta":{"content":"x"},"finish_reason":"\#(long)"}]}"#
            )
            $0.done()
        }
        try tab.chat("b")
        core.upstream {
            $0.head()
            $0.event(#"{"error":{"message":"\#(long)","type":"\#(long)","code":"\#(long)"}}"#)
        }
        try tab.read()
        #expect(tab.request("a").terminal == "end" && tab.request("b").terminal == "error")
        for frame in tab.frames { #expect(frame.description.utf8.count < 16_000) }
        #expect(try core.tab().frames.of("joined")[0].description.utf8.count < 32_000)
    }

    @Test("a whole answer as JSON is one delta")
    func wholeAnswer() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream {
            $0.head()
            $0.bytes(
                #"{"model":"m-1","choices":[{"message":{"role":"assistant","content":"all"},"finish_reason":"stop"}]}"#)
            $0.end()
        }
        let frames = try tab.read()
        #expect(frames.types == ["start", "delta", "end"] && tab.request("r").answer == "all")
        #expect(frames[0]["model"] == "m-1" && frames[0]["requested_model"] == "fake-model")
    }
}
