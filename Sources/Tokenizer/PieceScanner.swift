/// Cuts a text into the pieces that a splitting's regular expression finds, one after another: every byte is in exactly
/// one of them.
///
/// Written by hand where tiktoken runs an engine that tries alternatives in order and goes back: what that comes to is
/// said beside each step. Time is linear in the text: no byte is looked at more than a few times.
struct PieceScanner: ~Escapable {
    /// Well-formed UTF-8.
    let text: Span<UInt8>
    private let splitting: Splitting
    private let table: CharacterTable
    /// Where the next piece begins.
    private(set) var position = 0

    @_lifetime(copy text)
    init(_ text: Span<UInt8>, splitting: Splitting) {
        self.text = text
        self.splitting = splitting
        table = .shared
    }

    /// The next piece; nil at the end.
    @inline(__always)
    mutating func next() -> Range<Int>? {
        let start = position
        guard start < text.count else { return nil }
        position = splitting == .o200k ? o200kEnd(from: start) : cl100kEnd(from: start)
        return start..<position
    }

    // MARK: What both have

    /// One to three of `\p{N}`, of which one has been seen; it ends at `index`.
    func numberEnd(after index: Int) -> Int {
        let second = end(of: .number, at: index)
        return second > index ? end(of: .number, at: second) : index
    }

    /// ` ?[^\s\p{L}\p{N}]+[\r\n]*`, with slashes too in the run at the end where `slashes` are asked for. Nil where it
    /// does not match.
    func symbolsEnd(from start: Int, slashes: Bool) -> Int? {
        let first = text[start] == UInt8(ascii: " ") ? start + 1 : start
        var index = run(of: [.symbol, .mark], from: first)
        guard index > first else { return nil }
        while index < text.count {
            let byte = text[index]
            guard byte == 0x0A || byte == 0x0D || slashes && byte == UInt8(ascii: "/") else { break }
            index += 1
        }
        return index
    }

    /// White space, as the last alternatives take it: `\s*[\r\n]+|\s+(?!\S)|\s+`. Going back from the end of the run,
    /// the first comes to the last newline of it; the second to the end of the text, or to one character before the
    /// next one that is no white space; and where that is nothing, the third to the one character there is. `\s++$`,
    /// which cl100k tries before these, takes all that is left (`endTakesAll`).
    func whiteSpaceEnd(from start: Int, endTakesAll: Bool) -> Int {
        var index = start
        var last = start
        var newlineEnd: Int?
        while index < text.count {
            let (kind, end) = character(at: index)
            guard !kind.isDisjoint(with: .whiteSpace) else { break }
            if kind == .newline { newlineEnd = end }
            last = index
            index = end
        }
        if endTakesAll, index == text.count { return index }
        if let newlineEnd { return newlineEnd }
        return index == text.count || last == start ? index : last
    }

    /// Where the contraction ends that an apostrophe at `index` begins: `'(?i:[sdmt]|re|ve|ll)`. Nil where there is
    /// none. In Unicode's case folding ſ (U+017F) is an s.
    func contractionEnd(at index: Int) -> Int? {
        guard index + 1 < text.count, text[index] == UInt8(ascii: "'") else { return nil }
        let first = text[index + 1]
        switch first | 0x20 {
        case UInt8(ascii: "s"), UInt8(ascii: "d"), UInt8(ascii: "m"), UInt8(ascii: "t"): return index + 2
        case UInt8(ascii: "r"), UInt8(ascii: "v"): return second(is: UInt8(ascii: "e")) ? index + 3 : nil
        case UInt8(ascii: "l"): return second(is: UInt8(ascii: "l")) ? index + 3 : nil
        default: return first == 0xC5 && index + 2 < text.count && text[index + 2] == 0xBF ? index + 3 : nil
        }
        func second(is letter: UInt8) -> Bool { index + 2 < text.count && text[index + 2] | 0x20 == letter }
    }

    // MARK: Characters

    /// The end of the longest run of characters of `classes` from `start`.
    @inline(__always)
    func run(of classes: CharacterClass, from start: Int) -> Int {
        var index = start
        while index < text.count {
            let (kind, end) = character(at: index)
            guard !kind.isDisjoint(with: classes) else { break }
            index = end
        }
        return index
    }

    /// The end of the character at `index`, where there is one and it is of `classes`; else `index`.
    @inline(__always)
    private func end(of classes: CharacterClass, at index: Int) -> Int {
        guard index < text.count else { return index }
        let (kind, end) = character(at: index)
        return kind.isDisjoint(with: classes) ? index : end
    }

    @inline(__always)
    func character(at index: Int) -> (kind: CharacterClass, end: Int) {
        let byte = text[index]
        return byte < 0x80 ? (table.ofASCII(byte), index + 1) : longCharacter(byte, at: index)
    }

    /// A character of two to four bytes.
    private func longCharacter(_ first: UInt8, at index: Int) -> (kind: CharacterClass, end: Int) {
        let second = UInt32(text[index + 1] & 0x3F)
        if first < 0xE0 { return (table.of(UInt32(first & 0x1F) << 6 | second), index + 2) }
        let third = UInt32(text[index + 2] & 0x3F)
        if first < 0xF0 { return (table.of(UInt32(first & 0x0F) << 12 | second << 6 | third), index + 3) }
        let fourth = UInt32(text[index + 3] & 0x3F)
        return (table.of(UInt32(first & 0x07) << 18 | second << 12 | third << 6 | fourth), index + 4)
    }
}
