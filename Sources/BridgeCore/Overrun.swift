/// How far all sessions together are above their limit of memory, and who has to fail for it.
///
/// A request that fails gives back next to nothing: what it has said stays with its session. So nobody fails for what it holds,
/// but for what it would add: only requests that grow, one at a time as long as that may be enough, and then all of them.
/// A value of the hub's.
package struct Overrun {
    package enum Verdict: Equatable {
        case nobody
        /// Of those that have grown since that turn, the one that holds most.
        case largest(since: UInt64)
        /// All that have grown since that turn.
        case everybody(since: UInt64)
    }

    /// One request fails for each such share of the limit that comes on top of it: enough to see who grows, and whether the last
    /// failure has sufficed. 4 MiB of 1 GiB.
    package static let stepShare = 256
    /// Beyond the limit and such a share of it all that grow fail, and the sum stays there. Sixteen have failed by then, one after the
    /// other. 64 MiB of 1 GiB.
    package static let marginShare = 16

    private let limit: Int
    private let step: Int
    private let ceiling: Int
    /// With more bytes than this somebody fails. Nil while the limit is kept.
    private var tolerated: Int?
    /// The turn in which somebody last had to fail, or the one before the limit was passed.
    private var since: UInt64 = 0

    package init(limit: Int) {
        self.limit = limit
        step = limit / Self.stepShare
        ceiling = limit + limit / Self.marginShare
    }

    /// At the end of a turn.
    package mutating func verdict(on bytes: Int, turn: UInt64) -> Verdict {
        guard bytes > limit else {
            tolerated = nil
            return .nobody
        }
        if tolerated == nil { since = turn - 1 }
        let tolerated = tolerated ?? limit + step
        guard bytes > tolerated else {
            // What was given back is not given away again.
            self.tolerated = min(tolerated, bytes + step)
            return .nobody
        }
        defer { since = turn }
        guard bytes > ceiling else {
            self.tolerated = min(bytes + step, ceiling)
            return .largest(since: since)
        }
        self.tolerated = bytes
        return .everybody(since: since)
    }
}
