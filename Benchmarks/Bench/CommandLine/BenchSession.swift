import LoadKit

/// One call of the tool: goes through the scenarios, prints each row as it ends, and keeps what was measured.
final class BenchSession {
    private(set) var results = Results()
    /// Nothing of ours failed, and nothing was lost or doubled.
    private(set) var isClean = true
    private let bench: Workbench
    private let scenarios: [ScenarioName]
    private let isQuick: Bool
    private let withPeers: Bool

    init(bench: Workbench, scenarios: [ScenarioName], isQuick: Bool, withPeers: Bool) {
        self.bench = bench
        self.scenarios = scenarios
        self.isQuick = isQuick
        self.withPeers = withPeers
    }

    /// One run of everything.
    func measure() {
        for name in scenarios {
            let scenario = name.scenario(isQuick: isQuick)
            say("\n\(name.rawValue): \(scenario.description)")
            if let shortage = DescriptorLimit.shortage(for: scenario.sockets) {
                isClean = false
                note(shortage, name, scenario)
                continue
            }
            for subject in scenario.subjects where withPeers || subject == .tributary {
                if let missing = subject.missing {
                    note("\(subject.rawValue) was left out: \(missing) (scripts/bench --install-peers)", name, scenario)
                } else {
                    measure(subject, name, scenario)
                }
            }
        }
    }

    func printTables() {
        for section in results.sections {
            say("\n\(section.scenario.rawValue): \(section.description)")
            for grid in Grid.grids(of: section) { say(grid.text) }
            for remark in section.remarks { say(remark) }
        }
    }

    private func measure(_ subject: SubjectName, _ name: ScenarioName, _ scenario: any Scenario) {
        do {
            let other = try OtherLoad(source: bench.source.figures().cpuNanoseconds)
            let parts = try scenario.measure(subject, on: bench)
            let share = try other.share(source: bench.source.figures().cpuNanoseconds)
            for part in parts {
                let row = Row(variant: part.variant, subject: subject, figures: part.figures)
                results.add(row, of: name, description: scenario.description)
                let words = row.figures.map { "\($0.name) \($0.text)" }.joined(separator: ", ")
                say("  \(part.variant.isEmpty ? "" : part.variant + ", ")\(subject.rawValue): \(words)")
                if subject == .tributary, row.hasFaults { isClean = false }
            }
            results.add(otherLoad: share, to: name, description: scenario.description)
            guard share > OtherLoad.tolerable else { return }
            say("  (others used \((share * 100).text(decimals: 0)) % of the machine meanwhile)")
        } catch {
            if subject == .tributary { isClean = false }
            note("\(subject.rawValue) failed: \(error)", name, scenario)
        }
    }

    private func note(_ note: String, _ name: ScenarioName, _ scenario: any Scenario) {
        say("  \(note)")
        results.add(note: note, to: name, description: scenario.description)
    }
}

extension Row {
    /// Deltas that did not come, or came twice, or tabs that lost their place.
    fileprivate var hasFaults: Bool {
        figures.contains { ["lost", "doubled", "not where they were"].contains($0.name) && $0.value > 0 }
    }
}
