/// Byte-pair merging of many bytes, as `PieceMerge` does it of few: the parts are a linked list, the pairs that can be
/// merged a heap. Takes n log n, and 24 bytes for each of the text, which are used again for the next one.
struct WindowMerge: ~Copyable {
    /// A part, kept at its first byte. Whatever is asked of one is asked of its neighbours, too, so it lies together.
    private struct Part {
        /// In bytes; 0 where no part begins.
        var length: UInt16 = 1
        /// Of the part before, in bytes.
        var lengthBefore: UInt16 = 1
        /// The rank that it and the next one would have together.
        var rank = RankTable.none
    }

    private var parts: [Part] = []
    private var heap: [UInt64] = []
    /// What was merged last.
    private(set) var range = 0..<0

    /// Where the token ends that begins at `index`, a byte of `range`; nil where none does.
    func tokenEnd(at index: Int) -> Int? {
        let length = parts[index - range.lowerBound].length
        return length > 0 ? index + Int(length) : nil
    }

    /// Merges the bytes of `text` in `range`, which are two at least and less than 4 GiB.
    mutating func merge(_ range: Range<Int>, in text: Span<UInt8>, _ table: RankTable) {
        self.range = range
        parts.removeAll(keepingCapacity: true)
        parts.append(contentsOf: repeatElement(Part(), count: range.count))
        // Never more: it begins with a pair less than there are bytes, and each of as many merges takes one out and
        // puts two in.
        if heap.count < 2 * range.count { heap = [UInt64](repeating: 0, count: 2 * range.count) }
        Self.merge(text, from: range.lowerBound, &parts, &heap, table)
    }

    /// Merges as many bytes from `origin` as there are parts.
    private static func merge(
        _ text: Span<UInt8>, from origin: Int, _ partStorage: inout [Part], _ heapStorage: inout [UInt64],
        _ table: RankTable
    ) {
        var parts = partStorage.mutableSpan
        var heap = PairHeap(heapStorage.mutableSpan)
        let count = parts.count

        for start in 0..<count - 1 {
            let rank = table.rank(ofPair: text[origin + start], text[origin + start + 1])
            parts[start].rank = rank
            if rank < RankTable.none { heap.push(rank: rank, part: start) }
        }
        while let (rank, start) = heap.pop() {
            // What is no longer so was not taken out of the heap: it does not agree with the part.
            guard parts[start].length > 0, parts[start].rank == rank else { continue }
            let taken = start + Int(parts[start].length)
            parts[start].length += parts[taken].length
            parts[taken].length = 0
            let next = start + Int(parts[start].length)
            if next < count { parts[next].lengthBefore = parts[start].length }

            var changed = start
            while true {
                let following = changed + Int(parts[changed].length)
                var rank = RankTable.none
                if following < count {
                    let end = following + Int(parts[following].length)
                    rank = table.rank(of: origin + changed..<origin + end, in: text)
                    if rank < RankTable.none { heap.push(rank: rank, part: changed) }
                }
                parts[changed].rank = rank
                guard changed == start, start > 0 else { break }
                changed = start - Int(parts[start].lengthBefore)
            }
        }
    }
}
