import LoadKit

/// From the start of the process to the line that says it listens. The millisecond of `setpriv`, which becomes the program (see
/// `ChildProcess`), is in it.
struct StartScenario: Scenario {
    let times: Int

    var description: String { "Median and slowest of \(times) starts, from exec to the line that says it listens." }
    let subjects = [SubjectName.tributary, .node]
    let sockets = 0

    func measure(_ name: SubjectName, on bench: Workbench) throws -> [Row.Part] {
        // The first reads the program from the disk.
        _ = try bench.start(name)
        var times: [Double] = []
        for _ in 0..<self.times {
            let subject = try bench.start(name)
            times.append(Double(subject.listeningAt - subject.startedAt) / 1e6)
        }
        return [
            Row.Part(figures: [
                Figure("until it listens", times.median, .milliseconds),
                Figure("slowest", times.max() ?? 0, .milliseconds),
            ])
        ]
    }
}
