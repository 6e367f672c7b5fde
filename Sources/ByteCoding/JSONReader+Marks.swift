extension JSONReader {
    /// A place in the text to come back to: members may stand in an order that does not suit the caller.
    package struct Mark {
        fileprivate let position: Int
        fileprivate let depth: Int
        fileprivate let isFirst: Bool
    }

    /// This place. Taken where a value is due, that value can be skipped now and read later.
    package var mark: Mark { Mark(position: position, depth: depth, isFirst: isFirst) }

    /// Goes to a place of the same text, back or forth.
    package mutating func go(to mark: Mark) {
        position = mark.position
        depth = mark.depth
        isFirst = mark.isFirst
    }

    /// Moves over a value like `skipValue()`, and gives the bytes it is written in.
    package mutating func skipValueRange() throws(JSONError) -> Range<Int> {
        _ = try nextByte()
        let start = position
        try skipValue()
        return start..<position
    }

    /// Whether two ranges of the text have the same bytes.
    package func isSame(_ one: Range<Int>, _ other: Range<Int>) -> Bool {
        guard one.count == other.count else { return false }
        for distance in 0..<one.count where bytes[one.lowerBound + distance] != bytes[other.lowerBound + distance] {
            return false
        }
        return true
    }
}
