import BridgeCore
import BridgeTestKit
import Testing

@Suite("Lifetimes")
struct LifetimeTests {
    @Test("a forgotten session is gone, with its generations and turns")
    func session() throws {
        var limits = Limits()
        limits.sessionTTL = 1_000
        let core = CoreFixture(limits: limits)
        weak var session: Session?
        weak var generation: Generation?
        weak var turn: Turn?
        do {
            let tab = try core.tab()
            try tab.chat("r")
            session = core.node.hub.session("s")
            generation = session?.running.first
            turn = generation?.turn
            core.answer("x")
            tab.disconnect()
        }
        #expect(session != nil && turn != nil)
        #expect(generation == nil, "nothing holds it once its transfer has ended")
        core.advance(by: 2_000)
        #expect(core.node.hub.sessionCount == 0)
        #expect(session == nil && turn == nil)
    }

    @Test("an aborted generation is gone at once, one that lingers after its time")
    func generation() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try tab.chat("r")
        weak let aborted = core.node.hub.session("s")?.running.first
        try tab.abort("r")
        #expect(aborted == nil)
        try tab.chat("q")
        weak let lingering = core.node.hub.session("s")?.running.first
        core.upstream {
            $0.head()
            $0.done()
        }
        #expect(lingering != nil)
        core.advance(by: 3_000)
        #expect(lingering == nil)
    }

    @Test("evicted sessions give back their memory at once, though their age is watched")
    func evicted() throws {
        var limits = Limits()
        limits.maxSessions = 1
        let core = CoreFixture(limits: limits)
        let tab = try core.tab("a")
        try tab.chat("r", "x", in: "a")
        core.answer("x")
        weak let session = core.node.hub.session("a")
        tab.disconnect()
        let other = try core.tab("b")
        #expect(session == nil)
        withExtendedLifetime(other) {}
    }

    @Test("a closed connection's client is gone, in mid-stream and with a model list under way")
    func client() throws {
        let core = CoreFixture()
        weak var handler: (any ConnectionHandler)?
        do {
            let tab = try core.tab()
            handler = tab.connection.handler
            try tab.chat("r")
            try tab.send(#"{"type":"models","key":"sk-mine"}"#)
            tab.disconnect()
        }
        #expect(core.upstream.last.isCancelled)
        #expect(handler == nil && core.node.hub.clientCount == 0)
    }

    @Test("a node that is dropped takes everything with it, however many sessions are kept")
    func node() throws {
        weak var node: Node?
        weak var session: Session?
        do {
            let core = CoreFixture()
            node = core.node
            for index in 0..<2_000 {
                let tab = try core.tab("s\(index)")
                try tab.chat("r", "x", in: "s\(index)")
                core.answer("x")
                tab.disconnect()
            }
            session = core.node.hub.session("s1000")
        }
        #expect(node == nil && session == nil)
    }

    @Test("a node that was interrupted in mid-stream leaves nothing behind")
    func interrupted() throws {
        weak var node: Node?
        do {
            let core = CoreFixture()
            node = core.node
            let tab = try core.tab()
            try tab.chat("r", "x", in: "s", #""orphan":"abort""#)
            core.upstream { $0.head() }
            core.node.interruptAll()
            tab.disconnect()
        }
        #expect(node == nil)
    }
}
