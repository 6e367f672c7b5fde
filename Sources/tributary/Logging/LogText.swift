/// How values look in a log line.
enum LogText {
    /// Longest value, in UTF-8 bytes.
    static let maxBytes = 512

    /// The beginning of what is too long, with a sign that something is missing.
    static func bounded(_ value: String) -> String {
        guard value.utf8.count > maxBytes else { return value }
        var short = ""
        var count = 0
        for scalar in value.unicodeScalars {
            count += UTF8.width(scalar)
            if count > maxBytes { break }
            short.unicodeScalars.append(scalar)
        }
        return short + "…"
    }

    /// In place of a client's own words.
    static let other = "[other]"

    /// A model's name as a client gave it, where it looks like one: 1–128 of `A-Z a-z 0-9 . _ : / @ + -`. Anything else may
    /// be a prompt in the wrong place.
    static func modelName(_ name: String) -> String {
        let isName =
            (1...128).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "._:/@+-".utf8.contains(byte)
                }
            }
        return isName ? name : other
    }

    /// As it is where it is one plain word, else quoted.
    static func text(_ value: String) -> String {
        let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x3D }
        return isPlain ? value : JSONText.quoted(value)
    }

    /// A whole number as a JSON number, anything else as a string.
    static func json(_ value: String) -> String {
        if let number = Int64(value), "\(number)" == value { return value }
        return JSONText.quoted(value)
    }
}
