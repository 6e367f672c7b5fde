internal import CLibwebsockets
internal import Glibc

/// A system call of the server that said no.
package struct SocketError: Error, CustomStringConvertible {
    package let operation: String
    /// The errno.
    package let code: Int32

    package var description: String { "\(operation): \(String(cString: strerror(code)))" }
}

/// One listening TCP socket. Owns its descriptor; `close()` gives it back.
///
/// libwebsockets could listen itself, but takes one connection at a time (140–230 µs of CPU each at 12,000, quadratic)
/// where `accept4` in batches costs 18–32 µs; and this way limits hold before any work is done.
struct ListeningSocket {
    /// Bytes that the kernel takes for a connection beyond those on their way: two of our longest messages. Without it, a peer
    /// that does not read holds 2.8 MB of the kernel's memory, and what is in there can be merged no more.
    static let maxUnsentBytes: Int32 = 128 << 10

    let descriptor: Int32
    let port: UInt16

    enum Accepted {
        case socket(Int32)
        /// Nobody waits, or whoever did has gone: the next readiness tells.
        case none
        /// The process or machine has no descriptor or memory left: readiness will go on being reported, so pause.
        case exhausted
    }

    init(_ address: ListeningAddress, port: UInt16, backlog: Int32) throws(SocketError) {
        let descriptor = socket(
            address.family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError(operation: "socket", code: errno) }
        do throws(SocketError) {
            Self.enable(descriptor, SOL_SOCKET, SO_REUSEADDR)
            // Accepted sockets inherit it. Deltas are small and must not wait for an acknowledgement.
            Self.enable(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY)
            // Inherited, too.
            Self.set(descriptor, Int32(IPPROTO_TCP), TCP_NOTSENT_LOWAT, Self.maxUnsentBytes)
            if address.family == AF_INET6 {
                Self.enable(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, !address.isDualStack)
            }
            let bound = address.withSocketAddress(port: port) { bind(descriptor, $0, $1) }
            guard bound == 0 else { throw SocketError(operation: "bind to \(address) port \(port)", code: errno) }
            guard listen(descriptor, backlog) == 0 else { throw SocketError(operation: "listen", code: errno) }
            self.port = try Self.port(of: descriptor)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    /// The next waiting connection's descriptor (non-blocking, closed on exec), which is the caller's.
    func accept() -> Accepted {
        let accepted = tributary_accept(descriptor)
        if accepted >= 0 { return .socket(accepted) }
        switch errno {
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
        default: return .none
        }
    }

    func close() {
        Glibc.close(descriptor)
    }

    /// Closes an accepted socket at once, with a reset: it leaves nothing behind in the kernel either.
    static func refuse(_ descriptor: Int32) {
        var lingering = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
        Glibc.close(descriptor)
    }

    private static func enable(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Bool = true) {
        set(descriptor, level, option, value ? 1 : 0)
    }

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var number = value
        setsockopt(descriptor, level, option, &number, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func port(of descriptor: Int32) throws(SocketError) -> UInt16 {
        var address = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        guard status == 0 else { throw SocketError(operation: "getsockname", code: errno) }
        // sin_port and sin6_port share their place.
        return UInt16(bigEndian: address.sin6_port)
    }
}
