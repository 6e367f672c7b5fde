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

    /// At the limit one request fails, and then one for each such share of it that comes on top. Such a share below the limit it
    /// begins to look who grows: in a single turn that may be anybody. 4 MiB of 1 GiB.
    package static let stepShare = 256
    /// Beyond the limit and such a share of it all that grow fail, and the sum stays there. Sixteen or so have failed by then, one after
    /// the other. 64 MiB of 1 GiB.
    package static let marginShare = 16

    private let limit: Int
    private let step: Int
    private let ceiling: Int
    /// With more bytes than this somebody fails. Nil while the limit is far.
    private var tolerated: Int?
    /// The turn in which somebody last had to fail, or the one before the limit came near.
    private var since: UInt64 = 0

    package init(limit: Int) {
        self.limit = limit
        step = limit / Self.stepShare
        ceiling = limit + limit / Self.marginShare
    }

    /// Whether a verdict is due on so many bytes of all sessions: the limit is near, or was.
    func isNear(_ bytes: Int) -> Bool { tolerated != nil || bytes > limit - step }

    /// At the end of a turn, on the bytes of sessions that cannot be forgotten.
    package mutating func verdict(on bytes: Int, turn: UInt64) -> Verdict {
        guard bytes > limit - step else {
            tolerated = nil
            return .nobody
        }
        if tolerated == nil { since = turn - 1 }
        let tolerated = tolerated ?? limit
        guard bytes > tolerated else {
            // What was given back is not given away again.
            self.tolerated = max(limit, min(tolerated, bytes + step))
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
