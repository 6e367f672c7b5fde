/// Reads a text as somebody does who undoes JSON's escapes (RFC 8259 section 7) as often as there are any: byte by byte, each
/// with the place where it is written.
///
/// Backslashes are passed over, how many there are depends on how often the text was quoted; `\u` and four digits are what they
/// stand for, in one piece, so that no key is found that begins or ends within them. An escape that is torn at the text's end is
/// nothing.
struct UnescapedCharacters {
    struct Character {
        /// A byte of the text, or the code unit that its number stands for.
        var unit: UInt16
        /// With the backslashes before it.
        var range: Range<Int>
        /// It is written by its number, or an odd number of backslashes stands right before it: it does not end a string of JSON.
        var isEscaped: Bool
    }

    private static let backslash = UInt8(ascii: "\\")

    private let text: [UInt8]
    private var index = 0

    init(_ text: [UInt8]) {
        self.text = text
    }

    mutating func next() -> Character? {
        let start = index
        // A backslash that was written by its number stands before it.
        var followsBackslash = false
        while index < text.count {
            let row = index
            while index < text.count, text[index] == Self.backslash { index += 1 }
            guard index < text.count else { return nil }
            let backslashes = index - row
            var meant = UInt16(text[index])
            var isEscaped = backslashes % 2 == 1
            var end = index + 1
            if backslashes > 0 || followsBackslash, meant == UInt16(UInt8(ascii: "u")) {
                switch unit(at: index + 1) {
                case .torn:
                    index = text.count
                    return nil
                case .written(let unit):
                    meant = unit
                    isEscaped = true
                    end = index + 5
                case .none: break
                }
            }
            index = end
            followsBackslash = meant == UInt16(Self.backslash)
            if followsBackslash { continue }
            return Character(unit: meant, range: start..<end, isEscaped: isEscaped)
        }
        return nil
    }

    private enum Unit {
        /// The text ends before its fourth digit.
        case torn
        case written(UInt16)
        /// No number.
        case none
    }

    private func unit(at start: Int) -> Unit {
        var value: UInt16 = 0
        for place in start..<start + 4 {
            guard place < text.count else { return .torn }
            switch text[place] {
            case let digit where digit >= UInt8(ascii: "0") && digit <= UInt8(ascii: "9"):
                value = value << 4 | UInt16(digit - UInt8(ascii: "0"))
            case let letter where letter | 0x20 >= UInt8(ascii: "a") && letter | 0x20 <= UInt8(ascii: "f"):
                value = value << 4 | UInt16(letter | 0x20 - UInt8(ascii: "a") + 10)
            default: return .none
            }
        }
        return .written(value)
    }
}
