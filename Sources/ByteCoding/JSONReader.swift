/// A pull reader over one JSON text (RFC 8259), in place: the caller asks for what it expects, the reader moves on.
///
/// Strict in grammar, tolerant in text: a string may hold invalid UTF-8 or lone surrogates, which become U+FFFD wherever
/// it is decoded or copied. Values are read in order, each exactly once: after `nextKey()` or a true `nextElement()`
/// one value is due, to be read or skipped. After an error the reader is of no further use.
@usableFromInline
package struct JSONReader: ~Escapable {
    @usableFromInline let bytes: Span<UInt8>
    let maxDepth: Int
    /// The next byte to be read.
    package internal(set) var position = 0
    /// Open objects and arrays.
    var depth = 0
    /// True right after an opening bracket: no comma is due.
    var isFirst = false
    /// The key that was read last is written with escapes: a comparison has to look for them.
    @usableFromInline var keyHasEscapes = false

    /// Reads `bytes`, with at most `maxDepth` objects and arrays in each other.
    @_lifetime(copy bytes)
    package init(_ bytes: Span<UInt8>, maxDepth: Int = 64) {
        self.bytes = bytes
        self.maxDepth = maxDepth
    }

    /// Reads what lies in `bytes` from `position`, where a value begins.
    @_lifetime(copy bytes)
    package init(_ bytes: Span<UInt8>, from position: Int) {
        self.init(bytes)
        self.position = position
    }

    /// What the next value is. Moves over white space only.
    package mutating func peek() throws(JSONError) -> JSONKind {
        let byte = try nextByte()
        switch byte {
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        default: throw failure(.unexpectedByte(byte))
        }
    }

    /// Checks that nothing but white space is left.
    package mutating func finish() throws(JSONError) {
        skipWhiteSpace()
        if position < bytes.count { throw failure(.trailingBytes) }
        if depth > 0 { throw failure(.endOfText) }
    }

    // MARK: Objects and arrays

    package mutating func beginObject() throws(JSONError) {
        try open(UInt8(ascii: "{"), .object)
    }

    /// The next member's key: the bytes between its quotes, as they are written. Nil at the object's end.
    package mutating func nextKey() throws(JSONError) -> Range<Int>? {
        guard try advance(closing: UInt8(ascii: "}")) else { return nil }
        guard bytes[position] == UInt8(ascii: "\"") else { throw failure(.unexpectedByte(bytes[position])) }
        let (range, hasEscapes) = try scanString()
        keyHasEscapes = hasEscapes
        let byte = try nextByte()
        guard byte == UInt8(ascii: ":") else { throw failure(.unexpectedByte(byte)) }
        position += 1
        return range
    }

    package mutating func beginArray() throws(JSONError) {
        try open(UInt8(ascii: "["), .array)
    }

    /// True when there is another element, which is then due; false at the array's end.
    package mutating func nextElement() throws(JSONError) -> Bool {
        try advance(closing: UInt8(ascii: "]"))
    }

    private mutating func open(_ bracket: UInt8, _ kind: JSONKind) throws(JSONError) {
        guard try nextByte() == bracket else { throw failure(.expected(kind)) }
        guard depth < maxDepth else { throw failure(.tooDeep) }
        position += 1
        depth += 1
        isFirst = true
    }

    /// Moves to the next member or element, over its comma. False after the closing bracket.
    @inline(__always)
    private mutating func advance(closing bracket: UInt8) throws(JSONError) -> Bool {
        let byte = try nextByte()
        if byte == bracket {
            position += 1
            depth -= 1
            isFirst = false
            return false
        }
        if isFirst {
            isFirst = false
        } else {
            guard byte == UInt8(ascii: ",") else { throw failure(.unexpectedByte(byte)) }
            position += 1
            _ = try nextByte()
        }
        return true
    }

    // MARK: Bytes

    /// The next byte that is not white space, not moved over.
    @inline(__always)
    mutating func nextByte() throws(JSONError) -> UInt8 {
        skipWhiteSpace()
        guard position < bytes.count else { throw failure(.endOfText) }
        return bytes[position]
    }

    @inline(__always)
    mutating func skipWhiteSpace() {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position += 1
        }
    }

    func failure(_ reason: JSONError.Reason) -> JSONError {
        JSONError(offset: position, reason: reason)
    }
}
