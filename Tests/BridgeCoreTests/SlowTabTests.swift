import BridgeCore
import BridgeTestKit
import Testing

@Suite("Slow tabs")
struct SlowTabTests {
    @Test("a tab that stops reading costs nothing and then gets few, larger frames")
    func merged() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream {
            $0.connect()
            $0.head()
            $0.text("0 ")
        }
        try tab.read()
        tab.connection.makeRoom(0)
        for index in 1..<500 { core.upstream { $0.text("\(index) ") } }
        #expect(tab.connection.messages.isEmpty && tab.connection.wantsWritable)
        tab.connection.makeRoom()
        core.node.flush()
        let frames = try tab.read()
        #expect(frames.count == 1 && frames[0]["from"] == 3 && frames[0]["n"] == 501)
        #expect(tab.request("r").answer == (0..<500).map { "\($0) " }.joined())
        core.upstream { $0.text("next") }
        #expect(try tab.read().map(\.text) == ["next"])
    }

    @Test("a tab that takes one message at a time gets it all")
    func oneAtATime() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream {
            $0.connect()
            $0.head()
        }
        try tab.read()
        tab.connection.makeRoom(0)
        for _ in 0..<20 { core.upstream { $0.text(String(repeating: "x", count: 20_000)) } }
        core.upstream { $0.done() }
        for _ in 0..<20 where tab.request("r").terminal == nil {
            tab.connection.makeRoom(1)
            core.node.flush()
            #expect(tab.connection.messages.count <= 1)
            try tab.read()
        }
        #expect(tab.request("r").answer.utf8.count == 400_000 && tab.request("r").terminal == "end")
        #expect(tab["s"].snapshots == 1)
    }

    @Test("a live cursor that was forgotten is joined again on the open connection")
    func joinedAgain() throws {
        var limits = Limits()
        limits.tailBytes = 1000
        let core = CoreFixture(limits: limits)
        let tab = try core.tab()
        let other = try core.tab()
        try tab.chat("r")
        core.upstream {
            $0.connect()
            $0.head()
            $0.text("0 ")
        }
        try tab.read()
        tab.connection.makeRoom(0)
        for index in 1..<1000 {
            core.upstream { $0.text("\(index) ") }
            try other.read()
        }
        tab.connection.makeRoom()
        core.node.flush()
        let frames = try tab.read()
        #expect(frames.of("joined").count == 1 && frames.of("joined")[0]["recovered"] == false)
        #expect(tab["s"].snapshots == 2)
        core.upstream { $0.done() }
        try tab.read()
        try other.read()
        #expect(tab.request("r").answer == (0..<1000).map { "\($0) " }.joined())
        #expect(other.request("r").answer == tab.request("r").answer && tab.request("r").terminal == "end")
    }

    @Test("a joined frame is made when it can leave: a slow peer gets the newest state")
    func lateJoined() throws {
        let core = CoreFixture()
        let writer = try core.tab()
        let slow = Tab(core, sessions: ["s"], room: 0)
        try writer.chat("r")
        core.answer("hello")
        slow.connection.makeRoom()
        core.node.flush()
        let frames = try slow.read()
        #expect(frames.types == ["welcome", "joined"])
        #expect(slow.request("r").answer == "hello" && slow.request("r").terminal == "end")
    }

    @Test(
        "by chance: tabs that read, stall, vanish and come back all end with the same answers",
        arguments: Seeds.of(60))
    func chaos(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var limits = Limits()
        limits.tailEntries = 40
        let core = CoreFixture(limits: limits)
        let witness = try core.tab()
        var tabs = try (0..<3).map { _ in try core.tab() }
        var requests = 0
        for _ in 0..<120 {
            switch Int.random(in: 0..<12, using: &random) {
            case 0 where requests < 8:
                try witness.chat("r\(requests)")
                core.upstream.last.connect()
                core.upstream.last.head()
                requests += 1
            case 1: core.upstream.transfers.randomElement(using: &random)?.done()
            case 2: try tabs.randomElement(using: &random)?.abort("r\(Int.random(in: 0..<8, using: &random))")
            case 3: tabs.randomElement(using: &random)?.connection.makeRoom(0)
            case 4: tabs.randomElement(using: &random)?.connection.makeRoom(1)
            case 5: tabs.randomElement(using: &random)?.connection.makeRoom()
            case 6:
                let index = Int.random(in: 0..<3, using: &random)
                try tabs[index].read()
                tabs[index].disconnect()
                tabs[index] = try tabs[index].reconnected()
            case 7: core.advance(by: 1000)
            default:
                for _ in 0..<Int.random(in: 1..<30, using: &random) {
                    core.upstream.transfers.randomElement(using: &random)?.text(
                        "\(Int.random(in: 0..<100, using: &random))")
                }
            }
            if random.chance(1, in: 2) { core.node.flush() }
            try witness.read()
        }
        for transfer in core.upstream.transfers { transfer.done() }
        core.node.flush()
        try witness.read()
        for tab in tabs {
            tab.connection.makeRoom()
            core.node.flush()
            try tab.read()
            for (id, request) in witness["s"].requests {
                #expect(tab.request(id).text == request.text, "\(id), seed \(seed)")
                #expect(tab.request(id).terminal == request.terminal, "\(id), seed \(seed)")
            }
            #expect(tab["s"].seq == witness["s"].seq, "seed \(seed)")
        }
        #expect(witness["s"].requests.values.allSatisfy { $0.terminal != nil })
        #expect(core.node.hub.runningRequests == 0)
    }
}
