/// Byte-pair merging of a piece of any length, in windows that a cache can hold.
///
/// Windows overlap, and are joined where both have the same token. That is exact, because of this: *a row of tokens is
/// what merging makes of their text if, and only if, of every two neighbours merging their text alone makes these two.*
/// (A merge is chosen by rank and place among all that are possible, so what is chosen within a stretch of text does
/// not depend on what happens outside, as long as nothing is merged across the stretch's ends. If: take the first merge
/// that would cross a boundary of the row; up to then the two tokens beside it were a stretch of their own, and it
/// would be made there too. Only if: two tokens that come out were such a stretch from beginning to end.) Now let the
/// token T be in the row of one window and in that of the next: the tokens of the one up to T and those of the other
/// from T on are a row in which all neighbours are neighbours in one of the windows.
struct LongPieceMerge: ~Copyable {
    /// In bytes. A few times `RankFile.maxTokenLength`, and small enough that all of its 24 KB stay in the first cache:
    /// a piece of a million bytes took 0.45 s as one window, and takes 0.2 as a thousand.
    private static let window = 1 << 10
    /// In bytes, at least; more than the longest token of OpenAI's.
    private static let overlap = 192

    private var current = WindowMerge()
    private var next = WindowMerge()

    /// Gives `sink` the tokens of `piece`, which has at least two bytes.
    mutating func merge(_ piece: Range<Int>, in text: Span<UInt8>, _ table: RankTable, into sink: inout some TokenSink)
    {
        let before = sink.count
        var begin = piece.lowerBound
        current.merge(begin..<min(begin + Self.window, piece.upperBound), in: text, table)
        while current.range.upperBound < piece.upperBound {
            // The next window begins with a token of this one, so that the first it has will mostly be the same.
            var start = current.range.upperBound - Self.overlap
            while current.tokenEnd(at: start) == nil { start -= 1 }
            next.merge(start..<min(start + Self.window, piece.upperBound), in: text, table)
            guard let joint = firstCommonToken(from: start) else {
                // It takes a vocabulary made for it: without windows, then.
                sink.truncate(to: before)
                begin = piece.lowerBound
                current.merge(piece, in: text, table)
                break
            }
            give(begin..<joint, in: text, table, to: &sink)
            begin = joint
            swap(&current, &next)
        }
        give(begin..<piece.upperBound, in: text, table, to: &sink)
    }

    /// Where a token begins that both windows have; the second of them begins at `start`.
    private func firstCommonToken(from start: Int) -> Int? {
        var index = start
        // The last tokens of the first window are not those of a longer text: but any that the second has too will do.
        while index < current.range.upperBound {
            let (one, other) = (current.tokenEnd(at: index), next.tokenEnd(at: index))
            if one != nil, one == other { return index }
            index += 1
        }
        return nil
    }

    /// The tokens of the window at hand, from one of its boundaries to another.
    private func give(_ range: Range<Int>, in text: Span<UInt8>, _ table: RankTable, to sink: inout some TokenSink) {
        var start = range.lowerBound
        while start < range.upperBound, let end = current.tokenEnd(at: start) {
            sink.add(start..<end, in: text, table)
            start = end
        }
    }
}
