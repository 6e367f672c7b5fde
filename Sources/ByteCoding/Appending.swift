/// Writing bytes: what every encoder is made of. All of it appends, nothing throws.
extension [UInt8] {
    /// Appends trusted bytes as they are.
    @inlinable @inline(__always)
    package mutating func append(literal: StaticString) {
        // Unsafe: a literal's bytes are only reachable by pointer; they live for ever.
        unsafe append(
            contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    /// Appends a copy of the bytes, in one move.
    @inlinable @inline(__always)
    package mutating func append(span: Span<UInt8>) {
        // Unsafe: the pointer is used within the call only; the span may not overlap this array's storage, which
        // exclusive access to `self` guarantees.
        unsafe span.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }

    /// Appends the bytes of `span` in `range`.
    @inlinable @inline(__always)
    package mutating func append(span: Span<UInt8>, in range: Range<Int>) {
        append(span: span.extracting(range))
    }

    package mutating func append(decimal: UInt64) {
        guard decimal >= 10 else { return append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: decimal)) }
        // 2^64 - 1 has twenty digits.
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var start = 20
        var rest = decimal
        while rest > 0 {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            start -= 1
            digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
            rest = quotient
        }
        append(span: digits.span.extracting(start..<20))
    }

    package mutating func append(decimal: Int64) {
        if decimal < 0 { append(UInt8(ascii: "-")) }
        append(decimal: decimal.magnitude)
    }

    package mutating func append(decimal: Int) {
        append(decimal: Int64(decimal))
    }
}
