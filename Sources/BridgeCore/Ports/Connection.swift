package import ChatProtocol

/// One WebSocket as the core sees it: the transport's half of a connection.
///
/// Owned by the transport (the adapter), which lives on the loop thread; the core holds it until
/// `ConnectionHandler.connectionClosed()`. Nothing here throws: a dead socket swallows what it is given and reports
/// `connectionClosed()` later, never from within one of these calls.
package protocol Connection: AnyObject {
    /// True while a message can be handed over without the transport having to copy and keep it.
    /// False from a partial write until the transport has flushed it and called `connectionWritable()`.
    var isWritable: Bool { get }

    /// Sends `message` as one text message. Call it only while `isWritable`.
    /// The transport may scribble over the headroom; the payload is unchanged on return.
    func send(_ message: inout MessageBuffer)

    /// Sends a large message in WebSocket fragments (RFC 6455 section 5.4), pulled as the socket takes them, without
    /// copying its body. Call it only while `isWritable`, which is false until the last fragment has left.
    func send(_ message: SharedMessage)

    /// Asks for one `connectionWritable()` when `isWritable` has become true.
    func requestWritable()

    /// Stops (true) or resumes (false) reading commands: back-pressure for a peer that asks faster than it listens.
    func pauseReading(_ paused: Bool)

    /// Closes with `code`; what the socket has already taken is still delivered.
    func close(_ code: CloseCode, reason: String)
}

/// The core's half of a connection. Called on the loop thread, never from within a call to `Connection`.
package protocol ConnectionHandler: AnyObject {
    /// One whole text message: valid UTF-8, within the size limit. The span lives for the call.
    func connectionReceived(_ message: Span<UInt8>)
    /// `isWritable` has become true after `requestWritable()`.
    func connectionWritable()
    /// The socket is gone. Called exactly once, and last.
    func connectionClosed()
}

/// Who decides about new connections (implemented by `Node`).
package protocol ConnectionAcceptor: AnyObject {
    /// Called once per HTTP request (`isUpgrade` tells which kind), before anything of it is served.
    func admit(_ handshake: Handshake) -> Admission
    /// A WebSocket is open, after `.accept`. The connection may be written to at once.
    func open(_ connection: any Connection, handshake: Handshake) -> any ConnectionHandler
    /// A WebSocket was accepted, but the transport has no room: it is told so and closed with 4429, and `open` is not called.
    func turnedAway(_ handshake: Handshake)
    /// What `GET /healthz` says: false while draining.
    var isHealthy: Bool { get }
}

/// What a request said before anything was decided. Header values as received, nil where absent.
package struct Handshake {
    package var path: String
    /// Percent-decoded values of the `session` query parameters, in order.
    package var sessions: [String]
    package var host: String?
    package var origin: String?
    /// The offered subprotocols, in order; empty when none was offered.
    package var subprotocols: [String]
    package var isUpgrade: Bool

    package init(
        path: String, sessions: [String] = [], host: String? = nil, origin: String? = nil, subprotocols: [String] = [],
        isUpgrade: Bool = false
    ) {
        self.path = path
        self.sessions = sessions
        self.host = host
        self.origin = origin
        self.subprotocols = subprotocols
        self.isUpgrade = isUpgrade
    }
}

/// The core's answer to a handshake.
package enum Admission: Equatable {
    /// Go on; for an upgrade, with this subprotocol (nil when none was offered).
    case accept(subprotocol: String?)
    /// Answer with this HTTP status and a plain-text sentence.
    case refuse(status: Int, message: String)
    /// Complete the handshake, send `message` (one text message), close with `code`: browsers hide a refused
    /// handshake's reason from the page.
    case acceptThenClose(subprotocol: String?, message: [UInt8], code: CloseCode)
}

/// Bytes of one text message with room in front for the transport's header.
package struct MessageBuffer {
    /// Bytes reserved in front of the payload (libwebsockets' LWS_PRE is 16 on this platform; the adapter asserts it).
    package static let headroom = 16

    /// Headroom, then payload.
    package var bytes: [UInt8]

    package init(capacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(Self.headroom + capacity)
        bytes.append(contentsOf: repeatElement(0, count: Self.headroom))
    }

    package var payloadCount: Int { bytes.count - Self.headroom }
    package var isEmpty: Bool { bytes.count == Self.headroom }

    /// Forgets the payload, keeps the storage.
    package mutating func removeAll() {
        bytes.removeLast(payloadCount)
    }
}

/// A large immutable message: a prefix of its own and a body that many connections may share.
package struct SharedMessage {
    package let prefix: [UInt8]
    package let body: SharedBytes

    package init(prefix: [UInt8], body: SharedBytes) {
        self.prefix = prefix
        self.body = body
    }

    package var count: Int { prefix.count + body.bytes.count }
}

/// Immutable bytes with one owner count: a snapshot is encoded once and sent to everybody who joins there.
package final class SharedBytes {
    package let bytes: [UInt8]
    package init(_ bytes: [UInt8]) { self.bytes = bytes }
}
