import BridgeCore
import BridgeTestKit
import Testing

@Suite("The limit for the memory of all sessions")
struct MemoryLimitTests {
    private static let limit = 5 << 20

    private static func core(limit: Int = limit) -> CoreFixture {
        var limits = Limits.patient
        limits.memoryLimit = limit
        limits.tailBytes = 4 << 10
        return CoreFixture(limits: limits)
    }

    /// A tab in a session of its own whose answer has begun.
    private func asking(_ name: String, _ core: CoreFixture, text: String) throws -> (tab: Tab, transfer: FakeTransfer)
    {
        let tab = try core.tab(name)
        try tab.chat("r", "x", in: name)
        core.upstream {
            $0.connect()
            $0.head()
            if !text.isEmpty { $0.text(text) }
        }
        return (tab, core.upstream.last)
    }

    private func text(_ bytes: Int) -> String { String(repeating: "x", count: bytes) }

    @Test("one long answer fails alone: who does not grow stays, whatever it holds and however long memory is full")
    func quietOnes() throws {
        let core = Self.core()
        let hub = try #require(core.node.hub)
        let quiet = try (0..<12).map { try asking("quiet\($0)", core, text: text(120_000)) }
        let long = try asking("long", core, text: "")
        for _ in 0..<4_000 where !long.transfer.isCancelled {
            long.transfer.text(text(4_000))
            core.node.flush()
        }
        #expect(long.transfer.isCancelled && hub.runningRequests == 12)
        for _ in 0..<100 {
            core.timers.advance(by: 1)
            core.node.flush()
        }
        #expect(hub.countedBytes > Self.limit, "it has given nothing back")
        #expect(hub.runningRequests == 12)
        try long.tab.read()
        let message = try #require(long.tab.frames.of("error").last?["message"] as String?)
        #expect(message == "The server's memory for sessions is full, and this answer was taking more of it.")
        for one in quiet {
            one.transfer.text("!")
            one.transfer.done()
            one.transfer.end()
        }
        core.node.flush()
        for one in quiet {
            try one.tab.read()
            #expect(one.tab.frames.of("end").count == 1)
        }
    }

    @Test("of those that grow the one that holds most fails, and the others go on once that was enough")
    func largestOfGrowing() throws {
        let core = Self.core()
        let hub = try #require(core.node.hub)
        let silent = try asking("silent", core, text: text(2 << 20))
        let small = try (0..<4).map { try asking("small\($0)", core, text: text(100_000)) }
        let large = try asking("large", core, text: text(200_000))
        for _ in 0..<4_000 where !large.transfer.isCancelled {
            for one in small { one.transfer.text(text(1_500)) }
            large.transfer.text(text(6_000))
            core.node.flush()
        }
        #expect(large.transfer.isCancelled && hub.runningRequests == 5 && !silent.transfer.isCancelled)
        for _ in 0..<100 where hub.runningRequests == 5 {
            for one in small { one.transfer.text(text(1_500)) }
            core.node.flush()
        }
        #expect(hub.runningRequests == 4 && !silent.transfer.isCancelled, "the next step was for one of them")
    }

    @Test(
        "however many grow, and be each of them small, the sum stays at the limit, its margin and what a turn can bring",
        arguments: [30, 400])
    func bounded(count: Int) throws {
        let limit = 4 << 20
        let core = Self.core(limit: limit)
        let hub = try #require(core.node.hub)
        let all = try (0..<count).map { try asking("s\($0)", core, text: "") }
        var (most, broughtMost, turns) = (0, 0, 0)
        while hub.runningRequests > 0, turns < 5_000 {
            let before = hub.countedBytes
            for one in all where !one.transfer.isCancelled { one.transfer.text(text(500)) }
            core.node.flush()
            most = max(most, hub.countedBytes)
            broughtMost = max(broughtMost, hub.countedBytes - before)
            turns += 1
        }
        #expect(hub.runningRequests == 0 && most > limit)
        #expect(most <= limit + limit / Overrun.marginShare + broughtMost)
        for one in all {
            try one.tab.read()
            #expect(one.tab.frames.of("error").map(\.code) == ["too_many_requests"])
        }
    }

    @Test("memory that tabs give back lets the others go on, and new chats start")
    func givenBack() throws {
        let core = Self.core()
        let hub = try #require(core.node.hub)
        let other = try asking("other", core, text: "hello")
        let large = try asking("large", core, text: text(6 << 20))
        #expect(large.transfer.isCancelled && !other.transfer.isCancelled)
        try other.tab.read()
        #expect(try other.tab.chat("q", "x", in: "other").map(\.code) == ["too_many_requests"])
        large.tab.disconnect()
        core.node.flush()
        #expect(hub.countedBytes < Self.limit && hub.sessionCount == 1)
        #expect(try other.tab.chat("q", "x", in: "other").types == ["accepted", "request"])
    }

    @Test("a chat for which there is no room, whatever were forgotten, drives out nobody")
    func noRoom() throws {
        let core = Self.core(limit: 1 << 20)
        let hub = try #require(core.node.hub)
        for index in 0..<5 {
            let tab = try core.tab("u\(index)")
            try tab.chat("r", "x", in: "u\(index)")
            core.answer(text(10_000))
            tab.disconnect()
        }
        let used = try core.tab("used")
        try used.chat("r", "x", in: "used")
        core.answer(text(400_000))
        #expect(hub.sessionCount == 6 && hub.countedBytes < 1 << 20)
        try used.read()
        #expect(try used.chat("q", text(700_000), in: "used").map(\.code) == ["too_many_requests"])
        #expect(hub.sessionCount == 6)
        let left = (1 << 20) - hub.countedBytes
        let other = try core.tab("other")
        #expect(
            try other.chat("q", text(left), in: "other").types.first == "accepted", "to forget some is enough for that")
    }

    @Test("sessions with requests are found whichever of them have ended")
    func busy() throws {
        let core = Self.core()
        let hub = try #require(core.node.hub)
        var all = try (0..<6).map { try asking("s\($0)", core, text: "hello") }
        try all[5].tab.chat("again", "x", in: "s5")
        let again = core.upstream.last
        for index in [2, 5, 0] {
            all[index].transfer.done()
            all[index].transfer.end()
            core.node.flush()
        }
        all.append(try asking("s6", core, text: "hello"))
        #expect(hub.runningRequests == 5)
        core.node.interruptAll()
        #expect(hub.runningRequests == 0 && again.isCancelled)
        for index in [1, 3, 4, 6] { #expect(all[index].transfer.isCancelled) }
    }
}
