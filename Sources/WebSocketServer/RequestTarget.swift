/// What a request is for (RFC 9112 section 3.2): a decoded path and a query.
struct RequestTarget {
    /// Percent-decoded; starts with a slash.
    let path: String
    /// Host and port, where the target is a whole URL.
    let authority: String?
    private let query: Substring

    init(_ text: Substring) throws(HTTPReply) {
        var rest = text
        if rest.hasPrefix("http://") {
            rest = rest.dropFirst("http://".count)
            let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
            authority = String(rest[..<end])
            rest = rest[end...]
            if !rest.hasPrefix("/") { rest = "/" + rest }
        } else {
            authority = nil
        }
        let end = rest.firstIndex(of: "?") ?? rest.endIndex
        guard rest.hasPrefix("/"), !rest.contains("#"), let path = Self.decode(rest[..<end]) else {
            throw .badRequest("The request's target is malformed.")
        }
        self.path = path
        query = rest[end...].dropFirst()
    }

    /// Decoded values of the parameters of that name, in order, as forms are encoded: a plus is a space. A parameter that
    /// cannot be decoded is left out.
    func values(of name: String) -> [String] {
        query.split(separator: "&").compactMap { parameter in
            let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, Self.decode(parts[0]) == name else { return nil }
            return Self.decode(Substring(String(parts[1].map { $0 == "+" ? " " : $0 })))
        }
    }

    /// Nil for a broken escape, for a control character however it is written, and for what is not UTF-8 in the end.
    private static func decode(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            } else {
                bytes.append(byte)
            }
        }
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
