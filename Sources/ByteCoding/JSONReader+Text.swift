/// The content of strings that were scanned already (their escapes are known to be good), copied or decoded.
extension JSONReader {
    /// Appends the content in `range`, still escaped, as valid UTF-8. Returns the high surrogate that it ends in, which
    /// is not written.
    @inline(__always)
    func copy(_ range: Range<Int>, hasEscapes: Bool, into output: inout [UInt8]) -> HighSurrogate? {
        let content = bytes.extracting(range)
        if !hasEscapes, content.endOfPlainText(from: 0) == content.count {
            output.append(span: content)
            return nil
        }
        return repair(range, into: &output)
    }

    private func repair(_ range: Range<Int>, into output: inout [UInt8]) -> HighSurrogate? {
        let end = range.upperBound
        var copied = range.lowerBound
        var index = copied
        while true {
            index = bytes.extracting(..<end).endOfPlainText(from: index)
            guard index < end else { break }
            if bytes[index] == UInt8(ascii: "\\") {
                guard let unit = codeUnit(at: index, end: end) else {
                    index += 2
                    continue
                }
                guard unit.isSurrogate else {
                    index += 6
                    continue
                }
                let high = HighSurrogate(unit)
                if high != nil, let low = codeUnit(at: index + 6, end: end), low.isLowSurrogate {
                    index += 12
                    continue
                }
                output.append(span: bytes, in: copied..<index)
                index += 6
                copied = index
                if index == end, let high { return high }
                output.appendReplacementCharacter()
            } else {
                let sequence = UTF8Sequence(bytes, at: index, end: end)
                if !sequence.isValid {
                    output.append(span: bytes, in: copied..<index)
                    output.appendReplacementCharacter()
                    copied = index + sequence.length
                }
                index += sequence.length
            }
        }
        output.append(span: bytes, in: copied..<end)
        return nil
    }

    /// Appends what the content in `range` stands for. Ill-formed UTF-8 is passed on, lone surrogates become U+FFFD.
    func decode(_ range: Range<Int>, into output: inout [UInt8]) {
        var index = range.lowerBound
        while index < range.upperBound {
            guard bytes[index] == UInt8(ascii: "\\") else {
                output.append(bytes[index])
                index += 1
                continue
            }
            if let unit = codeUnit(at: index, end: range.upperBound) {
                index += 6
                var scalar = UInt32(unit)
                if unit.isSurrogate {
                    if HighSurrogate(unit) != nil, let low = codeUnit(at: index, end: range.upperBound),
                        low.isLowSurrogate
                    {
                        index += 6
                        scalar = 0x1_0000 + ((UInt32(unit) & 0x3FF) << 10) + (UInt32(low) & 0x3FF)
                    } else {
                        scalar = 0xFFFD
                    }
                }
                output.append(contentsOf: String(Character(UnicodeScalar(scalar) ?? "\u{FFFD}")).utf8)
            } else {
                output.append(Self.meaning(ofEscape: bytes[index + 1]))
                index += 2
            }
        }
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

extension [UInt8] {
    /// A copy of the bytes of `span` in `range`.
    init(_ span: Span<UInt8>, in range: Range<Int>) {
        self = []
        append(span: span, in: range)
    }
}
