/// Where the server listens, and every limit it has. The defaults are the product's.
package struct WebSocketServerOptions {
    /// An IPv4 or IPv6 address, or `localhost`: both loopback addresses on one port.
    package var host = "127.0.0.1"
    /// 0 lets the kernel choose; `WebSocketServer.port` says what it chose.
    package var port: UInt16 = 0
    /// Where WebSockets are opened.
    package var path = "/v1/ws"
    /// The subprotocol selected where it is offered; an offer without it is refused.
    package var subprotocol = "tributary.v1"
    /// The folder served over HTTP; nil serves none.
    package var publicDirectory: String?

    /// Takes binary messages too, and sends each message in the kind of the last one received: for peers that want their own
    /// words back. Otherwise a binary message is closed with 1003 and everything sent is text, as the protocol wants it.
    package var answersInKind = false

    /// Payload bytes of one message from a client, beyond which it is closed with 1009. 8 MiB: pictures travel in messages.
    package var maxMessageBytes = 8 << 20
    /// Payload bytes of all messages of which the end has not come. 256 MiB: 32 of the largest, or 5 KiB for each of 50,000
    /// connections. The connection that would grow beyond it is closed with 4429: like a connection too many it asks for
    /// more than is left, and may come back in a while, which 1008 and 1009 would forbid an honest client. Messages that
    /// come in one piece (256 bytes) need none of it.
    package var maxIncompleteBytes = 256 << 20
    /// Bytes of HTTP requests of which the end has not come, and of answers that have not left, of all visitors. An answer
    /// beyond it becomes a 503. 64 MiB: four files of the largest size to four readers that take their time.
    package var maxVisitorBytes = 64 << 20
    /// Open WebSockets. One more is told so in an `error` frame and closed with 4429. 20,000 at 2.5 KB fit a small machine.
    package var maxConnections = 20_000
    /// Sockets beyond `maxConnections`, for those that are being told, shake hands or fetch files. What comes on top of
    /// them is closed right after `accept`: it cannot cost memory.
    package var spareSockets = 512
    /// Bytes of a request's line and headers. 16 KiB, as Node: a browser sends `localhost` the cookies of every port.
    package var maxRequestBytes = 16 << 10

    /// How often each connection is pinged. 25 s: below the 30 s of the most impatient proxies.
    package var pingInterval: Duration = .seconds(25)
    /// A peer from which nothing came for so long, no pong either, is dropped. 60 s: two pings may get lost.
    package var peerTimeout: Duration = .seconds(60)
    /// A socket that takes no byte for so long, although some are due, is closed with 4290.
    package var blockedTimeout: Duration = .seconds(60)
    /// From a message's first piece to its last, without the time in which we do not read; closed with 1008 after that. And
    /// for a whole HTTP answer to leave. 120 s: the largest message at 0.6 Mbit/s. Without it a few who never end theirs would hold all of `maxIncompleteBytes`.
    package var messageTimeout: Duration = .seconds(120)
    /// From our close frame to the peer's; after that the socket is dropped.
    package var closeTimeout: Duration = .seconds(5)
    /// For a request's line and headers to arrive, and for each piece of an answer to leave.
    package var handshakeTimeout: Duration = .seconds(10)
    /// An idle HTTP/1.1 connection is kept for the browser's next file.
    package var keepAliveTimeout: Duration = .seconds(5)

    /// Connections accepted in one loop turn. 16: 18–23 µs of CPU a connection, where no bound cost 75–79 µs.
    package var acceptBatch = 16
    /// Connections that wait in the kernel: a reconnect storm of 4,096 tabs loses none. (`somaxconn` caps it.)
    package var listenBacklog: Int32 = 4096
    /// A file larger than this is not served: it is read into memory whole.
    package var maxFileBytes = 16 << 20

    package init() {}
}

extension Duration {
    /// Rounded up: a timeout that is set is never 0.
    var milliseconds: UInt64 {
        let (seconds, attoseconds) = components
        return UInt64(max(0, seconds)) * 1_000
            + UInt64((max(0, attoseconds) + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    /// Rounded up to whole seconds.
    var wholeSeconds: UInt32 { UInt32(clamping: (milliseconds + 999) / 1_000) }
}
