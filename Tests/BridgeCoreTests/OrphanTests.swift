import BridgeCore
import BridgeTestKit
import Testing

@Suite("Orphans")
struct OrphanTests {
    @Test("a request with orphan abort ends, by orphan, when the grace is over")
    func abort() throws {
        let core = CoreFixture(limits: .patient)
        let tab = try core.tab()
        try tab.chat("r", "x", in: "s", #""orphan":"abort""#)
        try tab.chat("f", "x", in: "s", #""orphan":"finish""#)
        tab.disconnect()
        core.advance(by: 29_000)
        #expect(!core.upstream.transfers[0].isCancelled)
        core.advance(by: 2_000)
        #expect(core.upstream.transfers.map(\.isCancelled) == [true, false])
        let late = try core.tab()
        #expect(late.request("r").terminal == "aborted" && late.request("f").terminal == nil)
    }

    @Test("by orphan, says the log")
    func by() throws {
        let core = CoreFixture(limits: .patient)
        var tab = try core.tab()
        try tab.chat("r", "x", in: "s", #""orphan":"abort""#)
        tab.disconnect()
        core.advance(by: 31_000)
        tab = try tab.reconnected()
        #expect(tab.frames.of("aborted").first?["by"] == "orphan")
    }

    @Test("a tab that returns in time keeps it alive, and the next goodbye starts a whole new grace")
    func inTime() throws {
        let core = CoreFixture(limits: .patient)
        var tab = try core.tab()
        try tab.chat("r", "x", in: "s", #""orphan":"abort""#)
        tab.disconnect()
        core.advance(by: 20_000)
        tab = try tab.reconnected()
        core.advance(by: 20_000)
        #expect(!core.upstream.last.isCancelled)
        tab.disconnect()
        core.advance(by: 19_000)
        #expect(!core.upstream.last.isCancelled)
        core.advance(by: 12_000)
        #expect(core.upstream.last.isCancelled)
    }

    @Test("one tab of two leaving starts no grace")
    func otherTab() throws {
        let core = CoreFixture(limits: .patient)
        let tab = try core.tab()
        let other = try core.tab()
        try tab.chat("r", "x", in: "s", #""orphan":"abort""#)
        tab.disconnect()
        core.advance(by: 50_000)
        #expect(!core.upstream.last.isCancelled)
        withExtendedLifetime(other) {}
    }

    @Test("joining and leaving a thousand times leaves nothing behind")
    func churn() throws {
        let core = CoreFixture(limits: .patient)
        let tab = try core.tab()
        try tab.chat("r", "x", in: "s", #""orphan":"abort""#)
        for _ in 0..<1_000 {
            core.send(
                #"{"type":"leave","session":"s"}"# + "\n" + #"{"type":"join","session":"s"}"#, from: tab.connection)
            _ = tab.connection.takeMessages()
        }
        core.timers.advance(by: 0)
        #expect(core.timers.pendingCount <= 2)
    }
}
