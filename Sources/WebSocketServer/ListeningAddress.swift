internal import Glibc

/// A numeric address to listen on.
struct ListeningAddress: CustomStringConvertible {
    private enum Number {
        case v4(in_addr)
        case v6(in6_addr)
    }

    private let number: Number
    let description: String

    /// Nil for what is neither an IPv4 nor an IPv6 address.
    init?(_ text: String) {
        var v4 = in_addr()
        var v6 = in6_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            number = .v4(v4)
        } else if inet_pton(AF_INET6, text, &v6) == 1 {
            number = .v6(v6)
        } else {
            return nil
        }
        description = text
    }

    var family: Int32 {
        switch number {
        case .v4: AF_INET
        case .v6: AF_INET6
        }
    }

    /// `::` takes IPv4 connections too.
    var isDualStack: Bool { description == "::" }

    func withSocketAddress<R>(port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        switch number {
        case .v4(let host):
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr = host
            return Self.with(&address, body)
        case .v6(let host):
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            address.sin6_addr = host
            return Self.with(&address, body)
        }
    }

    private static func with<Address, R>(_ address: inout Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R)
        -> R
    {
        withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<Address>.size)) }
        }
    }
}
