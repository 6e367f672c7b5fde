/// Byte-pair merging of one piece of up to `longest` bytes: of all neighbouring parts whose bytes together are a token, the two of the lowest rank become one, the
/// leftmost of equals; again and again until none are left.
///
/// A scan over all parts for each merge: quadratic, but of a line or two of cache, without an allocation. Longer pieces are `LongPieceMerge`'s.
struct PieceMerge {
    package static let longest = 128

    /// Where each part begins, in bytes from the piece's start, and behind the last one the piece's end.
    private var starts = InlineArray<129, UInt8>(repeating: 0)
    /// The rank that each part and the next one would have together.
    private var ranks = InlineArray<129, UInt32>(repeating: RankTable.none)
    private(set) var count: Int

    /// - Precondition: `piece` has at least two bytes and at most `longest`.
    init(_ piece: Range<Int>, in text: Span<UInt8>, _ table: RankTable) {
        count = piece.count
        for index in 0..<count - 1 {
            starts[index] = UInt8(truncatingIfNeeded: index)
            ranks[index] = table.rank(ofPair: text[piece.lowerBound + index], text[piece.lowerBound + index + 1])
        }
        starts[count - 1] = UInt8(truncatingIfNeeded: count - 1)
        starts[count] = UInt8(truncatingIfNeeded: count)
        while let part = lowest() {
            // `part` takes in the next one; what is behind that moves up.
            count -= 1
            var index = part + 1
            while index < count {
                starts[index] = starts[index + 1]
                ranks[index] = ranks[index + 1]
                index += 1
            }
            starts[count] = starts[count + 1]
            ranks[part] = rank(of: part, piece, text, table)
            if part > 0 { ranks[part - 1] = rank(of: part - 1, piece, text, table) }
        }
    }

    /// Where a part begins, in bytes from the piece's start; of `count`, the piece's end.
    @inline(__always)
    func start(of part: Int) -> Int { Int(starts[part]) }

    /// The part to be merged with the next one; nil when there is none.
    @inline(__always)
    private func lowest() -> Int? {
        var lowest = RankTable.none
        var part = 0
        for index in 0..<count - 1 where ranks[index] < lowest {
            lowest = ranks[index]
            part = index
        }
        return lowest < RankTable.none ? part : nil
    }

    /// The rank of a part and the next one together.
    @inline(__always)
    private func rank(of part: Int, _ piece: Range<Int>, _ text: Span<UInt8>, _ table: RankTable) -> UInt32 {
        guard part + 2 <= count else { return RankTable.none }
        let start = piece.lowerBound + Int(starts[part])
        return table.rank(of: start..<piece.lowerBound + Int(starts[part + 2]), in: text)
    }
}
