/// Who may talk to this server. A page of another site must not reach a user's local server and spend the key: its
/// Origin gives it away, and where it hides behind a name that resolves to us (DNS rebinding), the Host does.
package struct AccessPolicy {
    /// Host names we serve, lower case, without port.
    private let hosts: Set<String>
    /// Whether a Host that is an address, not a name, is served: no rebinding without a name.
    private let servesAddresses: Bool
    /// Origins beyond our own, normalised.
    private let origins: Set<String>

    /// - Parameters:
    ///   - boundHost: what the server listens on; loopback names are always served.
    ///   - hosts: further names we are known by.
    ///   - origins: further origins (`https://chat.example.org`) whose pages may connect. Each is named: a
    ///     pattern that lets all in is what a stranger's page waits for.
    package init(boundHost: String, hosts: [String] = [], origins: [String] = []) {
        self.hosts = Set(["localhost", "127.0.0.1", "[::1]"] + ([boundHost] + hosts).map { $0.lowercased() })
        servesAddresses = !["localhost", "127.0.0.1", "::1"].contains(boundHost)
        self.origins = Set(origins.map(Self.normalise))
    }

    package func serves(host: String?) -> Bool {
        guard let host = host?.lowercased() else { return false }
        let name = Self.split(host).name
        return hosts.contains(name) || hosts.contains(String(name.drop { $0 == "[" }.prefix { $0 != "]" }))
            || (servesAddresses && Self.isAddress(name))
    }

    /// - Parameter origin: the header's value; a client that sends none is no browser page.
    package func allows(origin: String?, host: String?) -> Bool {
        guard let origin else { return true }
        let normalised = Self.normalise(origin)
        if origins.contains(normalised) { return true }
        guard let host = host?.lowercased() else { return false }
        return ["http", "https"].contains { normalised == Self.normalise("\($0)://\(host)") }
    }

    /// Lower case, without a trailing slash and without the scheme's own port.
    private static func normalise(_ origin: String) -> String {
        var text = origin.lowercased()
        while text.last == "/" { text.removeLast() }
        for (scheme, port) in [("http://", ":80"), ("https://", ":443")]
        where text.hasPrefix(scheme) && text.hasSuffix(port) {
            text.removeLast(port.count)
        }
        return text
    }

    private static func split(_ host: String) -> (name: String, port: String?) {
        if host.first == "[", let end = host.firstIndex(of: "]") {
            return (String(host[...end]), String(host[host.index(after: end)...].dropFirst()))
        }
        guard let colon = host.lastIndex(of: ":") else { return (host, nil) }
        return (String(host[..<colon]), String(host[host.index(after: colon)...]))
    }

    private static func isAddress(_ name: String) -> Bool {
        if name.first == "[" { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }
}
