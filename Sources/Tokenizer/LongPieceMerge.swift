/// Byte-pair merging of a long piece, as `PieceMerge` does it of a short one: the parts are a linked list, the pairs that can be merged a heap, by rank and place.
/// Takes n log n, and up to 28 bytes for each of the piece.
struct LongPieceMerge {
    /// By a part's first byte: where the next part begins; the piece's end behind the last one.
    private(set) var next: [UInt32]
    /// By a part's first byte: where the one before begins.
    private var previous: [UInt32]
    /// By a part's first byte: the rank that it and the next one would have together. `none` too where no part begins.
    private var ranks: [UInt32]
    /// Rank above place. What is no longer so was not taken out: it does not agree with `ranks`.
    private var heap: [UInt64] = []

    /// - Precondition: `piece` is not empty, and shorter than 4 GiB.
    init(_ piece: Range<Int>, in text: Span<UInt8>, _ table: RankTable) {
        let count = piece.count
        next = (0..<UInt32(count)).map { $0 + 1 }
        previous = (0..<UInt32(count)).map { $0 == 0 ? 0 : $0 - 1 }
        ranks = [UInt32](repeating: RankTable.none, count: count)
        for part in 0..<count - 1 {
            let rank = table.rank(ofPair: text[piece.lowerBound + part], text[piece.lowerBound + part + 1])
            guard rank < RankTable.none else { continue }
            ranks[part] = rank
            heap.append(UInt64(rank) << 32 | UInt64(part))
        }
        for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(heap[index], from: index) }

        while let entry = popLowest() {
            let part = Int(truncatingIfNeeded: entry & 0xFFFF_FFFF)
            guard UInt64(ranks[part]) == entry >> 32 else { continue }
            let taken = Int(next[part])
            ranks[taken] = RankTable.none
            next[part] = next[taken]
            if Int(next[part]) < count { previous[Int(next[part])] = UInt32(part) }
            rerank(part, piece, text, table)
            if part > 0 { rerank(Int(previous[part]), piece, text, table) }
        }
    }

    private mutating func rerank(_ part: Int, _ piece: Range<Int>, _ text: Span<UInt8>, _ table: RankTable) {
        ranks[part] = RankTable.none
        let following = Int(next[part])
        guard following < piece.count else { return }
        let range = piece.lowerBound + part..<piece.lowerBound + Int(next[following])
        let rank = table.rank(of: range, in: text)
        guard rank < RankTable.none else { return }
        ranks[part] = rank
        push(UInt64(rank) << 32 | UInt64(part))
    }

    // MARK: The heap

    private mutating func push(_ entry: UInt64) {
        var index = heap.count
        heap.append(entry)
        while index > 0 {
            let parent = (index - 1) / 2
            guard entry < heap[parent] else { break }
            heap[index] = heap[parent]
            index = parent
        }
        heap[index] = entry
    }

    private mutating func popLowest() -> UInt64? {
        guard let lowest = heap.first, let last = heap.popLast() else { return nil }
        if !heap.isEmpty { sink(last, from: 0) }
        return lowest
    }

    /// Puts `entry` at `start`, or as far below it as it belongs.
    private mutating func sink(_ entry: UInt64, from start: Int) {
        var index = start
        while true {
            var child = 2 * index + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
            guard heap[child] < entry else { break }
            heap[index] = heap[child]
            index = child
        }
        heap[index] = entry
    }
}
