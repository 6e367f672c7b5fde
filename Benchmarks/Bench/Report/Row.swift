/// What one scenario measured of one server, in one run.
struct Row {
    /// What was varied, “100 missed”; empty where nothing was.
    var variant = ""
    let subject: SubjectName
    let figures: [Figure]
}

/// A row over all runs: each figure's median, and what it was made of.
struct RowSummary {
    struct Cell {
        let name: String
        let unit: Figure.Unit
        /// Of each run, in order.
        var values: [Double]

        var median: Double { values.median }
        var text: String { Figure.text(median, unit) }
    }

    let variant: String
    let subject: SubjectName
    var cells: [Cell]

    subscript(name: String) -> Cell? { cells.first { $0.name == name } }
}

extension [Double] {
    /// 0 where there is none.
    var median: Double {
        guard !isEmpty else { return 0 }
        let sorted = sorted()
        let middle = count / 2
        return count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
