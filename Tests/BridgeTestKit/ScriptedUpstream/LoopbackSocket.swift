import Glibc

/// A TCP socket on 127.0.0.1, as tests need it.
package struct LoopbackSocket {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        fileprivate static var last: Failure {
            Failure(description: "no socket on 127.0.0.1: \(String(cString: strerror(errno)))")
        }
    }

    package let descriptor: Int32
    package let port: UInt16

    /// A listening socket on a free port; the caller closes it.
    package static func listening(backlog: Int32) throws(Failure) -> LoopbackSocket {
        let socket = try bound()
        guard listen(socket.descriptor, backlog) == 0 else { throw Failure.last }
        return socket
    }

    /// A port that nobody else gets and where nobody listens; the caller closes it.
    package static func bound() throws(Failure) -> LoopbackSocket {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = loopback(port: 0)
        guard withSocketAddress(&address, { bind(descriptor, $0, $1) }) == 0 else { throw Failure.last }
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withSocketAddress(&address) { pointer, _ in getsockname(descriptor, pointer, &size) }
        return LoopbackSocket(descriptor: descriptor, port: UInt16(bigEndian: address.sin_port))
    }

    package func close() { Glibc.close(descriptor) }

    /// A connection to a port, under way or done; the caller closes it.
    package static func connecting(to port: UInt16) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_INET, type, 0)
        var address = loopback(port: port)
        _ = withSocketAddress(&address) { connect(descriptor, $0, $1) }
        return descriptor
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func withSocketAddress(
        _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}

/// A port where nobody answers: its queue is full, so that a connect neither succeeds nor fails.
package final class DeafPort {
    package let port: UInt16
    private let listener: Int32
    private let fillers: [Int32]

    /// The connections that fill its queue, or try to.
    package var fillerCount: Int { fillers.count }

    package init() throws {
        let socket = try LoopbackSocket.listening(backlog: 0)
        (listener, port) = (socket.descriptor, socket.port)
        // Linux queues one connection more than the backlog; the others keep asking.
        fillers = (0..<4).map { _ in LoopbackSocket.connecting(to: socket.port) }
    }

    deinit {
        for filler in fillers { close(filler) }
        close(listener)
    }
}
