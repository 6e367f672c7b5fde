extension [UInt8] {
    /// Appends what the content of a JSON string (RFC 8259 section 7) stands for. Lone surrogates become U+FFFD;
    /// ill-formed UTF-8 is passed on. Where something is no escape although it begins like one, its backslash is left
    /// out and the rest stands for itself.
    package mutating func append(unescaping content: Span<UInt8>) {
        var index = 0
        while index < content.count {
            let end = content.firstBackslash(from: index)
            append(span: content, in: index..<end)
            index = end
            guard index + 1 < content.count else { return }
            guard let unit = content.escapedUnit(at: index) else {
                append(Self.meaning(ofEscape: content[index + 1]))
                index += 2
                continue
            }
            index += 6
            var scalar = UInt32(unit)
            if unit.isSurrogate {
                if HighSurrogate(unit) != nil, let low = content.escapedUnit(at: index), low.isLowSurrogate {
                    index += 6
                    scalar = 0x1_0000 + (UInt32(unit) & 0x3FF) << 10 + UInt32(low) & 0x3FF
                } else {
                    scalar = 0xFFFD
                }
            }
            append(utf8Of: scalar)
        }
    }

    /// - Precondition: `scalar` is a Unicode scalar value.
    private mutating func append(utf8Of scalar: UInt32) {
        switch scalar {
        case ..<0x80:
            append(UInt8(scalar))
        case ..<0x800:
            append(0xC0 | UInt8(scalar >> 6))
            append(continuation: scalar)
        case ..<0x1_0000:
            append(0xE0 | UInt8(scalar >> 12))
            append(continuation: scalar >> 6)
            append(continuation: scalar)
        default:
            append(0xF0 | UInt8(scalar >> 18))
            append(continuation: scalar >> 12)
            append(continuation: scalar >> 6)
            append(continuation: scalar)
        }
    }

    private mutating func append(continuation bits: UInt32) {
        append(0x80 | UInt8(truncatingIfNeeded: bits & 0x3F))
    }

    private static func meaning(ofEscape letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "r"): 0x0D
        default: letter
        }
    }
}

extension Span<UInt8> {
    /// The index of the first backslash from `start`; the end where there is none.
    fileprivate func firstBackslash(from start: Int) -> Int {
        var index = start
        while index + ByteWord.width <= count {
            let mask = ByteWord(self, at: index).matches(UInt8(ascii: "\\"))
            if mask != 0 { return index + ByteWord.firstIndex(in: mask) }
            index += ByteWord.width
        }
        while index < count, self[index] != UInt8(ascii: "\\") { index += 1 }
        return index
    }

    /// The UTF-16 code unit of a `\uXXXX` at `index`; nil where there is no such escape.
    func escapedUnit(at index: Int) -> UInt16? {
        guard index + 6 <= count, self[index] == UInt8(ascii: "\\"), self[index + 1] == UInt8(ascii: "u") else {
            return nil
        }
        var unit: UInt16 = 0
        for offset in 2..<6 {
            let digit: UInt8
            switch self[index + offset] {
            case let byte where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte): digit = byte - UInt8(ascii: "0")
            case let byte where (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte):
                digit = byte - UInt8(ascii: "a") + 10
            case let byte where (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte):
                digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }
}
