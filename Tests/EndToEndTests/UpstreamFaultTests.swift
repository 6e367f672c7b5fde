import BridgeTestKit
import Testing

/// What the fault table does not say: words, sizes, and what an upstream's last words mean.
@Suite("Upstreams that misbehave")
struct UpstreamFaultTests {
    let upstream: ScriptedUpstream

    init() throws { upstream = try ScriptedUpstream() }

    /// Runs one request against a script and returns its terminal frame.
    private func outcome(_ script: Script, _ arguments: [String] = []) throws -> (Frame, Tab) {
        upstream.answer(script)
        let server = try ServerProcess(upstream: upstream.url + "/v1", arguments)
        let tab = try Tab.joined(server.port, session: "s")
        try tab.chat("r")
        try tab.waitForEnd(of: "r")
        let last = try #require(tab.model.frames.last)
        #expect(try server.stop() == 0)
        return (last, tab)
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

    @Test("a 401 where no key was sent says that one is missing")
    func missingKey() throws {
        #expect(try outcome(.answer(status: 401, body: #"{"error":{"message":"no"}}"#)).0.code == "missing_key")
    }
}
