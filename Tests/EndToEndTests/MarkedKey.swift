import BridgeTestKit

/// An API key that can be recognised by any piece of it.
struct MarkedKey: Sendable {
    private static let letters = Array("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789".utf8)

    let text: String

    /// It has what base64 has beside letters: JSON may escape that.
    init(_ number: UInt64) {
        var random = SeededGenerator(seed: number)
        func word() -> String {
            String(decoding: (0..<14).map { _ in Self.letters.randomElement(using: &random) ?? 0 }, as: UTF8.self)
        }
        text = "sk-\(word())/\(word())+\(word())=="
    }

    /// With every character written as a JSON escape.
    var escaped: String {
        text.utf8.map {
            let digits = String($0, radix: 16)
            return "\\u00\(digits.count < 2 ? "0" : "")\(digits)"
        }.joined()
    }

    /// As some encoders escape it.
    var halfEscaped: String { text.replacing("/", with: #"\/"#).replacing("=", with: #"\u003d"#) }
}

/// Looks for keys, whole or in pieces, in what a program lets out. Escapes are seen through, also those of JSON in a string
/// of JSON.
struct KeySearch {
    /// As long a piece of a key as may not be seen. (A shorter one may be anything.)
    private static let pieceBytes = 8
    /// A string of JSON in a string of JSON, and one more.
    private static let depth = 3

    /// Eight bytes each.
    private let pieces: Set<UInt64>

    init(_ keys: [MarkedKey]) {
        var pieces: Set<UInt64> = []
        for key in keys {
            Self.eachPiece(of: Array(key.text.utf8)) { piece, _ in pieces.insert(piece) }
        }
        self.pieces = pieces
    }

    /// The first piece of a key that stands in a text, with what stands around it; nil where there is none.
    func trace(in text: String) -> String? {
        var bytes = Array(text.utf8)
        for _ in 0...Self.depth {
            var found: Int?
            Self.eachPiece(of: bytes) { piece, end in
                if found == nil, pieces.contains(piece) { found = end }
            }
            if let found {
                return String(decoding: bytes[max(0, found - 300)..<min(bytes.count, found + 100)], as: UTF8.self)
            }
            let plain = Self.unescaped(bytes)
            if plain.count == bytes.count { return nil }
            bytes = plain
        }
        return nil
    }

    private static func eachPiece(of bytes: [UInt8], _ body: (_ piece: UInt64, _ end: Int) -> Void) {
        var piece: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            piece = piece << 8 | UInt64(byte)
            if index + 1 >= pieceBytes { body(piece, index + 1) }
        }
    }

    private static func unescaped(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            guard text[index] == UInt8(ascii: "\\"), index + 1 < text.count else {
                result.append(text[index])
                index += 1
                continue
            }
            if text[index + 1] == UInt8(ascii: "u"), index + 5 < text.count,
                let unit = UInt16(String(decoding: text[index + 2...index + 5], as: UTF8.self), radix: 16), unit < 0x80
            {
                result.append(UInt8(unit))
                index += 6
            } else {
                result.append(text[index + 1])
                index += 2
            }
        }
        return result
    }
}
