import LoadKit

/// One tab of a hundred stops reading: what the others notice, and what the server keeps for it.
struct SlowTabScenario: Scenario {
    let deltas: Int
    private let healthyTabs = 99
    private let rate = 100
    private let padding = 8_000

    var description: String {
        "Answers of 100 deltas a second, 8 KB each, \(deltas * padding / 1_000_000) MB in all, to the 100 tabs of a session: one "
            + "that all read, then one that the hundredth does not. Latency of the 99 others, and what the server's memory grows "
            + "by meanwhile."
    }
    let subjects = [SubjectName.tributary, .node]
    let sockets = 110

    func measure(_ name: SubjectName, on bench: Workbench) throws -> [Row.Part] {
        let subject = try bench.start(name)
        let tally = Tally()
        let slowTally = Tally()
        let tabs = try (0..<healthyTabs).map { _ in
            try SocketTab(subject, session: "slow", tally: tally, loop: bench.loop)
        }
        let slow = try SocketTab(subject, session: "slow", tally: slowTally, loop: bench.loop, receiveBuffer: 16_384)
        try bench.waitForTabs(healthyTabs, tally)
        try bench.waitForTabs(1, slowTally)
        // After two of them the session's log, its transcript and the allocator's pools are full, and an answer that replaces
        // another finds its memory.
        for _ in 0..<2 { _ = try stream(to: tabs, slow, subject, tally, bench) }
        let allRead = try stream(to: tabs, slow, subject, tally, bench)
        try bench.loop.wait(for: "the hundredth tab") { slow.ledger.isComplete || slowTally.hasFailed }
        slow.pause()
        let oneDoesNot = try stream(to: tabs, slow, subject, tally, bench)
        return [
            Row.Part(variant: "all read", figures: allRead), Row.Part(variant: "one does not", figures: oneDoesNot),
        ]
    }

    /// One answer to all; waits for the healthy tabs.
    private func stream(
        to tabs: [SocketTab], _ slow: SocketTab, _ subject: Subject, _ tally: Tally, _ bench: Workbench
    ) throws -> [Figure] {
        tally.reset()
        let before = try subject.figures().residentBytes
        for tab in tabs + [slow] { tab.expect(deltas) }
        tabs[0].ask("paced:\(deltas):\(rate):\(padding)")
        try bench.waitForAnswers(tabs.count, tally, seconds: 60 + 2 * Double(deltas) / Double(rate))
        let growth = try subject.figures().residentBytes - before
        return [
            Figure("latency p50", nanoseconds: tally.latencies.p50), Figure("p99", nanoseconds: tally.latencies.p99),
            Figure("max", nanoseconds: tally.latencies.max),
            Figure("memory grew by", Double(growth) / 1_048_576, .mebibytes),
            Figure("lost", count: tally.lost), Figure("doubled", count: tally.doubled),
        ]
    }
}
