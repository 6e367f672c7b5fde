/// A session's snapshots: the current one, and former ones that tabs which do not read are still being sent.
/// Owned by its session, on the loop thread.
struct SnapshotShelf {
    /// So many former ones may be pinned, beside the current one.
    private static let maxPinned = 3

    private var current: Snapshot?
    private var pinned: [SharedBytes] = []

    /// Bytes of memory.
    var byteCount: Int { pinned.reduce(current?.tail.bytes.count ?? 0) { $0 + $1.bytes.count } }

    /// The current one, where it still serves.
    mutating func current(for log: SessionLog) -> Snapshot? {
        if current?.isStale == true { supersede() }
        return current.flatMap { $0.serves(log) ? $0 : nil }
    }

    /// Takes a new one. The last one no longer serves, so it is pinned where it is in flight, however many are.
    mutating func keep(_ fresh: Snapshot) {
        if var last = current {
            current = nil
            if last.isInFlight() { pinned.append(last.tail) }
        }
        current = fresh
    }

    /// A request was accepted or has ended: who joins next is to find that in the snapshot. But tabs that do not read pin what
    /// they are being sent. Where that are too many versions already, the last one has to do; what came since is in the log.
    mutating func supersede() {
        guard var last = current else { return }
        current = nil
        letGo()
        guard last.isInFlight() else { return }
        if pinned.count < Self.maxPinned {
            pinned.append(last.tail)
        } else {
            last.isStale = true
            current = last
        }
    }

    /// Forgets the former ones that nobody is being sent any more.
    mutating func letGo() {
        for index in pinned.indices.reversed() where isKnownUniquelyReferenced(&pinned[index]) {
            pinned.remove(at: index)
        }
    }
}
