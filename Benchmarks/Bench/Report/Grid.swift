/// A table: a head and rows of text, of equal length.
struct Grid {
    let head: [String]
    let rows: [[String]]

    /// Rows that have the same figures share one table, in their order.
    static func grids(of section: Results.Section) -> [Grid] {
        var grids: [Grid] = []
        for row in section.rows {
            let variant = section.rows.contains { !$0.variant.isEmpty } ? [row.variant] : []
            let head = variant.map { _ in "" } + ["server"] + row.cells.map(\.name)
            let line = variant + [row.subject.rawValue] + row.cells.map(\.text)
            if let last = grids.last, last.head == head {
                grids[grids.count - 1] = Grid(head: head, rows: last.rows + [line])
            } else {
                grids.append(Grid(head: head, rows: [line]))
            }
        }
        return grids
    }

    /// The first columns are words, the others numbers.
    private var wordColumns: Int { head[0].isEmpty ? 2 : 1 }

    /// For a terminal.
    var text: String {
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        let lines = ([head] + rows).map { row in
            row.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                return column < wordColumns ? row[column] + padding : padding + row[column]
            }.joined(separator: "  ")
        }
        return lines.joined(separator: "\n")
    }

    var markdown: String {
        let ruler = head.indices.map { $0 < wordColumns ? "---" : "---:" }
        return ([head, ruler] + rows).map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }
}
