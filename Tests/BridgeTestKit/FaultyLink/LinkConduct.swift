/// Which way bytes go through a `FaultyLink`.
package enum LinkDirection: Int, Sendable, CaseIterable {
    /// From who connected to the link to who listens behind it.
    case up
    case down
}

/// How a link treats the bytes of one direction. It may change while connections are open.
package struct LinkConduct: Sendable {
    package enum Flow: Sendable {
        case forwards
        /// Reads nothing: the sender's socket fills, as before a peer that has stopped reading.
        case stalls
        /// Reads all and passes nothing on, no end either: half-open, as after a router has forgotten the connection.
        case swallows
    }

    /// What becomes of a connection.
    package enum Ending: Sendable {
        /// An end in order, both ways. What came before it is delivered.
        case cut
        /// RST, both ways. It may overtake bytes that were passed on and not read.
        case reset
        /// Half-open from now on, both ways, for ever.
        case silence
    }

    package var flow = Flow.forwards
    /// How much later than it came each piece goes on, in milliseconds. (At most `LinkStream.maxHeldBytes` are on their way.)
    package var delay = 0
    /// Bytes that go on at a time, each piece in a segment of its own.
    package var pieceBytes = Int.max
    /// The end of each connection, once so many of its bytes have passed in this direction: exactly so many.
    package var ending: (afterBytes: Int, how: Ending)?

    package init() {}
}
