import BridgeTestKit
import Testing

@Suite("Upstreams that misbehave")
struct UpstreamFaultTests {
    let upstream: ScriptedUpstream

    init() throws { upstream = try ScriptedUpstream() }

    /// Runs one request against a script and returns its terminal frame.
    private func outcome(
        _ script: Script, _ arguments: [String] = [], environment: [String: String] = [:]
    ) throws -> (Frame, Tab) {
        upstream.answer(script)
        let server = try ServerProcess(upstream: upstream.url + "/v1", arguments, environment: environment)
        let tab = try Tab.joined(server.port, session: "s")
        try tab.chat("r")
        try tab.waitForEnd(of: "r")
        let last = try #require(tab.model.frames.last)
        #expect(try server.stop() == 0)
        return (last, tab)
    }

    @Test("one that refuses connections is unreachable")
    func refused() throws {
        let port = upstream.port
        upstream.stop()
        let server = try ServerProcess(upstream: "http://127.0.0.1:\(port)/v1")
        let tab = try Tab.joined(server.port, session: "s")
        try tab.chat("r")
        try tab.waitForEnd(of: "r")
        #expect(tab.model.frames.last?.code == "upstream_unreachable")
        #expect(tab.model.frames.last?["stage"] == "connect")
        #expect(tab.model.frames.last?["retryable"] == true)
    }

    @Test("a reset in mid-answer keeps what was generated and says upstream_closed")
    func reset() throws {
        let gate = Gate()
        // A reset may overtake what was sent before it: it waits until that has been seen.
        upstream.answer([.streamHead, .delta("half"), .wait(gate), .reset])
        let server = try ServerProcess(upstream: upstream.url + "/v1")
        let tab = try Tab.joined(server.port, session: "s")
        try tab.chat("r")
        try tab.wait(until: { $0.requests["r"]?.answer == "half" })
        gate.open()
        try tab.waitForEnd(of: "r")
        #expect(tab.model.frames.last?.code == "upstream_closed")
        #expect(tab.answer("r") == "half")
    }

    @Test("an end in the middle of an event is upstream_closed, and nothing of the event is shown")
    func cutInMidEvent() throws {
        let (end, tab) = try outcome([
            .streamHead, .delta("whole"), .chunk(#"data: {"choices":[{"delta":{"content":"ha"#), .close,
        ])
        #expect(end.code == "upstream_closed")
        #expect(tab.answer("r") == "whole")
    }

    @Test("a clean end before finish_reason is upstream_closed; after it, the answer ended")
    func cleanEnds() throws {
        #expect(try outcome([.streamHead, .delta("x"), .lastChunk]).0.code == "upstream_closed")
        #expect(try outcome([.streamHead, .delta("x"), .finish(), .lastChunk]).0.type == "end")
        #expect(try outcome([.streamHead, .delta("x"), .done, .lastChunk]).0["reason"] == "other")
    }

    @Test(
        "garbage is upstream_protocol",
        arguments: ["{not json", "\"a string\"", "[1,2", "{\"choices\":[{\"delta\":{\"content\":\"\u{1}\"}}]}"])
    func garbage(_ data: String) throws {
        let (end, _) = try outcome([.streamHead, .delta("x"), .event(data), .finish(), .done, .lastChunk])
        #expect(end.code == "upstream_protocol")
        #expect(end["stage"] == "parse")
    }

    @Test("an HTML page with status 200 is upstream_protocol, an empty answer too")
    func notAStream() throws {
        #expect(try outcome(.answer(type: "text/html", body: "<html>hello</html>")).0.code == "upstream_protocol")
        #expect(try outcome(.answer(type: "text/event-stream", body: "")).0.code == "upstream_protocol")
    }

    @Test("invalid UTF-8 and lone surrogates become U+FFFD, and no browser would close on the frame")
    func badUTF8() throws {
        let raw =
            Array(#"data: {"choices":[{"delta":{"content":"a"#.utf8) + [0xFF, 0xC3, 0x28]
            + Array(#"b\ud800c"}}]}"#.utf8)
        let (end, tab) = try outcome([.streamHead, .chunk(raw + [10, 10]), .finish(), .done, .lastChunk])
        #expect(end.type == "end")
        #expect(tab.answer("r") == "a\u{FFFD}\u{FFFD}(b\u{FFFD}c")
    }

    @Test("an event of 20 MB is upstream_protocol, and memory does not keep it")
    func hugeEvent() throws {
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        var steps: [Script.Step] = [.streamHead, .chunk(#"data: {"choices":[{"delta":{"content":""#)]
        steps += Array(repeating: .chunk(piece), count: 20)
        let script = Script(steps + [.chunk("\"}}]}\n\n"), .finish(), .done, .lastChunk])
        let server = try ServerProcess(upstream: upstream.url + "/v1")
        let tab = try Tab.joined(server.port, session: "s")
        let before = try server.residentBytes
        // Kept, each would hold the 16 MiB up to the limit. One freed buffer (of twice that, at worst) may stay with malloc,
        // which gives less back the larger the blocks are that it has seen freed.
        for index in 0..<6 {
            upstream.answer(script)
            try tab.chat("r\(index)")
            try tab.waitForEnd(of: "r\(index)")
            #expect(tab.model.frames.last?.code == "upstream_protocol")
        }
        let growth = try server.residentBytes - before
        // AddressSanitizer keeps what was freed, for a while.
        #expect(BuiltProgram.isSanitized || growth < 64 << 20, "\(growth >> 20) MiB more after six of them")
    }

    @Test("an answer over the limit is upstream_protocol")
    func hugeAnswer() throws {
        let (end, _) = try outcome(
            .chat(Array(repeating: String(repeating: "x", count: 1000), count: 20)), ["--max-answer-bytes", "10000"])
        #expect(end.code == "upstream_protocol")
    }

    @Test("silence is a timeout, and the stage says where")
    func stalls() throws {
        let short = ["--first-byte-timeout", "300ms", "--idle-timeout", "300ms", "--connect-timeout", "300ms"]
        let (headers, _) = try outcome([.stall], short)
        #expect(headers.code == "upstream_timeout")
        #expect(headers["stage"] == "headers")
        let (first, _) = try outcome([.streamHead, .stall], short)
        #expect(first["stage"] == "stream")
        let (idle, tab) = try outcome([.streamHead, .delta("x"), .stall], short)
        #expect(idle.code == "upstream_timeout")
        #expect(idle["stage"] == "stream")
        #expect(tab.answer("r") == "x")
        let deaf = try DeafPort()
        let server = try ServerProcess(upstream: "http://127.0.0.1:\(deaf.port)/v1", short)
        let deafTab = try Tab.joined(server.port, session: "s")
        try deafTab.chat("r")
        try deafTab.waitForEnd(of: "r")
        #expect(deafTab.model.frames.last?["stage"] == "connect")
        let (total, _) = try outcome([.streamHead, .delta("x"), .stall], ["--total-timeout", "300ms"])
        #expect(total.code == "upstream_timeout")
    }

    @Test(
        "a status says what is wrong",
        arguments: [
            (401, "invalid_key", false), (403, "invalid_key", false), (404, "model_not_found", false),
            (429, "upstream_rate_limited", true), (500, "upstream_error", true), (503, "upstream_error", true),
            (418, "upstream_error", false),
        ])
    func statuses(_ status: Int, _ code: String, _ retryable: Bool) throws {
        let (end, _) = try outcome(
            .answer(
                status: status, headers: [(name: "Retry-After", value: "2")],
                body: #"{"error":{"message":"no","type":"t","code":"c"}}"#),
            ["--api-key-env", "SECRET"], environment: ["SECRET": "sk-refused"])
        #expect(end.code == code)
        #expect(end["status"] == status)
        #expect(end["retryable"] == retryable)
        #expect((end.object("upstream")["message"] as? String) == "no")
        if status == 429 { #expect(end["retry_after_ms"] == 2000) }
    }

    @Test("a 401 where no key was sent says that one is missing")
    func missingKey() throws {
        #expect(try outcome(.answer(status: 401, body: #"{"error":{"message":"no"}}"#)).0.code == "missing_key")
    }

    @Test("an error object in mid-stream ends it at once; what follows is not read")
    func errorInStream() throws {
        let (end, tab) = try outcome([
            .streamHead, .delta("x"), .event(#"{"error":{"message":"overloaded","code":529}}"#), .delta("y"), .finish(),
            .done, .lastChunk,
        ])
        #expect(end.type == "error")
        #expect(end.code == "upstream_error")
        #expect(tab.answer("r") == "x")
    }

    @Test("a key that the upstream echoes is in no frame and in no log line")
    func echoedKey() throws {
        let key = "sk-very-secret-0123456789"
        upstream.answer(
            .answer(status: 401, body: #"{"error":{"message":"Incorrect API key provided: \#(key).","type":"t"}}"#))
        upstream.answer(
            .answer(
                status: 401, body: #"{"error":{"message":"Incorrect API key provided: client-\#(key).","type":"t"}}"#))
        let server = try ServerProcess(
            upstream: upstream.url + "/v1", ["--api-key-env", "SECRET"], environment: ["SECRET": key])
        let tab = try Tab.joined(server.port, session: "s")
        try tab.chat("r")
        try tab.waitForEnd(of: "r")
        try tab.chat("own", more: #","key":"client-\#(key)""#)
        try tab.waitForEnd(of: "own")
        #expect(try upstream.waitForRequest(0)["authorization"] == "Bearer \(key)")
        #expect(try upstream.waitForRequest(1)["authorization"] == "Bearer client-\(key)")
        #expect(tab.model.frames.last?.code == "invalid_key")
        #expect(!tab.messages.joined().contains(key))
        #expect(!server.log.contains(key))
    }
}
