internal import Glibc
internal import UVLoop

/// All listening sockets of the server, on one port. Accepts in batches, so that a storm of connections does not keep the
/// loop from its other work.
final class Listener {
    let port: UInt16
    private let batch: Int
    private var sockets: [(socket: ListeningSocket, poll: UVPoll)] = []
    private var accepted: ((Int32) -> Void)?

    /// Binds and listens; connections wait in the kernel until `start`.
    init(loop: UVLoop, options: WebSocketServerOptions) throws {
        batch = options.acceptBatch
        let bound = try Self.bind(options)
        port = bound[0].port
        for (index, socket) in bound.enumerated() {
            do {
                sockets.append((socket, try loop.makePoll(fileDescriptor: socket.descriptor)))
            } catch {
                close()
                bound[index...].forEach { $0.close() }
                throw error
            }
        }
    }

    /// Calls `accepted` with each new connection's descriptor, which is the callee's.
    func start(_ accepted: @escaping (Int32) -> Void) {
        self.accepted = accepted
        resume()
    }

    /// Watches all sockets again: after the process ran out of descriptors nothing is accepted until this is called.
    func resume() {
        for (socket, poll) in sockets {
            poll.start(.readable) { [unowned self] _, _ in accept(from: socket, poll) }
        }
    }

    /// New connections are refused by the kernel from here on. The second time does nothing.
    func close() {
        for (socket, poll) in sockets {
            poll.close()
            socket.close()
        }
        sockets = []
        accepted = nil
    }

    private func accept(from socket: ListeningSocket, _ poll: UVPoll) {
        for _ in 0..<batch {
            switch socket.accept() {
            case .socket(let descriptor): accepted?(descriptor)
            case .none: return
            case .exhausted: return poll.stop()
            }
        }
    }

    /// One socket, or for `localhost` two on the same port.
    private static func bind(_ options: WebSocketServerOptions) throws -> [ListeningSocket] {
        func listen(_ address: ListeningAddress, _ port: UInt16) throws(SocketError) -> ListeningSocket {
            try ListeningSocket(address, port: port, backlog: options.listenBacklog)
        }
        if let address = ListeningAddress(options.host) { return [try listen(address, options.port)] }
        guard options.host == "localhost", let v4 = ListeningAddress("127.0.0.1"), let v6 = ListeningAddress("::1")
        else {
            throw WebSocketServerError.notAnAddress(options.host)
        }
        // Where the kernel chooses the port for IPv4, the same one may be taken for IPv6: another try, another port.
        var triesLeft = options.port == 0 ? 16 : 1
        while true {
            let first = try listen(v4, options.port)
            do {
                return [first, try listen(v6, first.port)]
            } catch  where error.code == EADDRNOTAVAIL || error.code == EAFNOSUPPORT {
                // A machine without IPv6.
                return [first]
            } catch {
                first.close()
                triesLeft -= 1
                guard triesLeft > 0, error.code == EADDRINUSE else { throw error }
            }
        }
    }
}
