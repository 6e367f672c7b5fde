extension [UInt8] {
    /// Appends text as well-formed UTF-8: each ill-formed part (a maximal subpart, as in WHATWG Encoding and in
    /// Python's `errors="replace"`) becomes one U+FFFD.
    package mutating func append(repairing text: Span<UInt8>) {
        var copied = 0
        var index = 0
        while index < text.count {
            if index + ByteWord.width <= text.count, ByteWord(text, at: index).nonASCII == 0 {
                index += ByteWord.width
                continue
            }
            let sequence = UTF8Sequence(text, at: index, end: text.count)
            if !sequence.isValid {
                append(span: text, in: copied..<index)
                appendReplacementCharacter()
                copied = index + sequence.length
            }
            index += sequence.length
        }
        append(span: text, in: copied..<text.count)
    }
}
