extension Span<UInt8> {
    /// Whether `other` stands at `offset`. Thirty-two bytes at a time.
    /// - Precondition: `offset + other.count <= count`.
    @inlinable
    package func holds(_ other: Span<UInt8>, at offset: Int) -> Bool {
        precondition(offset >= 0 && other.count <= count - offset)
        var index = 0
        while index + 4 * ByteWord.width <= other.count {
            var difference: UInt64 = 0
            for word in 0..<4 {
                let start = index + word * ByteWord.width
                difference |= ByteWord(self, at: offset + start) ^ ByteWord(other, at: start)
            }
            guard difference == 0 else { return false }
            index += 4 * ByteWord.width
        }
        while index + ByteWord.width <= other.count {
            guard ByteWord(self, at: offset + index) ^ ByteWord(other, at: index) == 0 else { return false }
            index += ByteWord.width
        }
        while index < other.count {
            guard self[offset + index] == other[index] else { return false }
            index += 1
        }
        return true
    }
}
