extension JSONReader {
    /// Whether the key read last, by its range from `nextKey()`, is `literal` (of ASCII letters that need no escape). A key that is
    /// written with escapes is compared as decoded: `"cont\u0065nt"` is `content`.
    @inlinable
    @inline(__always)
    package func key(_ range: Range<Int>, is literal: StaticString) -> Bool {
        if range.count == literal.utf8CodeUnitCount { return isEqual(range.lowerBound, literal) }
        return keyHasEscapes && decodedKey(range, is: literal)
    }

    /// Whether the bytes from `start` are those of `literal`; as many are known to be there.
    @inlinable
    @inline(__always)
    func isEqual(_ start: Int, _ literal: StaticString) -> Bool {
        var index = 0
        while index < literal.utf8CodeUnitCount {
            // Unsafe: a literal's bytes are only reachable by pointer; the loop's condition is the bound.
            guard unsafe literal.utf8Start[index] == bytes[start + index] else { return false }
            index += 1
        }
        return true
    }

    @usableFromInline
    @inline(never)
    func decodedKey(_ range: Range<Int>, is literal: StaticString) -> Bool {
        // An escape is longer than what it stands for.
        guard range.count > literal.utf8CodeUnitCount else { return false }
        var decoded: [UInt8] = []
        decode(range, into: &decoded)
        guard decoded.count == literal.utf8CodeUnitCount else { return false }
        for index in decoded.indices {
            // Unsafe: as above.
            guard unsafe literal.utf8Start[index] == decoded[index] else { return false }
        }
        return true
    }
}
