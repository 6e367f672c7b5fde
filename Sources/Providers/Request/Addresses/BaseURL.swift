/// An operator's base URL, taken apart: absolute, http or https (RFC 3986), printable ASCII, without user part and fragment.
struct BaseURL {
    /// Scheme, authority and path, without slashes at the end.
    private(set) var path: Substring
    /// What stands behind the question mark.
    private(set) var parameters: [Substring]
    /// Where the path begins in `path`.
    private let pathStart: Substring.Index

    init?(_ text: String) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }), !text.contains("#"),
            let rest = Self.afterScheme(text)
        else { return nil }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard Self.isValid(authority: authority) else { return nil }
        pathStart = authority.endIndex
        path = text.prefix { $0 != "?" }
        parameters = text[path.endIndex...].dropFirst().split(separator: "&")
        dropSlashes()
    }

    private mutating func dropSlashes() {
        while path.last == "/" { path.removeLast() }
    }

    /// Drops an ending of the path that was copied along.
    /// - Returns: whether it was there.
    @discardableResult
    mutating func drop(ending: String) -> Bool {
        guard path[pathStart...].hasSuffix(ending) else { return false }
        path.removeLast(ending.count)
        dropSlashes()
        return true
    }

    /// Drops the path from the first place where `part` stands.
    /// - Returns: what stood behind it there.
    mutating func drop(from part: String) -> Substring? {
        var index = pathStart
        while index < path.endIndex {
            if path[index...].hasPrefix(part) {
                let rest = path[index...].dropFirst(part.count)
                path = path[..<index]
                dropSlashes()
                return rest
            }
            index = path.index(after: index)
        }
        return nil
    }

    /// Appends a version of the API (`/v1`) unless the path names one.
    mutating func complete(version: String) {
        let names = path[pathStart...].split(separator: "/")
        if !names.contains(where: { $0.first == "v" && $0.dropFirst().first?.isNumber == true }) { path += version }
    }

    /// Takes a parameter out of the query.
    mutating func take(parameter name: String) -> String? {
        guard let index = parameters.firstIndex(where: { $0.hasPrefix(name + "=") }) else { return nil }
        return String(parameters.remove(at: index).dropFirst(name.count + 1))
    }

    /// The query, with further parameters at its end.
    func query(_ more: String...) -> String {
        let all = parameters.map(String.init) + more
        return all.isEmpty ? "" : "?" + all.joined(separator: "&")
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
