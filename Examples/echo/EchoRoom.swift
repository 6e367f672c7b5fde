import BridgeCore
import ChatProtocol

/// Lets everybody in.
final class EchoRoom: ConnectionAcceptor {
    var isHealthy: Bool { true }

    func admit(_ handshake: Handshake) -> Admission { .accept(subprotocol: handshake.subprotocols.first) }

    func open(_ connection: any Connection, handshake: Handshake) -> any ConnectionHandler {
        EchoedConnection(connection)
    }

    func turnedAway(_ handshake: Handshake) {}
}

/// One connection's echo. Held by the transport; it holds its half of the connection until that is closed.
///
/// A message is sent back when the socket asks for it, not at once: libwebsockets answers pings at that moment too, and first,
/// so what comes back is in the order in which it came. (A pong may be late, RFC 6455 section 5.5.2; Autobahn wants the order.)
/// Nothing more is read meanwhile. So the memory of a peer that only talks is one message that waits and one on its way, and
/// what is sent is always of the last message's kind.
final class EchoedConnection: ConnectionHandler {
    private var connection: (any Connection)?
    private var waiting: [UInt8]?

    /// What fits is sent in one frame, as the bridge does it; a larger message goes in fragments, pulled by the socket.
    private static let maxFrameBytes = 64 << 10

    init(_ connection: any Connection) { self.connection = connection }

    func connectionReceived(_ message: Span<UInt8>) {
        waiting = message.withUnsafeBufferPointer { Array($0) }
        connection?.pauseReading(true)
        connection?.requestWritable()
    }

    func connectionWritable() {
        guard let connection, let bytes = waiting else { return }
        waiting = nil
        send(bytes, to: connection)
        connection.pauseReading(false)
    }

    func connectionClosed() {
        connection = nil
        waiting = nil
    }

    private func send(_ bytes: [UInt8], to connection: any Connection) {
        if bytes.count <= Self.maxFrameBytes {
            var buffer = MessageBuffer(capacity: bytes.count)
            buffer.bytes.append(contentsOf: bytes)
            connection.send(&buffer)
        } else {
            connection.send(SharedMessage(prefix: [], body: SharedBytes(bytes)))
        }
    }
}
