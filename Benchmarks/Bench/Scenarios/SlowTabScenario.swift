import LoadKit

/// One tab of a hundred stops reading: what the others notice, and what the server keeps for it.
struct SlowTabScenario: Scenario {
    let deltas: Int
    private let healthyTabs = 99
    private let rate = 100
    private let padding = 8_000

    var description: String {
        "One answer of 100 deltas a second, 8 KB each, to 100 tabs, \(deltas * padding / 1_000_000) MB in all: first all read, "
            + "then one does not. Latency of the 99 others, and what the server's memory grows by in the second part."
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
        try stream(50, to: tabs, slow, tally, bench)
        try bench.loop.wait(for: "the slow tab") { slow.ledger.isComplete || slowTally.hasFailed }

        try stream(deltas, to: tabs, slow, tally, bench)
        let (p50, p99, before) = try (tally.latencies.p50, tally.latencies.p99, subject.figures().residentBytes)
        let (lost, doubled) = (tally.lost, tally.doubled)
        slow.pause()
        try stream(deltas, to: tabs, slow, tally, bench)
        let growth = try subject.figures().residentBytes - before
        return [
            Row.Part(figures: [
                Figure("all read: p50", nanoseconds: p50), Figure("p99", nanoseconds: p99),
                Figure("one does not: p50", nanoseconds: tally.latencies.p50),
                Figure("p99 of the others", nanoseconds: tally.latencies.p99),
                Figure("memory grew by", Double(growth) / 1_048_576, .mebibytes),
                Figure("lost", count: lost + tally.lost), Figure("doubled", count: doubled + tally.doubled),
            ])
        ]
    }

    /// One answer to all; waits for the healthy tabs.
    private func stream(
        _ deltas: Int, to tabs: [SocketTab], _ slow: SocketTab, _ tally: Tally, _ bench: Workbench
    ) throws {
        tally.reset()
        for tab in tabs + [slow] { tab.expect(deltas) }
        tabs[0].ask("paced:\(deltas):\(rate):\(padding)")
        try bench.waitForAnswers(tabs.count, tally, seconds: 60 + 2 * Double(deltas) / Double(rate))
    }
}
