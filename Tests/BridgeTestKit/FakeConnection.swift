package import BridgeCore
package import ChatProtocol

/// A WebSocket whose peer is the test: it takes as many messages as the test lets it, and pulls.
package final class FakeConnection: Connection {
    /// Messages received, in order, as text.
    package private(set) var messages: [String] = []
    /// Messages it takes before it is full; nil for no end.
    package var room: Int?
    package private(set) var wantsWritable = false
    /// Requests while it was writable: each costs the transport two system calls for nothing.
    package private(set) var needlessRequests = 0
    package private(set) var isPaused = false
    package private(set) var closed: (code: CloseCode, reason: String)?
    package weak var handler: (any ConnectionHandler)?
    /// Bytes handed over as shared messages.
    package private(set) var sharedMessages = 0

    /// The shared message of which a full socket has not taken the end.
    private var inFlight: SharedMessage?

    package init() {}

    package var isWritable: Bool { closed == nil && room != 0 }

    package func send(_ message: inout MessageBuffer) {
        precondition(isWritable, "sent to a full socket")
        precondition(message.payloadCount <= 64 * 1024, "a large message must be shared")
        take(Array(message.bytes.dropFirst(MessageBuffer.headroom)))
    }

    package func send(_ message: SharedMessage) {
        precondition(isWritable, "sent to a full socket")
        sharedMessages += 1
        take(message.prefix + message.body.bytes)
        if room == 0 { inFlight = message }
    }

    private func take(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else { preconditionFailure("a message is not UTF-8") }
        messages.append(text)
        if let left = room { room = left - 1 }
    }

    package func requestWritable() {
        wantsWritable = true
        if isWritable { needlessRequests += 1 }
    }
    package func pauseReading(_ paused: Bool) { isPaused = paused }

    package func close(_ code: CloseCode, reason: String) {
        if closed == nil { closed = (code, reason) }
    }

    /// The peer has read: there is room again, and the core hears of it if it asked.
    package func makeRoom(_ messages: Int? = nil) {
        room = messages
        inFlight = nil
        guard wantsWritable, isWritable else { return }
        wantsWritable = false
        handler?.connectionWritable()
    }

    /// The peer sends one text message.
    package func receive(_ text: String) {
        let bytes = Array(text.utf8)
        handler?.connectionReceived(bytes.span)
    }

    /// Messages since the last call.
    package func takeMessages() -> [String] {
        defer { messages = [] }
        return messages
    }
}
