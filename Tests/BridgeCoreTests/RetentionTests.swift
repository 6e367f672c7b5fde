import BridgeCore
import BridgeTestKit
import Testing

@Suite("What is remembered, and how long")
struct RetentionTests {
    @Test("a session lives for its time after the last tab left and the last request ended")
    func ttl() throws {
        var limits = Limits.patient
        limits.sessionTTL = 60_000
        let core = CoreFixture(limits: limits)
        let tab = try core.tab()
        try tab.chat("r")
        tab.disconnect()
        core.advance(by: 100_000)
        #expect(core.node.hub.sessionCount == 1, "a request runs")
        core.answer("x")
        core.advance(by: 59_000)
        #expect(core.node.hub.sessionCount == 1)
        let back = try core.tab()
        #expect(back.request("r").answer == "x")
        core.advance(by: 100_000)
        back.disconnect()
        core.advance(by: 59_000)
        #expect(core.node.hub.sessionCount == 1)
        core.advance(by: 2_000)
        #expect(core.node.hub.sessionCount == 0 && core.node.hub.countedBytes == 0)
    }

    @Test("the tail is bounded by entries and by bytes; a running answer's text is not")
    func tail() throws {
        var limits = Limits()
        limits.tailEntries = 10
        limits.tailBytes = 2000
        let core = CoreFixture(limits: limits)
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream { $0.head() }
        for _ in 0..<100 { core.upstream { $0.text(String(repeating: "x", count: 500)) } }
        let session = try #require(core.node.hub.session("s"))
        #expect(session.log.count <= 4)
        try tab.read()
        let late = try core.tab()
        for known in [tab, late] { #expect(known.request("r").answer.utf8.count == 50_000) }
    }

    @Test("the tail is bounded by age")
    func age() throws {
        var limits = Limits.patient
        limits.tailAge = 120_000
        let core = CoreFixture(limits: limits)
        let tab = try core.tab()
        try tab.chat("r")
        core.answer("x")
        try tab.read()
        let session = try #require(core.node.hub.session("s"))
        core.advance(by: 119_000)
        #expect(session.log.count == 4)
        core.advance(by: 121_000)
        #expect(session.log.count == 0)
        try tab.chat("q")
        #expect(session.log.count == 1)
    }

    @Test("the transcript is bounded; a snapshot says how many messages are missing")
    func transcript() throws {
        var limits = Limits()
        limits.transcriptBytes = 10_000
        let core = CoreFixture(limits: limits)
        let tab = try core.tab()
        for index in 0..<20 {
            try tab.chat("r\(index)")
            core.answer(String(repeating: "x", count: 1_000))
        }
        try tab.read()
        let snapshot = try #require(try core.tab().frames.of("joined").first).object("snapshot")
        let shown = (snapshot["messages"] as? [[String: Any]] ?? []).count
        #expect(snapshot["truncated"] as? Int == 40 - shown && (8..<20).contains(shown))
    }

    @Test("what a chat brings and what an upstream said of its failure count as memory")
    func countedWhole() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        let before = core.node.hub.countedBytes
        try tab.chat("r", "x", in: "s", #""params":{"user":"\#(String(repeating: "x", count: 100_000))"}"#)
        #expect(core.node.hub.countedBytes - before > 200_000, "in the log and in the turn")
    }

    @Test("over the memory limit the least recently used session goes first")
    func eviction() throws {
        var limits = Limits()
        limits.memoryLimit = 400_000
        let core = CoreFixture(limits: limits)
        for name in ["a", "b", "c", "d"] {
            let tab = try core.tab(name)
            try tab.chat("r", "x", in: name)
            core.answer(String(repeating: "x", count: 30_000))
            tab.disconnect()
            core.advance(by: 1000)
        }
        let again = try core.tab("a")
        again.disconnect()
        let tab = try core.tab("e")
        for index in 0..<20 where core.node.hub.session("b") != nil {
            try tab.chat("r\(index)", "x", in: "e")
            core.answer(String(repeating: "x", count: 30_000))
        }
        #expect(core.node.hub.session("b") == nil && core.node.hub.session("a") != nil)
        #expect(core.node.hub.countedBytes <= 400_000)
        #expect(
            core.diagnostics.events.contains {
                if case .sessionForgotten(_, "memory_limit") = $0 { true } else { false }
            })
    }

    @Test("when nothing can be forgotten, new chats are too_many_requests until there is room")
    func memoryFull() throws {
        var limits = Limits()
        limits.memoryLimit = 100_000
        let core = CoreFixture(limits: limits)
        let tab = try core.tab()
        try tab.chat("r")
        core.answer(String(repeating: "x", count: 60_000))
        try tab.read()
        let error = try #require(try tab.chat("q").first)
        #expect(error.code == "too_many_requests" && error["retryable"] == true)
        tab.disconnect()
        let other = try core.tab("other")
        #expect(try other.chat("q", "x", in: "other").types == ["accepted", "request"])
    }

    @Test("a session more than there may be takes the place of an unused one, or is refused")
    func maxSessions() throws {
        var limits = Limits()
        limits.maxSessions = 2
        let core = CoreFixture(limits: limits)
        let old = try core.tab("old")
        try old.chat("r", "x", in: "old")
        core.answer("x")
        old.disconnect()
        let tab = try core.tab("a", "b")
        #expect(core.node.hub.session("old") == nil && core.node.hub.sessionCount == 2)
        #expect(try tab.join("c").map(\.code) == ["too_many_requests"])
    }

    @Test("one connection may join so many sessions, and again those it has")
    func maxSubscriptions() throws {
        var limits = Limits()
        limits.maxSubscriptions = 2
        let core = CoreFixture(limits: limits)
        let tab = try core.tab("a", "b")
        #expect(try tab.join("c").map(\.code) == ["too_many_requests"])
        #expect(try tab.join("b").types == ["joined"])
        try tab.send(#"{"type":"leave","session":"a"}"#)
        #expect(try tab.join("c").types == ["joined"])
    }

    @Test("bytes are counted down as they were counted up")
    func counting() throws {
        let core = CoreFixture()
        for name in 0..<20 {
            let tab = try core.tab("s\(name)")
            for index in 0..<5 {
                try tab.chat("r\(index)", "x", in: "s\(name)")
                core.answer("hello")
            }
            tab.disconnect()
        }
        #expect(core.node.hub.countedBytes > 20 * 1000)
        core.advance(by: 3_700_000)
        #expect(core.node.hub.sessionCount == 0 && core.node.hub.countedBytes == 0)
    }
}
