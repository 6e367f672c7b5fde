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
        output.append(unescaping: bytes.extracting(range))
    }
}

extension [UInt8] {
    /// A copy of the bytes of `span` in `range`.
    init(_ span: Span<UInt8>, in range: Range<Int>) {
        self = []
        append(span: span, in: range)
    }
}
