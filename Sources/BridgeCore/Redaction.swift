import ChatProtocol

/// Cuts a key out of what an upstream says, however it is written there: plainly, with JSON's escapes (RFC 8259 section 7), or
/// with those of JSON in a string of JSON.
struct Redaction {
    /// A shorter piece of a key at the end of a text that was cut is not taken for one.
    private static let shortestPiece = 4
    /// So many backslashes in a row may stand for one escape: JSON in a string of JSON, four deep. A longer row is none, and costs no
    /// more to look at: an upstream may send them by the kilobyte.
    private static let longestEscape = 16
    private let key: APIKey?

    init(_ key: APIKey?) {
        self.key = key
    }

    /// - Parameter isCut: the text's end may be missing, and with it the end of a key.
    func apply(_ text: String?, isCut: Bool = false) -> String? {
        guard let text, let key else { return text }
        return key.withSecret { Self.cut(Array($0.utf8), outOf: Array(text.utf8), isCut: isCut) }
    }

    /// Bytes, not characters: a combining mark behind a key must not hide it.
    private static func cut(_ secret: [UInt8], outOf text: [UInt8], isCut: Bool) -> String {
        var result: [UInt8] = []
        var index = 0
        while index < text.count {
            switch match(secret, in: text, at: index) {
            case .whole(let end):
                result += "[key]".utf8
                index = end
            case .beginning(let count) where isCut && count >= shortestPiece:
                result += "[key]".utf8
                index = text.count
            case .beginning, .none:
                result.append(text[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Overwrites a key in the strings of a JSON text, which stays JSON and as long as it is: nothing else has to move.
    func overwrite(in json: inout [UInt8], _ range: Range<Int>) {
        guard let key, !range.isEmpty else { return }
        key.withSecret { secret in
            let secret = Array(secret.utf8)
            let text = Array(json[range])
            var isInString = false
            var index = 0
            while index < text.count {
                if text[index] == UInt8(ascii: "\"") { isInString.toggle() }
                if isInString, case .whole(let end) = Self.match(secret, in: text, at: index, quotesEnd: true) {
                    for place in index..<end { json[range.lowerBound + place] = UInt8(ascii: "*") }
                    index = end
                } else {
                    // What is escaped ends no string.
                    index += isInString && text[index] == Self.backslash ? 2 : 1
                }
            }
        }
    }

    private enum Match {
        case none
        /// The text ends after so many characters of it.
        case beginning(Int)
        case whole(end: Int)
    }

    /// - Parameter quotesEnd: a plain quotation mark is no part of a key but the end of a string.
    private static func match(
        _ secret: [UInt8], in text: [UInt8], at start: Int, quotesEnd: Bool = false
    ) -> Match {
        var index = start
        for (count, byte) in secret.enumerated() {
            guard index < text.count else { return .beginning(count) }
            guard text[index] == backslash else {
                guard text[index] == byte, !quotesEnd || byte != UInt8(ascii: "\"") else { return .none }
                index += 1
                continue
            }
            // An escape; in a string of JSON in a string of JSON its backslash is escaped, too.
            let end = min(text.count, index + longestEscape)
            while index < end, text[index] == backslash { index += 1 }
            guard index < text.count else { return .beginning(count) }
            guard text[index] != backslash else { return .none }
            if text[index] == UInt8(ascii: "u") {
                let digits = text[(index + 1)...].prefix(4)
                let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
                if digits.count < 4, digits.isEmpty || unit != nil { return .beginning(count) }
                if unit == UInt16(byte) {
                    index += 5
                    continue
                }
            }
            if text[index] == byte { index += 1 } else if byte != backslash { return .none }
        }
        return .whole(end: index)
    }

    private static let backslash = UInt8(ascii: "\\")
}
