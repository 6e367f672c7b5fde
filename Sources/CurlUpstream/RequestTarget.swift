/// The part of a URL that may be named in messages: where it leads, without user, path and query.
struct RequestTarget {
    /// Host and, where the URL has one, port.
    let authority: String
    let isTLS: Bool

    /// Nil for anything but an absolute http or https URL with a host and without spaces or control characters.
    init?(url: String) {
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }), let colon = url.firstIndex(of: ":") else { return nil }
        let scheme = url[..<colon].lowercased()
        guard scheme == "http" || scheme == "https", url[colon...].hasPrefix("://") else { return nil }
        let rest = url[colon...].dropFirst(3)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        let userAndHost = rest[..<end]
        let host = userAndHost.lastIndex(of: "@").map { userAndHost[$0...].dropFirst() } ?? userAndHost
        guard !host.isEmpty, !host.hasPrefix(":") else { return nil }
        authority = String(host)
        isTLS = scheme == "https"
    }
}
