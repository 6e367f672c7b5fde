internal import Glibc
package import UVLoop

/// A WebSocket client on 127.0.0.1 that costs little: for ten thousand at a time on one loop.
///
/// Strict with the server (RFC 6455), answers its pings, and can be as rude as a test wants it. Lives on the loop's thread and
/// belongs to its user: when the last reference goes, it is closed without a word.
package final class LoadSocket: CustomStringConvertible {
    /// How it ended.
    package enum Ending: Equatable {
        /// The server sent a close frame: its code, 1005 where it carried none.
        case code(UInt16)
        /// The stream ended without a close frame.
        case endOfStream
        /// A TCP reset.
        case reset
        /// The handshake was answered with another status than 101.
        case refused(status: Int)
        /// The server broke RFC 6455.
        case violation(String)
        /// No connection, or a broken one: the errno.
        case failed(Int32)
    }

    private enum State {
        /// TCP is under way. → shaking, closed
        case connecting
        /// The handshake is sent, its answer is not all there. → open, closed
        case shaking
        /// → closing, closed
        case open
        /// A close frame was sent, by us or both: the end of the stream is due. → closed
        case closing
        /// No exit.
        case closed
    }

    /// More waiting bytes than this mean that the server has stopped reading for good.
    private static let maxOutgoing = 64 << 20

    package weak var owner: (any LoadSocketOwner)?
    /// Text messages and their bytes so far.
    package private(set) var messagesReceived = 0
    package private(set) var bytesReceived = 0
    package private(set) var pingsReceived = 0
    /// True from `pause()` to `resume()`.
    package private(set) var isPaused = false

    private let port: UInt16
    private let path: String
    private var descriptor: Int32
    private var poll: UVPoll?
    private var watched: UVPoll.Events = []
    private var state = State.connecting
    private var decoder = ServerFrameDecoder()
    private var outgoing = OutgoingBytes()
    /// The head of the handshake's answer, as far as it has come.
    private var head: [UInt8] = []
    /// The code of the server's close frame.
    private var closeCode: UInt16?
    private var mask: UInt32

    /// Begins to connect. Throws where there is no socket to be had (descriptors, ports); all else is told to the owner.
    /// - Parameters:
    ///   - receiveBuffer: SO_RCVBUF in bytes, for slow readers; the kernel doubles it. Below 128 KiB the loopback interface,
    ///     whose segments are of 64 KiB, may crawl for minutes after a stall: it sends a window of 2 KB five times a second,
    ///     by its persist timer, and the peer's data stays queued in the kernel although its process has closed the socket.
    package init(
        loop: UVLoop, port: UInt16, path: String = "/v1/ws", receiveBuffer: Int32? = nil,
        owner: any LoadSocketOwner
    ) throws {
        self.port = port
        self.path = path
        self.owner = owner
        descriptor = try Loopback.connect(port: port, receiveBuffer: receiveBuffer)
        // Any number that differs from frame to frame: nothing between us and the server could be fooled.
        mask = UInt32(truncatingIfNeeded: MonotonicClock.now() &* 0x9E37_79B9_7F4A_7C15 >> 32)
        do {
            poll = try loop.makePoll(fileDescriptor: descriptor)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        watch()
    }

    deinit { release() }

    package var isOpen: Bool { state == .open }

    /// For whoever asks why nothing comes.
    package var description: String {
        "\(state), descriptor \(descriptor), watched for \(watched.rawValue)\(isPaused ? ", paused" : ""), "
            + "\(bytesReceived) bytes in, \(outgoing.count) waiting to go out"
    }

    // MARK: Sending

    /// Sends one text message. Allowed once it is open; nothing is sent after `close` or on a socket that is gone.
    package func send(_ text: String) {
        send(Array(text.utf8))
    }

    /// The same, for bytes that are UTF-8.
    package func send(_ text: [UInt8]) {
        guard state == .open else { return }
        sendFrame(.text, text)
    }

    /// Starts the closing handshake; the owner hears of its end.
    package func close(code: UInt16 = 1000) {
        guard state == .open else { return }
        sendFrame(.close, [UInt8(code >> 8), UInt8(code & 0xFF)])
        if state == .open { state = .closing }
    }

    /// Drops the connection with a TCP reset. The owner hears nothing more.
    package func cut() {
        guard state != .closed else { return }
        state = .closed
        poll?.close()
        poll = nil
        Loopback.reset(descriptor)
        descriptor = -1
    }

    /// Stops reading: the kernel's buffers fill, then the server's. Messages that were read together with the one just
    /// received still come.
    package func pause() {
        isPaused = true
        watch()
    }

    package func resume() {
        isPaused = false
        watch()
    }

    private func sendFrame(_ opcode: ServerFrameDecoder.Opcode, _ payload: [UInt8]) {
        mask = mask &* 747_796_405 &+ 2_891_336_453
        sendRaw(ClientFrame(opcode, payload, mask: mask).bytes)
    }

    private func sendRaw(_ bytes: [UInt8]) {
        let error = bytes.withUnsafeBytes { outgoing.send($0, to: descriptor) }
        // A broken socket is readable, too, and told to the owner from there.
        guard error == 0, outgoing.count <= Self.maxOutgoing else { return }
        watch()
    }

    // MARK: Receiving

    private func watch() {
        guard let poll, state != .closed else { return }
        var events: UVPoll.Events = []
        if state == .connecting || !outgoing.isEmpty { events.insert(.writable) }
        if state != .connecting, !isPaused { events.insert(.readable) }
        guard events != watched else { return }
        watched = events
        if events.isEmpty { return poll.stop() }
        poll.start(events) { [unowned self] status, events in ready(status, events) }
    }

    private func ready(_ status: Int32, _ events: UVPoll.Events) {
        if state == .connecting { return connected() }
        guard status >= 0 else { return drain(-status) }
        if events.contains(.writable) {
            let error = outgoing.flush(to: descriptor)
            guard error == 0 else { return end(.init(errno: error)) }
            watch()
        }
        if events.contains(.readable) { _ = read() }
    }

    /// libuv has given a broken socket up; what came before the break is still there to be read.
    private func drain(_ error: Int32) {
        while state != .closed, read() {}
        end(.failed(error))
    }

    private func connected() {
        let error = Loopback.pendingError(descriptor)
        guard error == 0 else { return end(.failed(error)) }
        state = .shaking
        sendRaw(Handshake.request(port: port, path: path))
        watch()
    }

    /// One turn's worth: what one read gives. The rest makes the descriptor readable again. False where nothing was there.
    private func read() -> Bool {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 65_536) { buffer in
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 {
                bytesReceived += count
                take(UnsafeBufferPointer(rebasing: buffer[..<count]).span)
                return true
            }
            if count == 0 {
                end(closeCode.map { .code($0) } ?? .endOfStream)
            } else if errno != EAGAIN, errno != EINTR {
                end(closeCode.map { .code($0) } ?? .init(errno: errno))
            }
            return false
        }
    }

    private func take(_ bytes: Span<UInt8>) {
        guard state == .shaking else { return decode(bytes) }
        bytes.withUnsafeBufferPointer { head.append(contentsOf: $0) }
        switch Handshake.answer(head) {
        case .incomplete: break
        case .violation(let what): end(.violation(what))
        case .refused(let status): end(.refused(status: status))
        case .accepted(let count):
            let rest = Array(head[count...])
            head = []
            state = .open
            owner?.socketOpened(self)
            if !rest.isEmpty, state != .closed { decode(rest.span) }
        }
    }

    private func decode(_ bytes: Span<UInt8>) {
        do throws(WebSocketViolation) {
            try decoder.decode(bytes) { opcode, payload in
                take(opcode, payload)
                return state != .closed
            }
        } catch {
            end(.violation(error.description))
        }
    }

    private func take(_ opcode: ServerFrameDecoder.Opcode, _ payload: Span<UInt8>) {
        switch opcode {
        case .text:
            guard closeCode == nil else { return end(.violation("a message after the close frame")) }
            messagesReceived += 1
            owner?.socket(self, received: payload)
        case .ping:
            pingsReceived += 1
            if state == .open { sendFrame(.pong, payload.withUnsafeBufferPointer { Array($0) }) }
        case .close:
            closeCode = payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : 1005
            if state == .open {
                sendFrame(.close, payload.withUnsafeBufferPointer { Array($0.prefix(2)) })
                state = .closing
            }
        case .pong, .binary, .continuation: break
        }
    }

    // MARK: End

    private func end(_ ending: Ending) {
        guard state != .closed else { return }
        release()
        owner?.socketClosed(self, ending)
    }

    private func release() {
        guard state != .closed else { return }
        state = .closed
        poll?.close()
        poll = nil
        Glibc.close(descriptor)
        descriptor = -1
    }
}

extension LoadSocket.Ending {
    fileprivate init(errno: Int32) {
        self = errno == ECONNRESET || errno == EPIPE ? .reset : .failed(errno)
    }
}
