import BridgeCore

/// A part of the table, with a heading of its own in `--help`.
protocol LimitGroup: Sendable {
    static var settings: [LimitSetting] { get }
}

/// How much of everything.
enum AmountLimits: LimitGroup {
    static let settings: [LimitSetting] = [
        .bytes("max-message-bytes", \.maxMessageBytes, "Longest message from a client; pictures travel in them."),
        .bytes(
            "max-incomplete-bytes", \.maxIncompleteBytes,
            "Messages that clients have begun and not ended, together; as many bytes again may wait whole for their turn."
        ),
        .bytes(
            "max-visitor-bytes", \.maxVisitorBytes, "HTTP requests and answers under way, together; files count."),
        .bytes(
            "max-header-bytes", \.maxHeaderBytes, upTo: 1 << 20,
            "A client's request line and headers, cookies included."),
        .bytes(
            "max-request-bytes", \.maxRequestBytes, "Longest body sent to an upstream, the transcript included."),
        .bytes("max-answer-bytes", \.maxAnswerBytes, "Longest answer; it stays in memory until its request has ended."),
        .bytes(
            "max-event-bytes", \.maxEventBytes, "Longest single event of an upstream's stream; it is buffered whole."),
        .bytes(
            "max-file-bytes", \.maxFileBytes, "Longest file that is served; it is read into memory whole."),
        .bytes("tail-bytes", \.tailBytes, "Newest entries a session keeps; who is further behind gets a snapshot."),
        .count("tail-entries", \.tailEntries, "The same, as a number of entries."),
        .bytes(
            "transcript-bytes", \.transcriptBytes, atLeast: Snapshot.maxMessageBytes,
            "Ended turns a session keeps; the newest stay. No less than a snapshot may show."),
        .bytes(
            "memory-limit", \.memoryLimit, upTo: 1 << 40,
            "All sessions together; above it the least recently used idle ones are forgotten."),
        .count("max-sessions", \.maxSessions, "Sessions kept at a time, used or not."),
        .count("max-connections", \.maxConnections, "Open WebSockets; each takes a file descriptor."),
        .count("max-subscriptions", \.maxSubscriptions, "Sessions that one connection may have joined at a time."),
        .count("max-requests", \.maxRequests, "Running requests of the whole server; each holds an upstream socket."),
        .count(
            "max-session-requests", \.maxSessionRequests,
            "Running requests of one session, so that one cannot take all."),
        .count(
            "max-upstream-connections", \.maxUpstreamConnections,
            "Connections to upstreams kept for the next request; beyond it they close after use, and none is refused."),
        .count(
            "remembered-requests", \.rememberedRequests,
            "Request ids a session remembers, so that a repeat starts nothing."),
    ]
}

/// How long everything may take.
enum TimeLimits: LimitGroup {
    static let settings: [LimitSetting] = [
        .time("connect-timeout", \.connectTimeout, "Upstream: name lookup, TCP and TLS together."),
        .time("first-byte-timeout", \.firstByteTimeout, "Upstream: to the first byte; long prompts take time."),
        .time("idle-timeout", \.idleTimeout, "Upstream: silence within an answer."),
        .time("total-timeout", \.totalTimeout, "Upstream: a whole answer."),
        .time(
            "model-list-age", \.modelListAge, atLeast: 0,
            "An upstream's list of models may be so old before it is asked for anew."),
        .time(
            "model-list-timeout", \.modelListTimeout, atLeast: 0,
            "One upstream's list of models may keep back those of the others for so long."),
        .time("message-timeout", \.messageTimeout, atLeast: 100, "A client's message arrives whole, or it is closed."),
        .time(
            "handshake-timeout", \.handshakeTimeout, atLeast: 100,
            "A client's request line and headers arrive, or it is dropped."),
        .time(
            "close-timeout", \.closeTimeout, atLeast: 100,
            "A client answers a close, or its socket is dropped."),
        .time(
            "ping-interval", \.pingInterval, atLeast: 100,
            "Between two pings; proxies drop quiet connections after 60s."),
        .time("peer-timeout", \.peerTimeout, atLeast: 100, "A client that sends nothing, not even a pong, is gone."),
        .time("blocked-timeout", \.blockedTimeout, "A client that takes no byte although frames are due is closed."),
        .time("join-timeout", \.joinTimeout, "A connection that has joined nothing is closed."),
        .time(
            "orphan-grace", \.orphanGrace, atLeast: 0, "How long a request may wait for a tab to come back (a reload)."),
        .time(
            "drain-timeout", \.drainTimeout, atLeast: 0,
            "How long running requests may go on when the server is stopped."),
        .time("session-ttl", \.sessionTTL, atLeast: 0, "A session is kept after its last tab and its last request."),
        .time("tail-age", \.tailAge, "How long an entry stays among the newest of its session."),
    ]
}
