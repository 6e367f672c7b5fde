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

    /// No more text will come: every half that waits becomes U+FFFD.
    mutating func flush(into batch: inout DeltaBatch) {
        for (place, _) in halves {
            let offset = batch.bytes.count
            batch.bytes.appendReplacementCharacter()
            batch.deltas.append(
                Delta(
                    kind: place.kind, choice: place.choice, toolIndex: place.toolIndex, offset: UInt32(offset),
                    contentLength: UInt32(batch.bytes.count - offset)))
        }
        halves.removeAll()
    }
}
