/// What a JSON value is, as far as its first byte tells.
@usableFromInline
@frozen
package enum JSONKind: Sendable {
    case object, array, string, number, bool, null
}

/// Where and why a text is not the JSON that was asked for.
package struct JSONError: Error, Equatable, CustomStringConvertible {
    /// Each says in words what is wrong; none quotes more than one byte of the text.
    package enum Reason: Equatable, CustomStringConvertible, Sendable {
        case endOfText
        case unexpectedByte(UInt8)
        case expected(JSONKind)
        case tooDeep
        case controlCharacter
        case badEscape
        case badNumber
        case trailingBytes

        package var description: String {
            switch self {
            case .endOfText: "the text ends too early"
            case .unexpectedByte(let byte): "unexpected \(Self.name(of: byte))"
            case .expected(let kind): "a value of another kind than \(kind)"
            case .tooDeep: "too many nested values"
            case .controlCharacter: "an unescaped control character in a string"
            case .badEscape: "an unknown escape in a string"
            case .badNumber: "a malformed number"
            case .trailingBytes: "more text after the value"
            }
        }

        private static func name(of byte: UInt8) -> String {
            if (0x21...0x7E).contains(byte) { return "'\(Character(UnicodeScalar(byte)))'" }
            let digits = String(byte, radix: 16, uppercase: true)
            return "byte 0x\(digits.count < 2 ? "0" : "")\(digits)"
        }
    }

    /// In bytes from the start of the text.
    package let offset: Int
    package let reason: Reason

    package init(offset: Int, reason: Reason) {
        self.offset = offset
        self.reason = reason
    }

    package var description: String { "\(reason) (at byte \(offset))" }
}
