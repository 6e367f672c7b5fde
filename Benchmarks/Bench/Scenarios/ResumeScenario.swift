import LoadKit

/// A tab that comes back: from the connect to the first frame that it missed, and to the last.
struct ResumeScenario: Scenario {
    let rounds: Int
    private let deltas = 9_900
    private let gaps = [10, 100, 1_000, 9_000]

    let description =
        "A tab connects, joins with its position, and has missed so many deltas: until it has the first of them, and all. "
        + "Medians and the slowest."
    let subjects = [SubjectName.tributary]
    let sockets = 10

    func measure(_ name: SubjectName, on bench: Workbench) throws -> [Row.Part] {
        let subject = try bench.start(name)
        let wave = JudgedTab.Wave()
        let witness = JudgedTab(session: "resume", of: subject, wave: wave, loop: bench.loop)
        try witness.connect()
        try bench.loop.wait(for: "a tab") { wave.joined == 1 || wave.hasFailed }
        witness.ask("paced:\(deltas):0:0")
        try bench.loop.wait(for: "an answer") { witness.endedAnswers == 1 || wave.hasFailed }
        try wave.check()
        // The log holds `request`, `start`, the deltas and `end`; delta I has the seq I + 3.
        return try gaps.map { gap in
            try measure(subject, epoch: witness.epoch, gap: gap, on: bench)
        }
    }

    private func measure(_ subject: Subject, epoch: String, gap: Int, on bench: Workbench) throws -> Row.Part {
        let first = Latencies()
        let all = Latencies()
        let tally = Tally()
        for _ in 0..<rounds {
            let next = deltas - gap
            let position = #"{"epoch":"\#(epoch)","seq":\#(next + 2)}"#
            let start = MonotonicClock.now()
            let tab = try SocketTab(
                subject, session: "resume", position: position, ledger: AnswerLedger(expected: deltas, next: next),
                tally: tally, loop: bench.loop)
            var firstAt: UInt64?
            tab.onDeltas = { if firstAt == nil { firstAt = MonotonicClock.now() } }
            try bench.loop.wait(for: "\(gap) missed deltas") { tab.ledger.isComplete || tally.hasFailed }
            try tally.check()
            all.record(MonotonicClock.now() - start)
            if let firstAt { first.record(firstAt - start) }
        }
        return Row.Part(
            variant: "\(gap) missed",
            figures: [
                Figure("first p50", nanoseconds: first.p50), Figure("first max", nanoseconds: first.max),
                Figure("all p50", nanoseconds: all.p50), Figure("all max", nanoseconds: all.max),
                Figure("lost", count: tally.lost), Figure("doubled", count: tally.doubled),
            ])
    }
}
