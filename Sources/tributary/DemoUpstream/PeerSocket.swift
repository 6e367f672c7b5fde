import FlyingFox
import Glibc

/// The socket under a request, seen from the side: the HTTP server hands out the peer's address but not the socket.
///
/// Valid while the request is being answered: until then the server keeps the descriptor open.
struct PeerSocket {
    private let descriptor: Int32

    /// Finds the descriptor of this process that is connected to `address`; nil where there is none.
    init?(_ address: HTTPRequest.Address?) {
        guard case .ip4(let ip, let port)? = address else { return nil }
        var wanted = in_addr()
        guard inet_pton(AF_INET, ip, &wanted) == 1 else { return nil }
        let limit = min(Int32(clamping: sysconf(Int32(_SC_OPEN_MAX))), 65_536)
        let found = (3..<limit).first { descriptor in
            var peer = sockaddr_in()
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let result = withUnsafeMutablePointer(to: &peer) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &size) }
            }
            return result == 0 && peer.sin_family == sa_family_t(AF_INET) && peer.sin_port == port.bigEndian
                && peer.sin_addr.s_addr == wanted.s_addr
        }
        guard let found else { return nil }
        descriptor = found
    }

    /// Sends every token at once instead of waiting for the acknowledgement of the one before (Nagle's algorithm).
    func sendAtOnce() {
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Whether the client has closed its side or reset the connection.
    var hasGone: Bool {
        let hangUp: Int16 = 0x2000  // POLLRDHUP, which Glibc's module does not show
        var poller = pollfd(fd: descriptor, events: hangUp, revents: 0)
        return poll(&poller, 1, 0) > 0
    }
}
