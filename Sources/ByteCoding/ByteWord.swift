/// Eight bytes looked at at once (SWAR): how the hot scanners skip what does not interest them.
///
/// A mask has the high bit of every matching byte set, the first byte in the lowest eight bits. The subtractions borrow
/// from one byte into the next, so above a match there may be false ones: only the *first* match of a mask is exact,
/// also of several masks or-ed together.
///
/// `@usableFromInline` on the type is what lets its methods be inlined into other rooms (without it, `@inlinable` on a
/// package type's methods has no effect; 22 % of a parse went into calls of three instructions).
@usableFromInline
@frozen
package struct ByteWord {
    @inlinable
    package static var width: Int { 8 }

    @usableFromInline let bits: UInt64
    @usableFromInline static var ones: UInt64 { 0x0101_0101_0101_0101 }
    @usableFromInline static var highs: UInt64 { 0x8080_8080_8080_8080 }

    /// The eight bytes of `bytes` from `offset`, which must be there: `offset + 8 <= bytes.count`.
    @inlinable @inline(__always)
    package init(_ bytes: Span<UInt8>, at offset: Int) {
        assert(offset >= 0 && offset + Self.width <= bytes.count)
        // Unsafe: a word-sized load has no safe spelling; every caller's loop condition is the bound.
        let word = unsafe bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
        bits = UInt64(littleEndian: word)
    }

    /// The bytes as a number, the first one in the lowest eight bits.
    @inlinable @inline(__always)
    package var value: UInt64 { bits }

    /// 0 where all bytes are the same.
    @inlinable @inline(__always)
    package static func ^ (one: ByteWord, other: ByteWord) -> UInt64 { one.bits ^ other.bits }

    /// Bytes equal to `byte`.
    @inlinable @inline(__always)
    package func matches(_ byte: UInt8) -> UInt64 {
        let difference = bits ^ (Self.ones &* UInt64(byte))
        return (difference &- Self.ones) & ~difference & Self.highs
    }

    /// Bytes less than `limit`, which must be at most 0x80.
    @inlinable @inline(__always)
    package func below(_ limit: UInt8) -> UInt64 {
        (bits &- (Self.ones &* UInt64(limit))) & ~bits & Self.highs
    }

    /// Bytes from 0x80.
    @inlinable @inline(__always)
    package var nonASCII: UInt64 { bits & Self.highs }

    /// The index (0 to 7) of the first byte that `mask`, which is not 0, stands for.
    @inlinable @inline(__always)
    package static func firstIndex(in mask: UInt64) -> Int {
        mask.trailingZeroBitCount &>> 3
    }
}
