/// Everything that was measured, scenario by scenario.
struct Results {
    struct Section {
        let scenario: ScenarioName
        /// One sentence: what was done.
        var description: String
        var rows: [RowSummary] = []
        /// Peers that were left out, and why.
        var notes: [String] = []
        /// What share of the machine others used meanwhile, at most.
        var otherLoad = 0.0

        /// What a reader of the rows should know.
        var remarks: [String] {
            guard otherLoad > OtherLoad.tolerable else { return notes }
            let percent = (otherLoad * 100).text(decimals: 0)
            return notes + ["Others used up to \(percent) % of the machine meanwhile: repeat it when it is quiet."]
        }
    }

    private(set) var sections: [Section] = []

    /// Adds one row of one run.
    mutating func add(_ row: Row, of scenario: ScenarioName, description: String) {
        let index = section(of: scenario, description)
        let rows = sections[index].rows
        guard let known = rows.firstIndex(where: { $0.variant == row.variant && $0.subject == row.subject }) else {
            let cells = row.figures.map { RowSummary.Cell(name: $0.name, unit: $0.unit, values: [$0.value]) }
            // Servers side by side, variant by variant.
            let place = rows.lastIndex { $0.variant == row.variant }.map { $0 + 1 } ?? rows.endIndex
            let summary = RowSummary(variant: row.variant, subject: row.subject, cells: cells)
            sections[index].rows.insert(summary, at: place)
            return
        }
        for figure in row.figures {
            guard let cell = rows[known].cells.firstIndex(where: { $0.name == figure.name }) else { continue }
            sections[index].rows[known].cells[cell].values.append(figure.value)
        }
    }

    /// Says once why something is missing.
    mutating func add(note: String, to scenario: ScenarioName, description: String) {
        let index = section(of: scenario, description)
        if !sections[index].notes.contains(note) { sections[index].notes.append(note) }
    }

    mutating func add(otherLoad share: Double, to scenario: ScenarioName, description: String) {
        let index = section(of: scenario, description)
        sections[index].otherLoad = max(sections[index].otherLoad, share)
    }

    private mutating func section(of scenario: ScenarioName, _ description: String) -> Int {
        if let index = sections.firstIndex(where: { $0.scenario == scenario }) { return index }
        sections.append(Section(scenario: scenario, description: description))
        return sections.count - 1
    }
}
