import LoadKit

/// Thousands of tabs that wait, each in a session of its own: what one costs to have, and how long it takes until all are
/// back after all were cut off at once.
struct IdleScenario: Scenario {
    let connections: Int
    /// Tabs that get an answer while they are cut off.
    private let streams = 100
    private let streamDeltas = 400
    private let shortDeltas = 5
    /// Handshakes at a time: more than a server's backlog holds would measure the kernel's retries.
    private let handshakes = 256

    var description: String {
        "\(connections) tabs connect, each to a session of its own. Then each gets a short answer, and, while 100 of them get one "
            + "of 50 deltas a second, all are cut off at once and come back with their positions."
    }
    let subjects = [SubjectName.tributary, .node]
    var sockets: Int { connections + 1_200 }

    func measure(_ name: SubjectName, on bench: Workbench) throws -> [Row.Part] {
        let subject = try bench.start(name)
        return try name == .tributary ? measureTributary(subject, bench) : [measurePeer(subject, bench)]
    }

    // MARK: A peer, which has no positions to come back with

    private func measurePeer(_ subject: Subject, _ bench: Workbench) throws -> Row.Part {
        let tally = Tally()
        var tabs: [SocketTab] = []
        defer { withExtendedLifetime(tabs) {} }
        return try measureConnecting(subject, bench) {
            while tally.readyTabs < connections {
                while tabs.count < connections, tabs.count - tally.readyTabs < handshakes {
                    let session = "idle-\(tabs.count)"
                    tabs.append(try SocketTab(subject, session: session, tally: tally, loop: bench.loop))
                }
                let ready = tally.readyTabs
                try bench.loop.wait(for: "tabs to connect") { tally.readyTabs > ready || tally.hasFailed }
                try tally.check()
            }
        }
    }

    private func measureConnecting(_ subject: Subject, _ bench: Workbench, _ connect: () throws -> Void) throws
        -> Row.Part
    {
        let before = try subject.figures()
        let start = MonotonicClock.now()
        try connect()
        let seconds = Double(MonotonicClock.now() - start) / 1e9
        bench.loop.rest(seconds: 1)
        let after = try subject.figures()
        let cpu = Double(after.cpuNanoseconds - before.cpuNanoseconds) / 1_000 / Double(connections)
        return Row.Part(
            variant: "connect and join",
            figures: [
                Figure("until all have joined", seconds, .seconds), Figure("CPU per tab", cpu, .microseconds),
                Figure("memory per tab", kibibytesPerTab(before, after), .kibibytes),
            ])
    }

    private func kibibytesPerTab(_ before: ProcessFigures, _ after: ProcessFigures) -> Double {
        Double(after.residentBytes - before.residentBytes) / 1_024 / Double(connections)
    }

    // MARK: Tributary

    private func measureTributary(_ subject: Subject, _ bench: Workbench) throws -> [Row.Part] {
        let fresh = try subject.figures()
        let wave = JudgedTab.Wave()
        let tabs = (0..<connections).map {
            JudgedTab(session: "idle-\($0)", of: subject, wave: wave, loop: bench.loop)
        }
        let connected = try measureConnecting(subject, bench) { try connect(tabs, wave, bench) }
        try giveShortAnswers(tabs, wave, bench)
        bench.loop.rest(seconds: 1)
        let answered = try Row.Part(
            variant: "a short answer each",
            figures: [Figure("memory per tab", kibibytesPerTab(fresh, subject.figures()), .kibibytes)])
        return try [connected, answered, cutOff(tabs, wave, bench)]
    }

    private func connect(_ tabs: [JudgedTab], _ wave: JudgedTab.Wave, _ bench: Workbench) throws {
        wave.joined = 0
        wave.connecting = 0
        for tab in tabs {
            try tab.connect()
            guard wave.connecting >= handshakes else { continue }
            try bench.loop.wait(for: "tabs to connect") { wave.connecting < handshakes || wave.hasFailed }
            try wave.check()
        }
        try bench.loop.wait(for: "all tabs to join") { wave.joined >= tabs.count || wave.hasFailed }
        try wave.check()
    }

    /// A session without a request dies with its last tab, and so would its position.
    private func giveShortAnswers(_ tabs: [JudgedTab], _ wave: JudgedTab.Wave, _ bench: Workbench) throws {
        for (asked, tab) in tabs.enumerated() {
            tab.ask("paced:\(shortDeltas):0:0")
            try bench.loop.wait(for: "short answers") {
                asked - wave.endedAnswers < 200 || wave.hasFailed
            }
            try wave.check()
        }
        try bench.loop.wait(for: "the last short answers") {
            wave.endedAnswers >= tabs.count || wave.hasFailed
        }
        try wave.check()
    }

    private func cutOff(_ tabs: [JudgedTab], _ wave: JudgedTab.Wave, _ bench: Workbench) throws -> Row.Part {
        let streaming = tabs.prefix(streams)
        for tab in streaming { tab.ask("paced:\(streamDeltas):50:0") }
        try bench.loop.wait(for: "answers to run") {
            streaming.allSatisfy { $0.deltasSeen > shortDeltas } || wave.hasFailed
        }
        let start = MonotonicClock.now()
        for tab in tabs { tab.cut() }
        try connect(tabs, wave, bench)
        let seconds = Double(MonotonicClock.now() - start) / 1e9
        try bench.loop.wait(for: "the answers that ran meanwhile") {
            wave.endedAnswers >= tabs.count + streaming.count || wave.hasFailed
        }
        try wave.check()
        let seen = tabs.reduce(0) { $0 + $1.deltasSeen }
        let due = tabs.count * shortDeltas + streaming.count * streamDeltas
        return Row.Part(
            variant: "cut off, and back",
            figures: [
                Figure("until all are back", seconds, .seconds),
                Figure("not where they were", count: tabs.count { $0.snapshots > 1 }),
                Figure("lost", count: max(0, due - seen)), Figure("doubled", count: max(0, seen - due)),
            ])
    }
}
