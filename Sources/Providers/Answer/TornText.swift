import ByteCoding

/// Where a run of text belongs: pieces with the same place are pieces of one string.
struct TextPlace: Equatable {
    var kind: Delta.Kind
    var choice: UInt16
    var toolIndex: UInt16 = 0
}

/// Surrogate halves that wait for the other one: some servers cut their deltas within a pair.
struct TornText {
    private(set) var halves: [(place: TextPlace, half: HighSurrogate)] = []

    var isEmpty: Bool { halves.isEmpty }

    /// The half that waits there, which then waits no more.
    mutating func take(_ place: TextPlace) -> HighSurrogate? {
        guard let index = halves.firstIndex(where: { $0.place == place }) else { return nil }
        return halves.remove(at: index).half
    }

    mutating func keep(_ half: HighSurrogate, at place: TextPlace) {
        halves.append((place, half))
    }

    /// All places where a half waits, which then waits no more.
    mutating func takeAll() -> [TextPlace] {
        defer { halves.removeAll() }
        return halves.map(\.place)
    }
}
