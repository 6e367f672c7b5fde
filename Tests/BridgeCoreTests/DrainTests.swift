import BridgeCore
import BridgeTestKit
import ChatProtocol
import Testing

@Suite("Going away")
struct DrainTests {
    @Test("goaway to everybody, new chats are draining, what runs goes on, then 1012 and done, once")
    func drain() throws {
        let core = CoreFixture()
        let one = try core.tab()
        let two = try core.tab()
        try one.chat("r")
        core.upstream { $0.head() }
        try one.read()
        var calls = 0
        #expect(core.node.isHealthy)
        core.node.drain { calls += 1 }
        core.node.drain { calls += 100 }
        core.node.flush()
        #expect(!core.node.isHealthy)
        for tab in [one, two] {
            let goaway = try #require(try tab.read().of("goaway").first)
            let delay: Int? = goaway["reconnect_after_ms"]
            #expect(goaway["reason"] == "shutdown" && (250...2250).contains(delay ?? 0))
        }
        #expect(try one.chat("q").map(\.code) == ["draining"])
        #expect(try one.chat("r").of("accepted").first?["duplicate"] == true)
        core.advance(by: 10_000)
        #expect(calls == 0 && one.connection.closed == nil)
        core.upstream {
            $0.text("whole")
            $0.done()
        }
        try one.read()
        try two.read()
        for tab in [one, two] {
            #expect(tab.request("r").answer == "whole" && tab.request("r").terminal == "end")
            #expect(tab.connection.closed?.code == .restart)
        }
        core.advance(by: 60_000)
        #expect(calls == 1)
    }

    @Test("at the deadline, what still runs is interrupted")
    func deadline() throws {
        let core = CoreFixture(limits: .patient)
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream { $0.head() }
        var calls = 0
        core.node.drain { calls += 1 }
        core.advance(by: 29_000)
        #expect(calls == 0)
        core.advance(by: 2_000)
        let error = try #require(try tab.read().of("error").first)
        #expect(error.code == "interrupted" && error["stage"] == "stream" && error["retryable"] == true)
        #expect(core.upstream.last.isCancelled && calls == 1 && tab.connection.closed?.code == .restart)
    }

    @Test("an idle node is drained by the next flush")
    func idle() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        var calls = 0
        core.node.drain { calls += 1 }
        core.node.flush()
        #expect(calls == 1 && tab.connection.closed?.code == .restart)
        #expect(try tab.read().types == ["goaway"])
    }

    @Test("who connects while it drains is told to go")
    func newcomer() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try tab.chat("r")
        core.node.drain {}
        let late = Tab(core, sessions: ["s"])
        #expect(try late.read().types == ["welcome", "goaway", "joined"])
    }

    @Test("interrupting all ends at once, draining or not")
    func interruptAll() throws {
        for isDraining in [true, false] {
            let core = CoreFixture()
            let tab = try core.tab()
            try tab.chat("r")
            var calls = 0
            if isDraining { core.node.drain { calls += 1 } }
            core.node.interruptAll()
            #expect(calls == (isDraining ? 1 : 0))
            #expect(try tab.read().of("error").first?.code == "interrupted")
            #expect(tab.connection.closed?.code == (isDraining ? .restart : nil) && core.upstream.last.isCancelled)
        }
    }
}
