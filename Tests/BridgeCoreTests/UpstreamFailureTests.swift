import BridgeCore
import BridgeTestKit
import Foundation
import Testing

@Suite("What upstreams do wrong")
struct UpstreamFailureTests {
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

    @Test("a key is not shown in part where an upstream's long words are cut in the middle of it", arguments: 0..<24)
    func tornByTheBound(cut: Int) throws {
        let key = "sk-0123456789abcdefghij"
        let core = CoreFixture(key: key)
        let tab = try core.tab()
        try tab.chat("r", "?")
        core.upstream {
            $0.head(400)
            let filling = String(repeating: "x", count: 4_096 - cut)
            $0.bytes(#"{"error":{"message":"\#(filling)\#(key)","type":"\#(filling.prefix(512 - cut))\#(key)"}}"#)
            $0.end()
        }
        try tab.read()
        let error = try #require(tab.frames.of("error").last)
        #expect(error.code == "upstream_error")
        // Less than four characters may stand: they are no piece of a key that one could tell.
        #expect(!"\(error)".contains(key.prefix(4)))
    }
}
