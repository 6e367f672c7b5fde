/// Byte-pair merging of one piece of up to `longest` bytes: of all neighbouring parts whose bytes together are a token,
/// the two of the lowest rank become one, the leftmost of equals; again and again until none are left.
///
/// A scan over all parts for each merge: quadratic, but of a few lines of cache, without an allocation. Longer pieces
/// are `LongPieceMerge`'s.
enum PieceMerge {
    static let longest = 128

    /// Gives `sink` the tokens of `piece`, which has at least two bytes.
    ///
    /// The arrays are only touched by spans: what an `InlineArray` of this size is asked by its own subscript is copied
    /// first, which took two thirds of the time.
    static func merge(_ piece: Range<Int>, in text: Span<UInt8>, _ table: RankTable, into sink: inout some TokenSink) {
        var startStorage = InlineArray<129, UInt8>(repeating: 0)
        var rankStorage = InlineArray<129, UInt32>(repeating: RankTable.none)
        /// Where each part begins, in bytes from the piece's start, and behind the last one the piece's end.
        var starts = startStorage.mutableSpan
        /// The rank that each part and the next one would have together.
        var ranks = rankStorage.mutableSpan
        var count = piece.count
        for index in 0..<count - 1 {
            starts[index] = UInt8(truncatingIfNeeded: index)
            ranks[index] = table.rank(ofPair: text[piece.lowerBound + index], text[piece.lowerBound + index + 1])
        }
        starts[count - 1] = UInt8(truncatingIfNeeded: count - 1)
        starts[count] = UInt8(truncatingIfNeeded: count)

        while let part = lowest(of: ranks.span, count - 1) {
            // `part` takes in the next one; what is behind that moves up.
            count -= 1
            for index in part + 1..<count {
                starts[index] = starts[index + 1]
                ranks[index] = ranks[index + 1]
            }
            starts[count] = starts[count + 1]
            ranks[count - 1] = RankTable.none
            for changed in max(part - 1, 0)..<min(part + 1, count - 1) {
                let start = piece.lowerBound + Int(starts[changed])
                ranks[changed] = table.rank(of: start..<piece.lowerBound + Int(starts[changed + 2]), in: text)
            }
        }
        for part in 0..<count {
            sink.add(piece.lowerBound + Int(starts[part])..<piece.lowerBound + Int(starts[part + 1]), in: text, table)
        }
    }

    /// The first of the lowest ranks up to `end`; nil when there is none.
    @inline(__always)
    private static func lowest(of ranks: Span<UInt32>, _ end: Int) -> Int? {
        var lowest = RankTable.none
        var part = 0
        for index in 0..<end where ranks[index] < lowest {
            lowest = ranks[index]
            part = index
        }
        return lowest < RankTable.none ? part : nil
    }
}
