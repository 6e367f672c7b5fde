/// The limits and time-outs of a server that an operator may want to change, with their defaults. Sizes are in bytes, times in milliseconds, the rest are
/// counts. A property's name is its flag's name (`maxMessageBytes` is `--max-message-bytes`).
///
/// A value, set once at the start and copied to whoever obeys it.
package struct Limits: Equatable, Sendable {
    // MARK: What a client may send

    /// Longest message from a client; a longer one closes with 1009. Pictures travel in messages.
    package var maxMessageBytes = 8 << 20
    /// Open WebSockets, one file descriptor each; further ones are closed with 4429.
    package var maxConnections = 50_000
    /// Bytes of all messages together of which the end has not come; whose message would exceed it is closed with 4429. As many
    /// again may have come whole and wait for their turn, or for peers to read the answers.
    package var maxIncompleteBytes = 256 << 20
    /// Bytes of all HTTP requests that are not complete and answers that have not left; beyond it answers are 503.
    package var maxVisitorBytes = 64 << 20
    /// A client's request line and headers; more is answered 431. As in Node: a browser sends `localhost` the cookies of
    /// every port.
    package var maxHeaderBytes = 16 << 10
    /// Sessions that one connection may have joined at a time.
    package var maxSubscriptions = 1_000
    /// Queued and running requests of the whole server: each holds an upstream socket and its answer.
    package var maxRequests = 10_000
    /// Queued and running requests of one session, so that one user cannot take all of `maxRequests`.
    package var maxSessionRequests = 128

    /// Longest body that a chat may make of its prompt and the transcript; it is held while it is being sent.
    package var maxRequestBytes = 16 << 20

    // MARK: What an upstream may send

    /// Longest answer: its text stays in memory until the request has ended. A longer one fails with `upstream_protocol`.
    package var maxAnswerBytes = 16 << 20
    /// Longest single event of an upstream's stream, which has to be buffered whole.
    package var maxEventBytes = 16 << 20

    /// Connections to upstreams that are kept for the next request, those in use included. Beyond it none is refused: it
    /// closes when its transfer has ended.
    package var maxUpstreamConnections = 1_000

    // MARK: What is served

    /// Longest file of the public folder: it is read into memory whole.
    package var maxFileBytes = 16 << 20

    // MARK: What is remembered

    /// Bytes of a session's hot tail. Whoever is further behind gets a snapshot.
    package var tailBytes = 1 << 20
    /// Entries of a session's hot tail.
    package var tailEntries = 10_000
    /// Bytes of a session's ended turns; the newest are kept. At least what a snapshot may show
    /// (`Snapshot.maxMessageBytes`).
    package var transcriptBytes = 16 << 20
    /// How long an entry stays in the hot tail.
    package var tailAge: UInt64 = 3_600_000
    /// How long a session is kept after its last tab left and its last request ended.
    package var sessionTTL: UInt64 = 3_600_000
    /// Sessions kept at a time, used or not.
    package var maxSessions = 100_000
    /// Bytes of all sessions together; above it, sessions without tabs and running requests are forgotten, the least
    /// recently used first; then requests that grow fail, and it stays within a sixteenth more (`Overrun`).
    package var memoryLimit = 1 << 30
    /// Request ids a session remembers, the newest: a `chat` sent again under one of them starts nothing.
    package var rememberedRequests = 10_000

    // MARK: How long an upstream may take

    /// Name lookup, TCP and TLS together.
    package var connectTimeout: UInt64 = 10_000
    /// From the request being sent to the answer's first byte. Models evaluate long prompts in silence.
    package var firstByteTimeout: UInt64 = 60_000
    /// Between two pieces of an answer.
    package var idleTimeout: UInt64 = 60_000
    /// A whole answer, whatever happens in between.
    package var totalTimeout: UInt64 = 1_800_000

    /// How old an upstream's list of models may be before it is asked for anew.
    package var modelListAge: UInt64 = 300_000
    /// How long one upstream's list of models may keep back those of the others.
    package var modelListTimeout: UInt64 = 2_000

    // MARK: How long a client may take

    /// From a message's first piece to its last, and for a whole HTTP answer to leave: the largest message at 0.6 Mbit/s.
    package var messageTimeout: UInt64 = 120_000
    /// For a client's request line and headers to arrive, and for each piece of an answer to leave.
    package var handshakeTimeout: UInt64 = 10_000
    /// From our close frame to the client's (RFC 6455 section 7.1.1); after that the socket is dropped.
    package var closeTimeout: UInt64 = 5_000
    /// Between two pings of a connection: shorter than the idle time-outs of proxies (nginx: 60 s).
    package var pingInterval: UInt64 = 25_000
    /// A peer from which nothing came for so long, not even a pong, is gone.
    package var peerTimeout: UInt64 = 60_000
    /// A socket that took no byte for so long although frames were due is closed with 4290.
    package var blockedTimeout: UInt64 = 60_000
    /// A connection that has joined nothing for so long is closed with 4408.
    package var joinTimeout: UInt64 = 300_000
    /// How long a request with `orphan: "abort"` outlives the last tab: long enough for a reload.
    package var orphanGrace: UInt64 = 30_000
    /// How long running requests may go on once the server has been told to stop.
    package var drainTimeout: UInt64 = 30_000

    package init() {}
}
