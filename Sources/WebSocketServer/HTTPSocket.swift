internal import Glibc
internal import UVLoop

/// One accepted socket while it speaks HTTP/1.1: request after request, until it closes or becomes a WebSocket.
///
/// Owns the descriptor, until `takeDescriptor` hands it on. Held by the server. On the loop thread.
final class HTTPSocket {
    private enum State {
        /// A request's head is coming. To writing, lingering, ended.
        case reading
        /// An answer is leaving. To reading (keep-alive), lingering, ended.
        case writing(keepsAlive: Bool)
        /// All is said and our half is shut; what still comes is thrown away, because a close with unread bytes would reset
        /// the connection and could destroy the answer on its way. To ended.
        case lingering
        case ended
    }

    /// Where the server keeps it in its list.
    var index = 0
    private let server: WebSocketServer
    private let descriptor: Int32
    private let poll: UVPoll
    private var state = State.reading
    private var head: [UInt8] = []
    private var answer: [UInt8] = []
    private var sent = 0
    /// Bytes of the server's budget that it has taken.
    private var held = 0
    /// Loop time in milliseconds at which it is given up.
    private var deadline: UInt64
    /// The same for the answer as a whole.
    private var lastDeadline: UInt64 = 0

    /// An answer of so many bytes is not counted: a peer must be told, and `/healthz` answered, whatever others keep.
    private static let freeBytes = 1_024

    /// Nil, and the descriptor is closed, where it cannot be watched.
    init?(takingOwnershipOf descriptor: Int32, server: WebSocketServer) {
        guard let poll = try? server.loop.makePoll(fileDescriptor: descriptor) else {
            Glibc.close(descriptor)
            return nil
        }
        self.descriptor = descriptor
        self.poll = poll
        self.server = server
        deadline = server.now + server.handshakeTimeout
        watch(.readable)
    }

    func sweep(now: UInt64) {
        if now >= deadline { end() }
    }

    /// Closes the socket. The second time does nothing.
    func end() {
        if case .ended = state { return }
        leave()
        Glibc.close(descriptor)
    }

    /// The descriptor is the caller's from here on, and nobody watches it.
    private func takeDescriptor() -> Int32 {
        leave()
        return descriptor
    }

    private func leave() {
        state = .ended
        holdAtMost(0)
        poll.close()
        server.remove(self)
    }

    private func watch(_ events: UVPoll.Events) {
        poll.start(events) { [unowned self] status, _ in
            // The server lets go of it when it ends.
            let socket = self
            if status < 0 { socket.end() } else { socket.proceed() }
        }
    }

    private func proceed() {
        switch state {
        case .reading: read()
        case .writing(let keepsAlive): write(keepsAlive: keepsAlive)
        case .lingering: discard()
        case .ended: break
        }
    }

    // MARK: Reading

    /// Takes the bytes of one head from the socket and not one more: what follows is the next request, or WebSocket frames,
    /// which are not ours to read.
    private func read() {
        let known = head.count
        let count = server.withReadBuffer { buffer in
            let room = server.maxRequestBytes - known
            let peeked = recv(descriptor, buffer.baseAddress, room, Int32(MSG_PEEK))
            guard peeked > 0 else { return peeked }
            head.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<peeked]))
            if let end = endOfHead(from: known) { head.removeLast(head.count - end) }
            // They are there, so this takes them all.
            return recv(descriptor, buffer.baseAddress, head.count - known, 0)
        }
        guard count > 0 else {
            if count == 0 || errno != EAGAIN && errno != EINTR { end() }
            return
        }
        if head.suffix(4).elementsEqual([13, 10, 13, 10]) {
            let request = head
            head = []
            holdAtMost(0)
            received(request)
        } else if head.count >= server.maxRequestBytes {
            answer(.text(431, "The request's headers may have \(server.maxRequestBytes) bytes."), keepsAlive: false)
        } else if head.prefix(3).elementsEqual([22, 3, 1]) {
            // A TLS handshake: nothing that we could say would be understood.
            end()
        } else if !hold(head.count) {
            answer(.busy, keepsAlive: false)
        }
    }

    /// Has `count` bytes counted as kept for this visitor. False where all together have too many; it keeps what it had.
    private func hold(_ count: Int) -> Bool {
        holdAtMost(count)
        guard server.visitorBytes.take(count - held) else { return false }
        held = count
        return true
    }

    private func holdAtMost(_ count: Int) {
        guard held > count else { return }
        server.visitorBytes.giveBack(held - count)
        held = count
    }

    /// The place behind the first empty line, of which all but 3 bytes are new.
    private func endOfHead(from known: Int) -> Int? {
        var index = max(0, known - 3)
        while index + 4 <= head.count {
            if head[index + 3] == 10, head[index] == 13, head[index + 1] == 10, head[index + 2] == 13 {
                return index + 4
            }
            index += 1
        }
        return nil
    }

    private func received(_ bytes: [UInt8]) {
        do {
            let request = try RequestHead(bytes)
            switch server.outcome(of: request) {
            case .reply(let reply):
                answer(reply, keepsAlive: request.keepsAlive, withBody: request.method != .head)
            case .upgrade(let admitted):
                let canonical = Upgrade.canonicalRequest(request, subprotocol: server.options.subprotocol)
                server.upgrade(takeDescriptor(), request: canonical, admitted)
            }
        } catch {
            answer(error, keepsAlive: false)
        }
    }

    // MARK: Writing

    private func answer(_ reply: HTTPReply, keepsAlive: Bool, withBody: Bool = true) {
        head = []
        // A body that cannot be kept until the peer takes it makes room for a sentence; sentences are always found.
        let canKeep = !withBody || reply.body.count <= Self.freeBytes || hold(reply.body.count)
        let reply = canKeep ? reply : .busy
        answer = reply.head(keepsAlive: keepsAlive, date: server.date)
        if withBody { answer += reply.body }
        sent = 0
        state = .writing(keepsAlive: keepsAlive)
        lastDeadline = server.now + server.messageTimeout
        deadline = server.now + server.handshakeTimeout
        write(keepsAlive: keepsAlive)
    }

    private func write(keepsAlive: Bool) {
        let count = answer.withUnsafeBytes {
            send(descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
        }
        guard count >= 0 else {
            if errno == EAGAIN || errno == EINTR { watch(.writable) } else { end() }
            return
        }
        sent += count
        // Each piece has its own time to leave, and so has the whole.
        deadline = min(server.now + server.handshakeTimeout, lastDeadline)
        guard sent == answer.count else { return watch(.writable) }
        answer = []
        holdAtMost(0)
        if keepsAlive {
            state = .reading
            deadline = server.now + server.keepAliveTimeout
        } else {
            state = .lingering
            deadline = server.now + server.closeTimeout
            shutdown(descriptor, Int32(SHUT_WR))
        }
        watch(.readable)
    }

    private func discard() {
        let count = server.withReadBuffer { recv(descriptor, $0.baseAddress, $0.count, 0) }
        if count == 0 || count < 0 && errno != EAGAIN && errno != EINTR { end() }
    }
}
