/// An event as the parser dispatches it: where its data is, and whether the stream named it.
///
/// What it refers to lives until the next call to the parser.
package struct ServerSentEvent: Equatable {
    package enum Payload: Equatable {
        /// A range of the chunk that the parser was given: the whole event with its one data line was in it.
        case chunk(Range<Int>)
        /// All of `EventStreamParser.buffered`.
        case buffered
    }

    package let payload: Payload
    /// True when `EventStreamParser.name` says something; false for an event that is just a "message".
    package let isNamed: Bool
}

/// Why a stream cannot be read on. The parser is of no further use then.
package enum EventStreamError: Error, Equatable {
    /// One event, or one line, has more bytes than the limit.
    case eventTooLarge(limit: Int)
}
