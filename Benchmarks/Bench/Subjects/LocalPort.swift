import Glibc

/// Ports of 127.0.0.1: for servers that cannot choose one themselves, and for plain clients.
enum LocalPort {
    /// A port on 127.0.0.1 that nobody has at this moment.
    static func findFree() throws -> UInt16 {
        try withSocket { descriptor in
            var address = loopback(port: 0)
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let status = withSocketAddress(&address) { pointer in
                bind(descriptor, pointer, size) == 0 ? getsockname(descriptor, pointer, &size) : -1
            }
            guard status == 0 else { throw ChildProcess.Failure(description: "no free port on 127.0.0.1") }
            return UInt16(bigEndian: address.sin_port)
        }
    }

    /// Waits until somebody listens there: such servers do not say when they do.
    static func waitUntilTaken(_ port: UInt16) throws {
        for _ in 0..<2_000 {
            if let descriptor = try? connect(port) {
                close(descriptor)
                return
            }
            // Polls a condition: there is no event to wait for.
            usleep(5_000)
        }
        throw ChildProcess.Failure(description: "nobody listens on port \(port)")
    }

    /// A connection, the caller's to close; blocking.
    static func connect(_ port: UInt16) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = loopback(port: port)
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        let status = withSocketAddress(&address) {
            Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
        guard status == 0 else {
            close(descriptor)
            throw ChildProcess.Failure(description: "nobody listens on port \(port)")
        }
        return descriptor
    }

    private static func withSocket<Value>(_ body: (Int32) throws -> Value) throws -> Value {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw ChildProcess.Failure(description: "no socket") }
        defer { close(descriptor) }
        return try body(descriptor)
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func withSocketAddress<Value>(
        _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>) -> Value
    ) -> Value {
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0) }
        }
    }
}
