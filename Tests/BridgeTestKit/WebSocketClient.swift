/// A WebSocket client for tests: a plain socket, blocking calls, a deadline on every wait.
///
/// It is strict with the server (masking, reserved bits, fragment order, UTF-8, close payloads) and lets the test break every
/// rule of a client. Not reading is not calling `receive`. One thread at a time.
package final class WebSocketClient {
    package enum Incoming: Equatable {
        case text(String)
        /// A close frame; 1005 where it carried no code. The client has answered it.
        case close(UInt16, String)
        case pong([UInt8])
        /// The stream ended, or was reset (`wasReset`).
        case eof
    }

    /// The server answered the handshake with something else than 101.
    package struct Refused: Error {
        package let response: HTTPResponse
    }

    /// The answer to the handshake: status 101.
    package let handshake: HTTPResponse
    /// The subprotocol that the server chose.
    package var subprotocol: String? { handshake["sec-websocket-protocol"] }
    package private(set) var pingsReceived = 0
    /// Payload sizes of the fragments of the text message received last.
    package private(set) var fragments: [Int] = []
    package var wasReset: Bool { socket.wasReset }
    /// Whether pings are answered by `receive`.
    package var answersPings = true
    /// See `TestSocket.bytesPerRead`.
    package var bytesPerRead: Int {
        get { socket.bytesPerRead }
        set { socket.bytesPerRead = newValue }
    }

    private let socket: TestSocket
    private let timeout: Duration
    private var buffer: [UInt8]
    private var start = 0
    private var message: [UInt8] = []
    private var isInMessage = false
    private var hasSentClose = false

    /// Connects and shakes hands. Throws `Refused` when the server answers something else than 101.
    /// - Parameters:
    ///   - subprotocol: value of the Sec-WebSocket-Protocol header; nil offers none.
    ///   - headers: further header fields; Host may be replaced.
    ///   - receiveBuffer: SO_RCVBUF in bytes, for slow readers.
    ///   - timeout: for the handshake, and the default of every later wait.
    package init(
        port: UInt16, host: String = "127.0.0.1", path: String = "/v1/ws", subprotocol: String? = "tributary.v1",
        headers: [(name: String, value: String)] = [], receiveBuffer: Int32? = nil, timeout: Duration = .seconds(10)
    ) throws {
        let deadline = ContinuousClock.now + timeout
        var lines = ["GET \(path) HTTP/1.1"]
        if !headers.contains(where: { $0.name.lowercased() == "host" }) {
            lines.append("Host: \(host.contains(":") ? "[\(host)]" : host):\(port)")
        }
        lines += [
            "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ]
        if let subprotocol { lines.append("Sec-WebSocket-Protocol: \(subprotocol)") }
        lines += headers.map { "\($0.name): \($0.value)" }
        socket = try TestSocket(host: host, port: port, receiveBuffer: receiveBuffer, timeout: timeout)
        try socket.write(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8), until: deadline)
        var received: [UInt8] = []
        handshake = try HTTPExchange.readResponse(from: socket, buffer: &received, hasBody: true, until: deadline)
        buffer = received
        self.timeout = timeout
        guard handshake.status == 101 else { throw Refused(response: handshake) }
        // The key of RFC 6455 section 1.3, and the answer given there.
        guard handshake["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" else {
            throw TestSocket.Failure("a wrong Sec-WebSocket-Accept: \(handshake["sec-websocket-accept"] ?? "none")")
        }
    }

    // MARK: Sending

    /// Sends one text message in one frame.
    package func send(_ text: String) throws {
        try send(WebSocketFrame(opcode: WebSocketFrame.Opcode.text, payload: Array(text.utf8)))
    }

    /// Sends one text message in frames of at most `fragmentSize` bytes; `between` is sent after each but the last.
    package func send(_ text: String, fragmentSize: Int, between: WebSocketFrame? = nil) throws {
        let bytes = Array(text.utf8)
        var wire: [UInt8] = []
        var offset = 0
        repeat {
            let end = min(bytes.count, offset + fragmentSize)
            let opcode = offset == 0 ? WebSocketFrame.Opcode.text : WebSocketFrame.Opcode.continuation
            let isLast = end == bytes.count
            wire += WebSocketFrame(opcode: opcode, isFinal: isLast, payload: Array(bytes[offset..<end])).bytes
            if let between, !isLast { wire += between.bytes }
            offset = end
        } while offset < bytes.count
        try sendRaw(wire)
    }

    package func send(_ frame: WebSocketFrame) throws {
        try sendRaw(frame.bytes)
    }

    /// Sends bytes as they are.
    package func sendRaw(_ bytes: [UInt8]) throws {
        try socket.write(bytes, until: .now + timeout)
    }

    package func ping(_ payload: [UInt8] = []) throws {
        try send(WebSocketFrame(opcode: WebSocketFrame.Opcode.ping, payload: payload))
    }

    /// Starts (or answers) the closing handshake; `receive` then says what the server answers.
    package func sendClose(_ code: UInt16? = 1000, reason: String = "") throws {
        hasSentClose = true
        let payload = code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] + Array(reason.utf8) } ?? []
        try send(WebSocketFrame(opcode: WebSocketFrame.Opcode.close, payload: payload))
    }

    /// Drops the TCP connection without a close frame.
    package func disconnect() { socket.close() }

    /// Drops it with a TCP reset.
    package func reset() { socket.reset() }

    // MARK: Receiving

    /// The next message, close, pong or end. Pings are answered on the way. Throws when nothing came until the timeout,
    /// and when the server broke a rule.
    package func receive(timeout: Duration? = nil) throws -> Incoming {
        let deadline = ContinuousClock.now + (timeout ?? self.timeout)
        while true {
            while let frame = try nextFrame() {
                if let incoming = try take(frame) { return incoming }
            }
            guard try socket.read(into: &buffer, until: deadline) else { return .eof }
        }
    }

    /// The next text message; anything else but a pong is a failure.
    package func receiveText(timeout: Duration? = nil) throws -> String {
        while true {
            switch try receive(timeout: timeout) {
            case .text(let text): return text
            case .pong: continue
            case let other: throw TestSocket.Failure("a text message was expected, and \(other) came")
            }
        }
    }

    /// Reads on until the close frame, past messages and pongs. The end of the stream before it is a failure.
    package func receiveClose(timeout: Duration? = nil) throws -> (code: UInt16, reason: String) {
        while true {
            switch try receive(timeout: timeout) {
            case .close(let code, let reason): return (code, reason)
            case .eof: throw TestSocket.Failure("the stream ended without a close frame")
            case .text, .pong: continue
            }
        }
    }

    /// Takes a little from the socket, at most `bytesPerRead` bytes, without waiting and without looking at it: `receive`
    /// finds it later. A slow reader.
    package func sip() {
        _ = socket.readOnce(into: &buffer)
    }

    private func nextFrame() throws -> WebSocketFrame? {
        let frame = try WebSocketFrame.parse(buffer, from: &start)
        if frame == nil, start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        return frame
    }

    private func take(_ frame: WebSocketFrame) throws -> Incoming? {
        switch frame.opcode {
        case WebSocketFrame.Opcode.text, WebSocketFrame.Opcode.continuation:
            guard isInMessage == (frame.opcode == WebSocketFrame.Opcode.continuation) else {
                throw TestSocket.Failure("opcode \(frame.opcode) where it may not stand (RFC 6455 section 5.4)")
            }
            if !isInMessage { fragments.removeAll() }
            fragments.append(frame.payload.count)
            isInMessage = !frame.isFinal
            message += frame.payload
            guard frame.isFinal else { return nil }
            let text = try Self.utf8(message, "a text message")
            message.removeAll()
            return .text(text)
        case WebSocketFrame.Opcode.ping:
            pingsReceived += 1
            if answersPings, !hasSentClose {
                // A server that has closed meanwhile takes no pong: the end of the stream will tell.
                try? send(WebSocketFrame(opcode: WebSocketFrame.Opcode.pong, payload: frame.payload))
            }
            return nil
        case WebSocketFrame.Opcode.pong:
            return .pong(frame.payload)
        case WebSocketFrame.Opcode.close:
            return try takeClose(frame.payload)
        default:
            throw TestSocket.Failure("opcode \(frame.opcode) from a server that speaks only text")
        }
    }

    private func takeClose(_ payload: [UInt8]) throws -> Incoming {
        guard payload.count != 1 else { throw TestSocket.Failure("a close frame with half a code") }
        let code = payload.count < 2 ? nil : UInt16(payload[0]) << 8 | UInt16(payload[1])
        let reason = try Self.utf8(Array(payload.dropFirst(2)), "a close reason")
        // RFC 6455 section 5.5.1: answer with the code that came. The server may be gone already.
        if !hasSentClose { try? sendClose(code) }
        return .close(code ?? 1005, reason)
    }

    private static func utf8(_ bytes: [UInt8], _ what: String) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw TestSocket.Failure("\(what) that is not UTF-8")
        }
        return text
    }
}
