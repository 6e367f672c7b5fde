/// The pairs of a piece's parts that are tokens together, the lowest rank first, the leftmost of equals. Its memory is
/// its owner's.
///
/// Four children a node: half the depth of two, and they lie side by side.
struct PairHeap: ~Copyable, ~Escapable {
    private var entries: MutableSpan<UInt64>
    private var count = 0

    @_lifetime(copy entries)
    init(_ entries: consuming MutableSpan<UInt64>) {
        self.entries = entries
    }

    @_lifetime(self: copy self)
    mutating func push(rank: UInt32, part: Int) {
        let entry = UInt64(rank) << 32 | UInt64(truncatingIfNeeded: part)
        var index = count
        count += 1
        while index > 0 {
            let parent = (index - 1) >> 2
            guard entry < entries[parent] else { break }
            entries[index] = entries[parent]
            index = parent
        }
        entries[index] = entry
    }

    /// Takes out the first; nil when there is none.
    @_lifetime(self: copy self)
    mutating func pop() -> (rank: UInt32, part: Int)? {
        guard count > 0 else { return nil }
        let first = entries[0]
        count -= 1
        let last = entries[count]
        var index = 0
        while true {
            let children = index << 2 + 1
            guard children < count else { break }
            var child = children
            for other in children + 1..<max(min(children + 4, count), children + 1)
            where entries[other] < entries[child] {
                child = other
            }
            guard entries[child] < last else { break }
            entries[index] = entries[child]
            index = child
        }
        entries[index] = last
        return (UInt32(truncatingIfNeeded: first >> 32), Int(truncatingIfNeeded: first & 0xFFFF_FFFF))
    }
}
