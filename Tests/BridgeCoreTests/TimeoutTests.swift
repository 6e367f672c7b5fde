import BridgeCore
import BridgeTestKit
import Testing

@Suite("Upstreams that fall silent")
struct TimeoutTests {
    private static var limits: Limits {
        var limits = Limits()
        limits.connectTimeout = 1_000
        limits.firstByteTimeout = 20_000
        limits.idleTimeout = 3_000
        limits.totalTimeout = 30_000
        return limits
    }

    @Test(
        "each stage has its time-out, told by its stage",
        arguments: [(0, UInt64(1_000), "connect"), (1, 20_000, "headers"), (2, 20_000, "stream"), (3, 3_000, "stream")])
    func stages(_ stage: Int, _ limit: UInt64, _ name: String) throws {
        let core = CoreFixture(limits: Self.limits)
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream {
            if stage > 0 { $0.connect() }
            if stage > 1 { $0.head() }
            if stage > 2 { $0.text("x") }
        }
        core.advance(by: limit - 1)
        try tab.read()
        #expect(tab.request("r").terminal == nil && !core.upstream.last.isCancelled)
        core.advance(by: 1)
        let error = try #require(try tab.read().of("error").first)
        #expect(error.code == "upstream_timeout" && error["stage"] == name && error["retryable"] == true)
        #expect(core.upstream.last.isCancelled && core.timers.pendingCount == 0)
    }

    @Test("a limit of silence shorter than those before it is kept from the first byte on")
    func shortSilence() throws {
        var limits = Limits()
        limits.idleTimeout = 500
        let core = CoreFixture(limits: limits)
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream {
            $0.connect()
            $0.head()
        }
        core.advance(by: 5_000)
        core.upstream { $0.text("x") }
        core.advance(by: 499)
        try tab.read()
        #expect(tab.request("r").terminal == nil)
        core.advance(by: 1)
        #expect(try tab.read().of("error").first?["stage"] == "stream")
        #expect(core.upstream.last.isCancelled)
    }

    @Test("bytes keep a stream alive, comments too, until the total limit")
    func alive() throws {
        let core = CoreFixture(limits: Self.limits)
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream {
            $0.connect()
            $0.head()
        }
        for _ in 0..<14 {
            core.advance(by: 2_000)
            core.upstream { $0.bytes(": keep-alive\n\n") }
        }
        #expect(tab.request("r").terminal == nil)
        core.advance(by: 2_000)
        let error = try #require(try tab.read().of("error").first)
        #expect(error.code == "upstream_timeout" && error.description.contains("30 s in all"))
    }

    @Test("timing tells how long each part took")
    func timing() throws {
        let core = CoreFixture(limits: .patient)
        let tab = try core.tab()
        try tab.chat("r")
        core.advance(by: 100)
        core.upstream { $0.head() }
        core.advance(by: 50)
        core.upstream { $0.text("x") }
        core.advance(by: 2_000)
        core.upstream {
            $0.event(#"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":40}}"#)
            $0.done()
        }
        let frames = try tab.read()
        #expect(frames.of("start").first?["ttfb_ms"] == 100)
        let timing = try #require(frames.of("end").first).object("timing")
        #expect(timing["queued_ms"] as? Int == 0 && timing["ttfb_ms"] as? Int == 100)
        #expect(timing["ttft_ms"] as? Int == 150 && timing["total_ms"] as? Int == 2150)
        #expect(timing["tokens_per_s"] as? Double == 20)
    }
}
