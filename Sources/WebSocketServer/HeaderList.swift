/// A header value that is a list of comma-separated elements (RFC 9110 section 5.6.1).
enum HeaderList {
    /// The elements, without the white space around them; empty ones are ignored.
    static func tokens(_ value: String?) -> [String] {
        guard let value else { return [] }
        return value.split(separator: ",").map(trim).filter { !$0.isEmpty }
    }

    /// Without regard to case.
    static func contains(_ token: String, in value: String?) -> Bool {
        tokens(value).contains { $0.lowercased() == token }
    }

    /// Whether `text` is a token (RFC 9110 section 5.6.2).
    static func isToken(_ text: some StringProtocol) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default:
                    "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// Without the blanks around it.
    static func trim(_ text: Substring) -> String {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }
}
