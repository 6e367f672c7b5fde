/// What both splittings ask about a character. Each character is in exactly one of the single classes.
struct CharacterClass: OptionSet, Sendable {
    let rawValue: UInt8

    /// `\p{Lu}` and `\p{Lt}`.
    static let upper = CharacterClass(rawValue: 1)
    /// `\p{Ll}`.
    static let lower = CharacterClass(rawValue: 2)
    /// `\p{Lm}` and `\p{Lo}`: letters that have no case.
    static let uncased = CharacterClass(rawValue: 4)
    /// `\p{M}`.
    static let mark = CharacterClass(rawValue: 8)
    /// `\p{N}`.
    static let number = CharacterClass(rawValue: 16)
    /// `\r` and `\n`.
    static let newline = CharacterClass(rawValue: 32)
    /// What else is `\s`.
    static let space = CharacterClass(rawValue: 64)
    /// All the rest.
    static let symbol = CharacterClass(rawValue: 128)

    /// `\p{L}`.
    static let letter: CharacterClass = [.upper, .lower, .uncased]
    /// `\s`.
    static let whiteSpace: CharacterClass = [.newline, .space]
    /// `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`.
    static let capital: CharacterClass = [.upper, .uncased, .mark]
    /// `[\p{Ll}\p{Lm}\p{Lo}\p{M}]`.
    static let small: CharacterClass = [.lower, .uncased, .mark]
    /// What stands in both of these.
    static let capitalOrSmall: CharacterClass = [.uncased, .mark]
}

/// The class of every character: two steps through 38 KB, made once of five.
struct CharacterTable: Sendable {
    static let shared = CharacterTable(runs)

    private static let blockBits = 7

    /// For each 128 characters, the number of the block that says their classes: many are alike.
    private let blocks: [UInt8]
    /// A byte a character, block after block. The first is ASCII's.
    private let classes: [UInt8]

    private init(_ runs: StaticString) {
        let all = Self.expand(runs)
        let length = 1 << Self.blockBits
        var blocks: [UInt8] = []
        var classes: [UInt8] = []
        var known: [ArraySlice<UInt8>: UInt8] = [:]
        for start in stride(from: 0, to: all.count, by: length) {
            let block = all[start..<start + length]
            let number = known[block] ?? UInt8(known.count)
            if known.updateValue(number, forKey: block) == nil { classes += block }
            blocks.append(number)
        }
        self.blocks = blocks
        self.classes = classes
    }

    /// A byte for each Unicode scalar value.
    private static func expand(_ runs: StaticString) -> [UInt8] {
        var all: [UInt8] = []
        all.reserveCapacity(0x11_0000)
        var current: CharacterClass?
        var length = 0
        func finish() {
            if let current { all.append(contentsOf: repeatElement(current.rawValue, count: max(length, 1))) }
        }
        for byte in runs.description.utf8 {
            if let digit = Character(UnicodeScalar(byte)).wholeNumberValue {
                length = length * 10 + digit
            } else {
                finish()
                current = meaning(of: byte)
                length = 0
            }
        }
        finish()
        precondition(all.count == 0x11_0000, "the table of runs is not whole")
        all[0x0A] = CharacterClass.newline.rawValue
        all[0x0D] = CharacterClass.newline.rawValue
        return all
    }

    private static func meaning(of letter: UInt8) -> CharacterClass {
        switch letter {
        case UInt8(ascii: "U"): .upper
        case UInt8(ascii: "L"): .lower
        case UInt8(ascii: "O"): .uncased
        case UInt8(ascii: "M"): .mark
        case UInt8(ascii: "N"): .number
        case UInt8(ascii: "S"): .space
        default: .symbol
        }
    }

    @inline(__always)
    func ofASCII(_ byte: UInt8) -> CharacterClass {
        CharacterClass(rawValue: classes[Int(byte)])
    }

    /// - Precondition: `scalar` is at most 0x10FFFF.
    @inline(__always)
    func of(_ scalar: UInt32) -> CharacterClass {
        let block = Int(blocks[Int(scalar >> Self.blockBits)])
        return CharacterClass(rawValue: classes[block << Self.blockBits | Int(scalar) & 127])
    }
}
