import Foundation

/// The results as a program reads them: every run's values, none rounded.
struct JSONReport: Codable {
    struct Section: Codable {
        let scenario: String
        let description: String
        let rows: [Row]
        let notes: [String]
        let otherLoad: Double
    }

    struct Row: Codable {
        let variant: String
        let server: String
        let figures: [Cell]
    }

    struct Cell: Codable {
        let name: String
        let unit: String
        let median: Double
        let values: [Double]
    }

    let surroundings: Surroundings
    let sections: [Section]

    init(_ results: Results, _ surroundings: Surroundings) {
        self.surroundings = surroundings
        sections = results.sections.map { section in
            Section(
                scenario: section.scenario.rawValue, description: section.description,
                rows: section.rows.map { row in
                    Row(
                        variant: row.variant, server: row.subject.rawValue,
                        figures: row.cells.map {
                            Cell(name: $0.name, unit: $0.unit.rawValue, median: $0.median, values: $0.values)
                        })
                }, notes: section.notes, otherLoad: section.otherLoad)
        }
    }

    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try (encoder.encode(self) + Data("\n".utf8)).write(to: URL(fileURLWithPath: path))
    }
}
