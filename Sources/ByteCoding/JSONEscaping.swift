/// Text as the content of JSON strings (RFC 8259 section 7). What is written is valid UTF-8 whatever was given.
extension [UInt8] {
    /// Appends a JSON string, with its quotes.
    package mutating func append(jsonString: String) {
        append(UInt8(ascii: "\""))
        append(escaping: jsonString.utf8Span.span)
        append(UInt8(ascii: "\""))
    }

    /// Appends raw bytes as the content of a JSON string, without quotes: quotes, backslashes and control characters
    /// are escaped; each ill-formed part of UTF-8 (a maximal subpart, as in WHATWG Encoding) becomes one U+FFFD.
    package mutating func append(escaping bytes: Span<UInt8>) {
        var copied = 0
        var index = 0
        while let stop = bytes.firstIndexToEscape(from: index) {
            let byte = bytes[stop]
            if byte >= 0x80 {
                let sequence = UTF8Sequence(bytes, at: stop, end: bytes.count)
                index = stop + sequence.length
                if sequence.isValid { continue }
                append(span: bytes, in: copied..<stop)
                appendReplacementCharacter()
            } else {
                append(span: bytes, in: copied..<stop)
                append(escape: byte)
                index = stop + 1
            }
            copied = index
        }
        append(span: bytes, in: copied..<bytes.count)
    }

    /// Appends U+FFFD.
    package mutating func appendReplacementCharacter() {
        append(literal: "\u{FFFD}")
    }

    /// Appends the escape for an ASCII character that cannot stand for itself.
    private mutating func append(escape byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
        case 0x08: append(UInt8(ascii: "b"))
        case 0x09: append(UInt8(ascii: "t"))
        case 0x0A: append(UInt8(ascii: "n"))
        case 0x0C: append(UInt8(ascii: "f"))
        case 0x0D: append(UInt8(ascii: "r"))
        default: append(unicodeEscapeDigits: UInt16(byte))
        }
    }

    /// Appends `u` and four hexadecimal digits.
    mutating func append(unicodeEscapeDigits unit: UInt16) {
        append(UInt8(ascii: "u"))
        for shift in stride(from: UInt16(12), through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: (unit >> shift) & 0xF)
            append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}

extension Span<UInt8> {
    /// The first byte from `start` that is a quote, a backslash, a control character or not ASCII.
    fileprivate func firstIndexToEscape(from start: Int) -> Int? {
        let index = endOfPlainText(from: start)
        return index < count ? index : nil
    }

    /// The index of the first byte from `start` that is a quote, a backslash, a control character or not ASCII; the
    /// end where there is none.
    @inline(__always)
    func endOfPlainText(from start: Int) -> Int {
        var index = start
        while index + ByteWord.width <= count {
            let word = ByteWord(self, at: index)
            let mask =
                word.matches(UInt8(ascii: "\"")) | word.matches(UInt8(ascii: "\\")) | word.below(0x20) | word.nonASCII
            if mask != 0 { return index + ByteWord.firstIndex(in: mask) }
            index += ByteWord.width
        }
        while index < count {
            switch self[index] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), 0..<0x20, 0x80...: return index
            default: index += 1
            }
        }
        return index
    }
}
