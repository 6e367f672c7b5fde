import BridgeCore
import BridgeTestKit
import Testing

@Suite("Coming back")
struct ResumeTests {
    /// A conversation in steps, two requests interleaved, with the turn ended after each step.
    private static let steps: [@Sendable (CoreFixture) -> Void] = {
        var steps: [@Sendable (CoreFixture) -> Void] = []
        for index in 0..<2 {
            steps.append { core in
                core.upstream.transfers[index].connect()
                core.upstream.transfers[index].head()
            }
        }
        for round in 0..<6 {
            steps.append { core in core.upstream.transfers[0].text("a\(round)") }
            steps.append { core in core.upstream.transfers[1].reasoning("b\(round)") }
            steps.append { core in for transfer in core.upstream.transfers { transfer.text("c") } }
        }
        steps.append { core in core.upstream.transfers[0].done() }
        steps.append { core in core.upstream.transfers[1].fail(.closed) }
        return steps
    }()

    @Test(
        "a tab killed and back with its position misses nothing and sees nothing twice, at every cut", arguments: 0..<23
    )
    func everyCut(cut: Int) throws {
        let core = CoreFixture()
        let witness = try core.tab()
        var tab = try core.tab()
        try witness.chat("a")
        try witness.chat("b")
        for (index, step) in Self.steps.enumerated() {
            if index == cut { tab.disconnect() }
            step(core)
            core.node.flush()
            try witness.read()
            if index < cut { try tab.read() }
            if index == cut + 3 { tab = try tab.reconnected() }
        }
        if cut + 3 >= Self.steps.count { tab = try tab.reconnected() }
        try tab.read()
        #expect(tab["s"].snapshots == 1, "recovered by replay alone")
        #expect(tab["s"].seq == witness["s"].seq)
        #expect(tab["s"].requests == witness["s"].requests)
        #expect(tab.request("a").terminal == "end" && tab.request("b").terminal == "error")
    }

    @Test("recovered: joined says so with the log's head, and exactly the missed frames follow")
    func recovered() throws {
        let core = CoreFixture()
        var tab = try core.tab()
        try tab.chat("r")
        core.upstream {
            $0.connect()
            $0.head()
            $0.text("a")
        }
        try tab.read()
        tab.disconnect()
        core.upstream { $0.text("b") }
        core.upstream { $0.text("c") }
        tab = try tab.reconnected()
        let joined = try #require(tab.frames.of("joined").last)
        #expect(joined["recovered"] == true && joined["seq"] == 5 && joined.object["snapshot"] == nil)
        let missed = try #require(tab.frames.last)
        #expect(missed.text == "bc" && missed["from"] == 3 && missed["n"] == 4)
    }

    @Test(
        "a position of another epoch, beyond the head, or never reached is answered with a snapshot",
        arguments: [#"{"epoch":"other","seq":2}"#, #"{"epoch":"","seq":0}"#])
    func otherEpoch(_ position: String) throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try tab.chat("r")
        core.answer("hello")
        try tab.read()
        let joined = try #require(try tab.join("s", after: position).of("joined").first)
        #expect(joined["recovered"] == false)
        #expect(tab.request("r").answer == "hello")
    }

    @Test("a position beyond the head is not recovered; the head itself is")
    func beyondHead() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try tab.chat("r")
        core.answer("hello")
        try tab.read()
        let epoch = tab["s"].epoch
        let head = tab["s"].seq
        let there = try tab.join("s", after: #"{"epoch":"\#(epoch)","seq":\#(head)}"#)
        #expect(there.of("joined").first?["recovered"] == true && there.filter(\.isLogFrame).isEmpty)
        let beyond = try tab.join("s", after: #"{"epoch":"\#(epoch)","seq":\#(head + 1)}"#)
        #expect(beyond.of("joined").first?["recovered"] == false)
        let max = try tab.join("s", after: #"{"epoch":"\#(epoch)","seq":9223372036854775807}"#)
        #expect(max.of("joined").first?["recovered"] == false)
    }

    @Test("a forgotten position is answered with a snapshot")
    func forgotten() throws {
        var limits = Limits()
        limits.tailEntries = 5
        let core = CoreFixture(limits: limits)
        var tab = try core.tab()
        try tab.chat("r")
        try tab.read()
        tab.disconnect()
        core.upstream {
            $0.connect()
            $0.head()
        }
        for index in 0..<20 { core.upstream { $0.text("\(index)") } }
        tab = try tab.reconnected()
        #expect(tab.frames.of("joined").last?["recovered"] == false && tab["s"].snapshots == 2)
        #expect(tab.request("r").answer == (0..<20).map { "\($0)" }.joined())
    }

    @Test("a session that was forgotten comes back as another epoch, and what was running there is in neither list")
    func expired() throws {
        var limits = Limits()
        limits.sessionTTL = 10_000
        let core = CoreFixture(limits: limits)
        var tab = try core.tab()
        try tab.chat("r")
        core.answer("hello")
        try tab.read()
        let epoch = tab["s"].epoch
        tab.disconnect()
        core.advance(by: 11_000)
        tab = try tab.reconnected()
        #expect(tab["s"].epoch != epoch && tab["s"].seq == 0 && tab["s"].requests.isEmpty)
        #expect(tab.frames.of("joined").last?["recovered"] == false)
    }
}
