/// Where a provider is: the URLs made from its base URL (`https://api.openai.com/v1`).
package struct Endpoint: Equatable, Sendable {
    package let chatURL: String
    package let modelsURL: String

    /// Nil unless `baseURL` is an absolute http or https URL (RFC 3986) of printable ASCII without user part and
    /// fragment. Slashes at the end and a `/chat/completions` that was copied along are dropped; a query (Azure's
    /// `api-version`) stays.
    package init?(baseURL: String) {
        guard baseURL.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }),
            !baseURL.contains("#"), let rest = Self.afterScheme(baseURL)
        else { return nil }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard Self.isValid(authority: authority) else { return nil }
        let query = baseURL.firstIndex(of: "?").map { baseURL[$0...] } ?? ""
        var path = baseURL.dropLast(query.count)
        func dropSlashes() { while path.last == "/" { path.removeLast() } }
        dropSlashes()
        if path.hasSuffix("/chat/completions") {
            path.removeLast("/chat/completions".count)
            dropSlashes()
        }
        chatURL = "\(path)/chat/completions\(query)"
        modelsURL = "\(path)/models\(query)"
    }

    private static func afterScheme(_ url: String) -> Substring? {
        for scheme in ["http://", "https://"] where url.lowercased().hasPrefix(scheme) {
            return url.dropFirst(scheme.count)
        }
        return nil
    }

    /// A host (a name, an IPv4 address, or an IPv6 address in brackets), and perhaps a port.
    private static func isValid(authority: Substring) -> Bool {
        guard !authority.contains("@") else { return false }
        var host = authority
        var port: Substring?
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else { return false }
            host = authority[authority.index(after: authority.startIndex)..<close]
            let rest = authority[authority.index(after: close)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return false }
            port = rest.isEmpty ? nil : rest.dropFirst()
            guard host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." || $0 == "%" }) else { return false }
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
        }
        guard !host.isEmpty, authority.hasPrefix("[") || host.allSatisfy(isHostCharacter) else { return false }
        guard let port else { return true }
        return UInt16(port).map { $0 > 0 } ?? false
    }

    private static func isHostCharacter(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "." || character == "-" || character == "_"
    }
}
