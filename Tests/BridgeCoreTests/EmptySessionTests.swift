import BridgeCore
import BridgeTestKit
import Testing

@Suite("A session in which nothing was asked yet")
struct EmptySessionTests {
    @Test("a first question whose tab was cut before it was taken starts when the tab is back, under the same epoch")
    func firstQuestion() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        let epoch = tab["s"].epoch
        tab.disconnect()
        core.advance(by: Hub.emptySessionMilliseconds - 1_000)
        let back = try tab.reconnected()
        #expect(back.frames.of("joined").last?["recovered"] == true)
        #expect(try back.chat("r", "hello", in: "s", #""epoch":"\#(epoch)""#).types == ["accepted", "request"])
    }

    @Test("it is forgotten a minute after its last tab, and that minute begins anew with each")
    func minute() throws {
        let core = CoreFixture()
        for _ in 0..<2 {
            let tab = try core.tab()
            core.advance(by: 2 * Hub.emptySessionMilliseconds)
            tab.disconnect()
            core.advance(by: Hub.emptySessionMilliseconds - 1_000)
            #expect(core.node.hub.sessionCount == 1)
        }
        core.advance(by: 1_000)
        #expect(core.node.hub.sessionCount == 0 && core.node.hub.countedBytes == 0)
        #expect(core.timers.pendingCount == 0)
    }

    @Test("it is not kept longer than one that has content")
    func ttl() throws {
        var limits = Limits()
        limits.sessionTTL = 5_000
        let core = CoreFixture(limits: limits)
        try core.tab().disconnect()
        core.advance(by: 4_000)
        #expect(core.node.hub.sessionCount == 1)
        core.advance(by: 1_000)
        #expect(core.node.hub.sessionCount == 0)
    }

    @Test("with a question it is kept as long as any other, however often it was empty before")
    func filled() throws {
        let core = CoreFixture()
        try core.tab().disconnect()
        let tab = try core.tab()
        try tab.chat("r")
        core.answer("x")
        tab.disconnect()
        core.advance(by: 2 * Hub.emptySessionMilliseconds)
        #expect(core.node.hub.session("s") != nil)
        core.advance(by: 3_600_000)
        #expect(core.node.hub.sessionCount == 0)
    }

    @Test(
        "whoever joins made-up ids fills no memory: so many are kept, the newest, and none that has content goes for them"
    )
    func bounded() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try tab.chat("r")
        core.answer("x")
        tab.disconnect()
        let most = Hub.maxEmptySessions
        let busy = try core.tab("busy")
        let hostile = try core.tab("mine")
        for index in 0..<3 * most {
            hostile.connection.receive(
                #"{"type":"join","session":"x\#(index)"}"# + "\n" + #"{"type":"leave","session":"x\#(index)"}"#)
            core.node.flush()
            _ = hostile.connection.takeMessages()
        }
        let hub = try #require(core.node.hub)
        #expect(hub.sessionCount == most + 3)
        #expect(hub.session("s") != nil && hub.session("busy") != nil && hub.session("mine") != nil)
        #expect(hub.session("x\(2 * most - 1)") == nil && hub.session("x\(2 * most)") != nil)
        #expect(hub.countedBytes < (most + 3) * 2_048)
        core.advance(by: Hub.emptySessionMilliseconds)
        #expect(hub.sessionCount == 3)
        busy.disconnect()
    }

    @Test("where there are too many sessions, empty ones go before any that has content")
    func first() throws {
        var limits = Limits()
        limits.maxSessions = 3
        let core = CoreFixture(limits: limits)
        let tab = try core.tab()
        try tab.chat("r")
        core.answer("x")
        tab.disconnect()
        core.advance(by: 1_000)
        try core.tab("empty").disconnect()
        let others = try core.tab("a", "b")
        #expect(core.node.hub.session("empty") == nil && core.node.hub.session("s") != nil)
        #expect(others.frames.of("joined").count == 2)
    }

    @Test("where there are too many bytes, the oldest with content goes, and empty ones only when no such is left")
    func memory() throws {
        var limits = Limits()
        limits.memoryLimit = 100_000
        let core = CoreFixture(limits: limits)
        let hub = try #require(core.node.hub)
        try core.tab("empty").disconnect()
        for name in ["a", "b", "c"] {
            let tab = try core.tab(name)
            try tab.chat("r", "x", in: name)
            core.answer(String(repeating: "x", count: 30_000))
            tab.disconnect()
            core.node.flush()
        }
        #expect(hub.session("a") == nil && hub.session("c") != nil && hub.session("empty") != nil)
        let tab = try core.tab("large")
        try tab.chat("r", "x", in: "large")
        core.answer(String(repeating: "x", count: 150_000))
        try tab.read()
        #expect(hub.session("c") == nil && hub.session("empty") == nil && hub.session("large") != nil)
    }

    @Test(
        "where memory is full they are the first to go while they hold a share of it: made-up ids drive out next to nothing"
    )
    func madeUpAtTheLimit() throws {
        var limits = Limits()
        limits.memoryLimit = 1 << 20
        let core = CoreFixture(limits: limits)
        let hub = try #require(core.node.hub)
        for index in 0..<20 {
            let tab = try core.tab("content\(index)")
            try tab.chat("r", "x", in: "content\(index)")
            core.answer(String(repeating: "x", count: 10_000))
            tab.disconnect()
        }
        let hostile = try core.tab("mine")
        for index in 0..<2_000 {
            hostile.connection.receive(
                #"{"type":"join","session":"x\#(index)"}"# + "\n" + #"{"type":"leave","session":"x\#(index)"}"#)
            core.node.flush()
            _ = hostile.connection.takeMessages()
        }
        #expect((0..<20).allSatisfy { hub.session("content\($0)") != nil })
        #expect(hub.session("x0") == nil && hub.session("x1999") != nil && hub.countedBytes <= 1 << 20)
        let tab = try core.tab("large")
        try tab.chat("r", "x", in: "large")
        core.answer(String(repeating: "x", count: 300_000))
        #expect(hub.session("content0") == nil && hub.session("x1999") != nil)
        #expect((0..<2_000).count { hub.session("x\($0)") != nil } <= (1 << 20) / Hub.emptyShare / 1_024)
    }
}
