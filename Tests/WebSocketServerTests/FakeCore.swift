import BridgeCore
import ChatProtocol

/// A core that does as the test says. Lives on the loop thread.
final class FakeCore: ConnectionAcceptor {
    var isHealthy = true
    /// Nil accepts, with the subprotocol where it was offered.
    var admission: ((Handshake) -> Admission)?
    /// Called in `open`, and for each message.
    var opened: ((FakeHandler) -> Void)?
    var received: ((FakeHandler, Span<UInt8>) -> Void)?
    private(set) var handshakes: [Handshake] = []
    private(set) var turnedAwayCount = 0
    private(set) var handlers: [FakeHandler] = []

    /// Lets go of everything: handlers hold connections, and those the server, which holds this.
    func forgetAll() {
        handlers = []
        admission = nil
        opened = nil
        received = nil
    }

    func admit(_ handshake: Handshake) -> Admission {
        handshakes.append(handshake)
        if let admission { return admission(handshake) }
        return .accept(subprotocol: handshake.subprotocols.contains("tributary.v1") ? "tributary.v1" : nil)
    }

    func turnedAway(_ handshake: Handshake) { turnedAwayCount += 1 }

    func open(_ connection: any Connection, handshake: Handshake) -> any ConnectionHandler {
        let handler = FakeHandler(connection, core: self)
        handlers.append(handler)
        opened?(handler)
        return handler
    }
}

/// Remembers what it was told. A call from within one to the connection, or one after the last, is a violation.
final class FakeHandler: ConnectionHandler {
    let connection: any Connection
    private unowned let core: FakeCore
    private(set) var messages: [[UInt8]] = []
    private(set) var writableCount = 0
    private(set) var closedCount = 0
    private(set) var violations: [String] = []
    /// True while the fake is inside a call to the connection.
    private var isCalling = false
    var becameWritable: ((FakeHandler) -> Void)?

    init(_ connection: any Connection, core: FakeCore) {
        self.connection = connection
        self.core = core
    }

    func connectionReceived(_ message: Span<UInt8>) {
        check("connectionReceived")
        messages.append([UInt8](message))
        core.received?(self, message)
    }

    func connectionWritable() {
        check("connectionWritable")
        if !connection.isWritable { violations.append("connectionWritable while not writable") }
        writableCount += 1
        becameWritable?(self)
    }

    func connectionClosed() {
        check("connectionClosed")
        closedCount += 1
    }

    func send(_ text: String) {
        send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) {
        var message = MessageBuffer(capacity: bytes.count)
        message.bytes.append(contentsOf: bytes)
        calling { $0.send(&message) }
        if message.bytes.dropFirst(MessageBuffer.headroom).elementsEqual(bytes) == false {
            violations.append("send changed the payload")
        }
    }

    func send(_ message: SharedMessage) { calling { $0.send(message) } }
    func requestWritable() { calling { $0.requestWritable() } }
    func pauseReading(_ paused: Bool) { calling { $0.pauseReading(paused) } }
    func close(_ code: CloseCode, _ reason: String = "") { calling { $0.close(code, reason: reason) } }

    private func calling(_ body: (any Connection) -> Void) {
        let wasCalling = isCalling
        isCalling = true
        body(connection)
        isCalling = wasCalling
    }

    private func check(_ call: String) {
        if isCalling { violations.append("\(call) from within a call to the connection") }
        if closedCount > 0 { violations.append("\(call) after connectionClosed") }
    }
}

extension [UInt8] {
    init(_ span: Span<UInt8>) {
        self = span.withUnsafeBufferPointer { Array($0) }
    }
}
