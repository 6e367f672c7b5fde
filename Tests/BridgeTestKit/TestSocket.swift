import Glibc

/// A TCP socket for tests: blocking calls, a deadline on every wait, nothing between the test and the bytes.
///
/// One thread at a time. Closed with `close()` or when the last reference goes.
package final class TestSocket {
    /// What went wrong, in words a failing test can print.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
        package init(_ description: String) { self.description = description }
    }

    private var descriptor: Int32
    /// True once the peer ended the stream with a reset instead of an orderly end.
    package private(set) var wasReset = false
    /// At most so many bytes are taken from the socket at once: small values make a slow reader.
    package var bytesPerRead = 65536

    /// Connects to `host` (an IPv4 or IPv6 address). `receiveBuffer` sets SO_RCVBUF, in bytes, before connecting, so that
    /// the TCP window is small from the start.
    package init(host: String = "127.0.0.1", port: UInt16, receiveBuffer: Int32? = nil, timeout: Duration) throws {
        let isV6 = host.contains(":")
        descriptor = socket(isV6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure("socket: \(TestSocket.lastError)") }
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        let started: Int32
        if isV6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            guard inet_pton(AF_INET6, host, &address.sin6_addr) == 1 else {
                throw Failure("\(host) is no IPv6 address")
            }
            started = TestSocket.connect(descriptor, to: &address)
        } else {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else { throw Failure("\(host) is no IPv4 address") }
            started = TestSocket.connect(descriptor, to: &address)
        }
        if started != 0 {
            guard started == EINPROGRESS else {
                throw Failure("connect to \(host):\(port): \(TestSocket.text(started))")
            }
            try wait(for: Int16(POLLOUT), until: .now + timeout, doing: "connect to \(host):\(port)")
            var error: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size)
            guard error == 0 else { throw Failure("connect to \(host):\(port): \(TestSocket.text(error))") }
        }
    }

    deinit { close() }

    /// Writes all of `bytes`, waiting for the peer to take them until the deadline.
    package func write(_ bytes: [UInt8], until deadline: ContinuousClock.Instant) throws {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress! + offset, $0.count - offset, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 {
                offset += count
            } else if errno == EAGAIN {
                try wait(for: Int16(POLLOUT), until: deadline, doing: "write byte \(offset) of \(bytes.count)")
            } else if errno != EINTR {
                throw Failure("write byte \(offset) of \(bytes.count): \(TestSocket.lastError)")
            }
        }
    }

    /// Appends what has come, at least one byte, to `buffer`; false at the end of the stream.
    package func read(into buffer: inout [UInt8], until deadline: ContinuousClock.Instant) throws -> Bool {
        while true {
            let (count, error) = readOnce(into: &buffer)
            if count > 0 { return true }
            if count == 0 { return false }
            switch error {
            case EAGAIN: try wait(for: Int16(POLLIN), until: deadline, doing: "read")
            case EINTR: continue
            case ECONNRESET, EPIPE:
                wasReset = true
                return false
            default: throw Failure("read: \(TestSocket.text(error))")
            }
        }
    }

    /// Appends what is there, at most `bytesPerRead`, without waiting. 0 at the end of the stream, -1 and an errno where there
    /// is nothing.
    func readOnce(into buffer: inout [UInt8]) -> (count: Int, error: Int32) {
        withUnsafeTemporaryAllocation(byteCount: bytesPerRead, alignment: 1) { bytes in
            let count = recv(descriptor, bytes.baseAddress, bytes.count, 0)
            let error = errno
            if count > 0 { buffer.append(contentsOf: bytes[..<count]) }
            return (count, error)
        }
    }

    /// Ends the sending half; reading goes on.
    package func shutdownWriting() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Closes at once with a TCP reset: the peer loses the connection in the middle of whatever it was doing.
    package func reset() {
        var lingering = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    package func close() {
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
        descriptor = -1
    }

    private func wait(for events: Int16, until deadline: ContinuousClock.Instant, doing what: String) throws {
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { throw Failure("timed out: \(what)") }
            let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
            var poller = pollfd(fd: descriptor, events: events, revents: 0)
            let count = poll(&poller, 1, Int32(clamping: milliseconds + 1))
            if count > 0 { return }
            guard count == 0 || errno == EINTR else { throw Failure("\(what): \(TestSocket.lastError)") }
        }
    }

    /// 0, or the error.
    private static func connect<Address>(_ descriptor: Int32, to address: inout Address) -> Int32 {
        withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size)) == 0 ? 0 : errno
            }
        }
    }

    private static var lastError: String { text(errno) }
    private static func text(_ error: Int32) -> String { String(cString: strerror(error)) }
}
