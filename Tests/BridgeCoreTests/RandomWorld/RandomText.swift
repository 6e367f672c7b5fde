import BridgeTestKit

/// A piece of text as JSON has it in a string, and what is to be read from it.
struct RandomText {
    /// Between the quotes. Not always UTF-8.
    var json: [UInt8]
    var text: String
    /// It ends with the first half of a surrogate pair, which is not in `text`.
    var endsTorn = false

    /// Characters of all kinds, each written in one of the ways JSON has for it.
    init(_ random: inout SeededGenerator, maxCount: Int = 12) {
        (json, text) = ([], "")
        for _ in 0..<Int.random(in: 0...maxCount, using: &random) {
            switch Int.random(in: 0..<24, using: &random) {
            case 0:
                // Bytes and halves that mean nothing.
                json += [0xFF]
                text += "\u{FFFD}"
            case 1 where !json.isEmpty:  // As the first it would be the other half of what came before.
                json += Array(#"\udead"#.utf8)
                text += "\u{FFFD}"
            case 2 where random.chance(1, in: 20):
                let long = String(repeating: "long ", count: Int.random(in: 1...14_000, using: &random))
                json += Array(long.utf8)
                text += long
            default:
                let scalar = Self.alphabet.randomElement(using: &random) ?? "x"
                json += Self.write(scalar, &random)
                text.unicodeScalars.append(scalar)
            }
        }
    }

    /// With the first half of 😀 at its end.
    mutating func tear() {
        json += Array(#"\ud83d"#.utf8)
        endsTorn = true
    }

    /// Begins with the other half, which is no text of its own.
    mutating func beginTorn() { json = Array(#"\uDE00"#.utf8) + json }

    private static let alphabet: [Unicode.Scalar] = [
        "a", "b", "c", " ", " ", "0", "\"", "\\", "/", "\n", "\t", "\r", "\u{0}", "\u{1F}", "\u{7F}", "ä", "ß", "€",
        "\u{2028}", "\u{FFFD}", "\u{FFFF}", "😀", "𝄞", "<", "{", ":", "[",
    ]

    private static func write(_ scalar: Unicode.Scalar, _ random: inout SeededGenerator) -> [UInt8] {
        let short: [Unicode.Scalar: String] = [
            "\"": #"\""#, "\\": #"\\"#, "/": #"\/"#, "\n": #"\n"#, "\t": #"\t"#, "\r": #"\r"#,
        ]
        let escaped = String(scalar).utf16.map { unit in
            let digits = String(unit, radix: 16, uppercase: random.chance(1, in: 2))
            return #"\u"# + String(repeating: "0", count: 4 - digits.count) + digits
        }
        let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
        if let short = short[scalar], random.chance(1, in: 2) { return Array(short.utf8) }
        if mustEscape || random.chance(1, in: 5) { return Array(escaped.joined().utf8) }
        return Array(String(scalar).utf8)
    }
}
