import LoadKit

/// What a running answer holds: its session, its tab's connection, its log, its transfer.
struct MemoryScenario: Scenario {
    let streams: [Int]

    let description =
        "Answers of one delta a second run, one tab for each: memory of the process, less that of a fresh one, for each of them."
    let subjects = SubjectName.allCases
    var sockets: Int { 2 * (streams.max() ?? 0) }

    func measure(_ name: SubjectName, on bench: Workbench) throws -> [Row.Part] {
        try streams.map { try measure(name, streams: $0, on: bench) }
    }

    private func measure(_ name: SubjectName, streams: Int, on bench: Workbench) throws -> Row.Part {
        let subject = try bench.start(name)
        // A server may listen before it has set up all it holds.
        bench.loop.rest(seconds: 0.5)
        let before = try subject.figures().residentBytes
        let tally = Tally()
        var tabs: [any Tab] = []
        defer { withExtendedLifetime(tabs) {} }
        for index in 0..<streams {
            if name == .nginx {
                tabs.append(try EventStreamTab(subject, tally: tally, loop: bench.loop))
            } else {
                tabs.append(try SocketTab(subject, session: "memory-\(index)", tally: tally, loop: bench.loop))
            }
            if index % 64 == 63 { bench.loop.turn() }
        }
        try bench.waitForTabs(streams, tally)
        for (index, tab) in tabs.enumerated() {
            tab.expect(.max)
            tab.ask("paced:1000000:1:0")
            if index % 32 == 31 { bench.loop.turn() }
        }
        try bench.loop.wait(for: "\(streams) answers to run") {
            tally.deltas >= 4 * streams || tally.hasFailed
        }
        try tally.check()
        let after = try subject.figures().residentBytes
        return Row.Part(
            variant: "\(streams) streams",
            figures: [
                Figure("memory per stream", Double(after - before) / 1_024 / Double(streams), .kibibytes),
                Figure("before", Double(before) / 1_048_576, .mebibytes),
                Figure("after", Double(after) / 1_048_576, .mebibytes),
            ])
    }
}
