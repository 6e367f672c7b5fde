import LoadKit

/// Stop means stop: from the tab's `abort` to the upstream's socket seen closed, by the upstream.
struct AbortScenario: Scenario {
    let aborts: Int
    private let streams = 200
    /// Tabs that abort, one answer after another.
    private let tabs = 4

    var description: String {
        "\(aborts) aborts while 200 other answers of 50 deltas a second run: until the upstream's socket is closed, as the "
            + "upstream sees it, and until the tab is told."
    }
    let subjects = [SubjectName.tributary, .node]
    var sockets: Int { 2 * (streams + tabs) }

    func measure(_ name: SubjectName, on bench: Workbench) throws -> [Row.Part] {
        let subject = try bench.start(name)
        defer { withExtendedLifetime(subject) {} }
        let background = Tally()
        var others: [SocketTab] = []
        for index in 0..<streams {
            others.append(try SocketTab(subject, session: "other-\(index)", tally: background, loop: bench.loop))
        }
        defer { withExtendedLifetime(others) {} }
        try bench.waitForTabs(streams, background)
        for tab in others {
            tab.expect(.max)
            tab.ask("paced:1000000:50:0")
        }
        try bench.loop.wait(for: "the other answers") { background.deltas > 10 * streams }

        _ = try bench.source.takeClosings()
        let series = Series(aborts: aborts)
        let aborting = try (0..<tabs).map { try Aborter(subject, index: $0, series, bench.loop) }
        defer { withExtendedLifetime(aborting) {} }
        try bench.waitForTabs(tabs, series.tally)
        for aborter in aborting { aborter.next() }
        try bench.loop.wait(for: "\(aborts) aborts", seconds: 300) {
            series.told.count >= series.aborts || series.tally.hasFailed || background.hasFailed
        }
        try series.tally.check()
        try background.check()
        let closed = try latencies(of: series, bench)
        return [
            Row.Part(figures: [
                Figure("closed p50", nanoseconds: closed.p50), Figure("closed p99", nanoseconds: closed.p99),
                Figure("closed max", nanoseconds: closed.max), Figure("told p50", nanoseconds: series.told.p50),
                Figure("told p99", nanoseconds: series.told.p99), Figure("aborts", count: Int(closed.count)),
            ])
        ]
    }

    /// What the source says of those transfers. The last may be on their way to it.
    private func latencies(of series: Series, _ bench: Workbench) throws -> Latencies {
        let latencies = Latencies()
        var open = series.sentAt
        try bench.loop.wait(for: "the last of \(aborts) transfers to be closed", seconds: 10) {
            for (key, at) in (try? bench.source.takeClosings()) ?? [:] {
                guard let sent = open.removeValue(forKey: key) else { continue }
                latencies.record(at > sent ? at - sent : 0)
            }
            return open.isEmpty
        }
        return latencies
    }

    /// What the aborting tabs share.
    private final class Series {
        let aborts: Int
        let tally = Tally()
        /// When each abort was sent, by what its answer was asked.
        var sentAt: [String: UInt64] = [:]
        var begun = 0
        /// From the abort to the tab's `aborted` frame.
        let told = Latencies()

        init(aborts: Int) { self.aborts = aborts }
    }

    /// One tab that asks, waits for the first delta, aborts, waits for the word that it is done, and so on.
    private final class Aborter {
        private let tab: SocketTab
        private let series: Series
        /// What its answer was asked.
        private var key = ""
        private var sentAt: UInt64?

        init(_ subject: Subject, index: Int, _ series: Series, _ loop: LoadLoop) throws {
            self.series = series
            tab = try SocketTab(subject, session: "abort-\(index)", tally: series.tally, loop: loop)
            tab.onDeltas = { [unowned self] in abort() }
            tab.onAborted = { [unowned self] in aborted() }
        }

        func next() {
            guard series.begun < series.aborts else { return }
            series.begun += 1
            key = "abort-\(series.begun)"
            sentAt = nil
            tab.expect(.max)
            tab.ask("paced:1000000:50:0", saying: key)
        }

        private func abort() {
            guard sentAt == nil else { return }
            let now = MonotonicClock.now()
            sentAt = now
            series.sentAt[key] = now
            tab.abort()
        }

        private func aborted() {
            guard let sentAt else { return }
            series.told.record(MonotonicClock.now() - sentAt)
            next()
        }
    }
}
