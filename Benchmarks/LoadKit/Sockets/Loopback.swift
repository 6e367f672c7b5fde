internal import Glibc

/// Non-blocking TCP sockets on 127.0.0.1, closed by whoever asked for them.
enum Loopback {
    /// A listening socket on a free port.
    static func listen(backlog: Int32) throws(SocketError) -> (descriptor: Int32, port: UInt16) {
        let descriptor = try make()
        var address = address(port: 0)
        guard withSocketAddress(&address, { bind(descriptor, $0, $1) }) == 0, Glibc.listen(descriptor, backlog) == 0
        else {
            let error = errno
            close(descriptor)
            throw SocketError("listen", error)
        }
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withSocketAddress(&address) { pointer, _ in getsockname(descriptor, pointer, &size) }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    /// The next waiting connection; nil where there is none, or no descriptor for it.
    static func accept(_ listening: Int32) -> Int32? {
        let descriptor = Glibc.accept(listening, nil, nil)
        guard descriptor >= 0 else { return nil }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        sendWithoutDelay(descriptor)
        return descriptor
    }

    /// A connection under way: it is writable once it stands or has failed. `receiveBuffer` is SO_RCVBUF, bytes, set
    /// before connecting so that the TCP window is small from the start.
    static func connect(port: UInt16, receiveBuffer: Int32?) throws(SocketError) -> Int32 {
        let descriptor = try make()
        if var receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
        }
        sendWithoutDelay(descriptor)
        var address = address(port: port)
        guard withSocketAddress(&address, { Glibc.connect(descriptor, $0, $1) }) == 0 || errno == EINPROGRESS else {
            let error = errno
            close(descriptor)
            throw SocketError("connect", error)
        }
        return descriptor
    }

    /// The error that a connection under way has ended in; 0 where it stands.
    static func pendingError(_ descriptor: Int32) -> Int32 {
        var error: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size)
        return error
    }

    /// Closes with a TCP reset instead of an orderly end.
    static func reset(_ descriptor: Int32) {
        var lingering = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
        close(descriptor)
    }

    private static func make() throws(SocketError) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_INET, type, 0)
        guard descriptor >= 0 else { throw SocketError("socket", errno) }
        return descriptor
    }

    private static func sendWithoutDelay(_ descriptor: Int32) {
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func address(port: UInt16) -> sockaddr_in {
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

/// A socket call that said no.
package struct SocketError: Error, Equatable, CustomStringConvertible {
    package let operation: String
    /// The errno.
    package let number: Int32

    init(_ operation: String, _ number: Int32) {
        self.operation = operation
        self.number = number
    }

    package var description: String { "\(operation): \(String(cString: strerror(number)))" }
}
