/// The name that somebody who wrote `name` may have meant: the one with the fewest slips, at most a third of its letters.
func nearestName(to name: String, among known: [String]) -> String? {
    let slips = known.map { (name: $0, slips: slipCount(name.lowercased(), $0.lowercased())) }
    guard let best = slips.min(by: { $0.slips < $1.slips }), best.slips <= max(1, best.name.count / 3) else {
        return nil
    }
    return best.name
}

/// How many letters have to be added, left out, changed, or swapped with the next one (the optimal string alignment distance).
private func slipCount(_ one: String, _ other: String) -> Int {
    let (one, other) = (Array(one), Array(other))
    guard !one.isEmpty, !other.isEmpty else { return max(one.count, other.count) }
    var rows = [Array(0...other.count)]
    for i in 1...one.count {
        var row = [i]
        for j in 1...other.count {
            let change = rows[i - 1][j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1)
            var least = min(rows[i - 1][j] + 1, row[j - 1] + 1, change)
            if i > 1, j > 1, one[i - 1] == other[j - 2], one[i - 2] == other[j - 1] {
                least = min(least, rows[i - 2][j - 2] + 1)
            }
            row.append(least)
        }
        rows.append(row)
    }
    return rows[one.count][other.count]
}
