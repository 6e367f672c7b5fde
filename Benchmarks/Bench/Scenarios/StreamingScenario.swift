import LoadKit

/// Answers through a server to tabs: what each delta costs it, and how late it comes.
struct StreamingScenario: Scenario {
    let streams: Int
    /// Tabs of one session that see each stream.
    let tabsPerStream: Int
    /// Deltas of each answer.
    let deltas: Int
    /// Deltas a second of each answer; 0 for as many as the server takes.
    let rate: Int
    let description: String
    let subjects: [SubjectName]

    static func relay(_ isQuick: Bool) -> StreamingScenario {
        StreamingScenario(
            streams: 500, tabsPerStream: 1, deltas: isQuick ? 100 : 400, rate: 50,
            description: "500 answers at once of 50 deltas a second each, one tab for each: 25,000 deltas a second.",
            subjects: SubjectName.allCases)
    }

    static func burst(_ isQuick: Bool) -> StreamingScenario {
        StreamingScenario(
            streams: 50, tabsPerStream: 1, deltas: isQuick ? 2_000 : 8_000, rate: 0,
            description: "50 answers at once, as fast as the server takes them, one tab for each.",
            subjects: SubjectName.allCases)
    }

    static func fanOut(_ isQuick: Bool) -> StreamingScenario {
        StreamingScenario(
            streams: 1, tabsPerStream: 1_000, deltas: isQuick ? 100 : 400, rate: 50,
            description: "One answer of 50 deltas a second to 1,000 tabs of its session: 50,000 deliveries a second.",
            subjects: [.tributary, .node])
    }

    static func fastModel(_ isQuick: Bool) -> StreamingScenario {
        StreamingScenario(
            streams: 100, tabsPerStream: 1, deltas: isQuick ? 1_000 : 4_000, rate: 500,
            description: "100 answers at once of 500 deltas a second each, one tab for each: 50,000 deltas a second.",
            subjects: SubjectName.allCases)
    }

    private var isFanOut: Bool { tabsPerStream > 1 }
    private var tabCount: Int { streams * tabsPerStream }
    var sockets: Int { tabCount + streams }

    func measure(_ name: SubjectName, on bench: Workbench) throws -> [Row.Part] {
        let subject = try bench.start(name)
        let tally = Tally()
        let tabs = try openTabs(of: subject, tally, bench)
        // Connections to the upstream, a JIT's compiled code, an allocator's pools: what a server has once, it has now.
        try stream(20, rate: 0, to: tabs, tally, bench, seconds: 60)
        bench.loop.rest(seconds: 0.3)
        tally.reset()

        let before = try (subject: subject.figures(), load: bench.loadNanoseconds())
        let start = MonotonicClock.now()
        // The slowest peer is given four times the time that the answers take, and a minute.
        let due = rate > 0 ? Double(deltas) / Double(rate) : 0
        try stream(deltas, rate: rate, to: tabs, tally, bench, seconds: 60 + 4 * due)
        let seconds = Double(MonotonicClock.now() - start) / 1e9
        let after = try (subject: subject.figures(), load: bench.loadNanoseconds())

        let count = Double(max(tally.deltas, 1))
        let cpu = Double(after.subject.cpuNanoseconds - before.subject.cpuNanoseconds) / 1_000 / count
        let load = Double(after.load - before.load) / 1_000 / count
        return [
            Row.Part(figures: [
                Figure(isFanOut ? "CPU per delivery" : "CPU per delta", cpu, .microseconds),
                Figure("latency p50", nanoseconds: tally.latencies.p50),
                Figure("p99", nanoseconds: tally.latencies.p99),
                Figure("max", nanoseconds: tally.latencies.max),
                Figure(isFanOut ? "deliveries/s" : "deltas/s", (count / seconds).rounded(), .count),
                Figure("lost", count: tally.lost),
                Figure("doubled", count: tally.doubled),
                Figure("load's own CPU", load, .microseconds),
            ])
        ]
    }

    private func openTabs(of subject: Subject, _ tally: Tally, _ bench: Workbench) throws -> [any Tab] {
        var tabs: [any Tab] = []
        for index in 0..<tabCount {
            if subject.name == .nginx {
                tabs.append(try EventStreamTab(subject, tally: tally, loop: bench.loop))
            } else {
                let session = "bench-\(index / tabsPerStream)"
                tabs.append(try SocketTab(subject, session: session, tally: tally, loop: bench.loop))
            }
            if index % 64 == 63 { bench.loop.turn() }
        }
        try bench.waitForTabs(tabCount, tally)
        return tabs
    }

    /// One answer to each session, asked for by its last tab.
    private func stream(
        _ deltas: Int, rate: Int, to tabs: [any Tab], _ tally: Tally, _ bench: Workbench, seconds: Double
    ) throws {
        for tab in tabs { tab.expect(deltas) }
        let before = tally.completeAnswers
        for (asked, index) in stride(from: tabsPerStream - 1, to: tabs.count, by: tabsPerStream).enumerated() {
            tabs[index].ask("paced:\(deltas):\(rate):0")
            if asked % 32 == 31 { bench.loop.turn() }
        }
        try bench.waitForAnswers(before + tabs.count, tally, seconds: seconds)
    }
}
