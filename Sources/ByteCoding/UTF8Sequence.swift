/// One step through bytes that should be UTF-8: a well-formed sequence, or the part of an ill-formed one that a decoder
/// replaces by one U+FFFD (the "maximal subpart" of Unicode 3.9, which WHATWG Encoding follows).
struct UTF8Sequence {
    /// In bytes, at least 1.
    let length: Int
    let isValid: Bool

    /// Reads at `offset`, which is within `bytes`; nothing from `end` on is looked at.
    init(_ bytes: Span<UInt8>, at offset: Int, end: Int) {
        let first = bytes[offset]
        // Unicode 3.9, table 3-7: how many bytes follow, and what the first of them may be.
        let (following, second): (Int, ClosedRange<UInt8>)
        switch first {
        case 0x00...0x7F: (following, second) = (0, 0x80...0xBF)
        case 0xC2...0xDF: (following, second) = (1, 0x80...0xBF)
        case 0xE0: (following, second) = (2, 0xA0...0xBF)
        case 0xED: (following, second) = (2, 0x80...0x9F)
        case 0xE1...0xEF: (following, second) = (2, 0x80...0xBF)
        case 0xF0: (following, second) = (3, 0x90...0xBF)
        case 0xF1...0xF3: (following, second) = (3, 0x80...0xBF)
        case 0xF4: (following, second) = (3, 0x80...0x8F)
        default:
            length = 1
            isValid = false
            return
        }
        var count = 1
        while count <= following {
            let index = offset + count
            guard index < end, (count == 1 ? second : 0x80...0xBF).contains(bytes[index]) else {
                length = count
                isValid = false
                return
            }
            count += 1
        }
        length = count
        isValid = true
    }
}

/// Whether the bytes are well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms, nothing above U+10FFFF).
package func isValidUTF8(_ bytes: Span<UInt8>) -> Bool {
    var index = 0
    while index < bytes.count {
        if index + ByteWord.width <= bytes.count, ByteWord(bytes, at: index).nonASCII == 0 {
            index += ByteWord.width
            continue
        }
        let sequence = UTF8Sequence(bytes, at: index, end: bytes.count)
        guard sequence.isValid else { return false }
        index += sequence.length
    }
    return true
}
