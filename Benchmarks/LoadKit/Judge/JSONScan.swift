/// Where JSON's values lie in bytes, without making anything of them: a judge does not share a parser with the judged.
/// Lenient about what is not its business (numbers' grammar, escapes, nesting brackets of the wrong kind).
enum JSONScan {
    enum Kind {
        case string, number, object, array, word
    }

    struct Value {
        let kind: Kind
        /// Of a string, what is between its quotes; of all else, all of it.
        let range: Range<Int>
    }

    /// The value at `position`, which is moved behind it.
    static func value(_ bytes: Span<UInt8>, at position: inout Int) throws(Violation) -> Value {
        skipSpace(bytes, &position)
        guard position < bytes.count else { throw Violation("JSON ends too early") }
        let start = position
        switch bytes[position] {
        case UInt8(ascii: "\""):
            try skipString(bytes, &position)
            return Value(kind: .string, range: (start + 1)..<(position - 1))
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            let kind: Kind = bytes[position] == UInt8(ascii: "{") ? .object : .array
            try skipNested(bytes, &position)
            return Value(kind: kind, range: start..<position)
        case let first:
            while position < bytes.count, isPlain(bytes[position]) { position += 1 }
            guard position > start else { throw Violation("JSON with a stray byte \(first)") }
            return Value(kind: first <= UInt8(ascii: "9") ? .number : .word, range: start..<position)
        }
    }

    /// Calls `body` for each member of the object that is `range`, with its key (between the quotes) and its value.
    static func members(
        _ bytes: Span<UInt8>, of range: Range<Int>, _ body: (Range<Int>, Value) throws(Violation) -> Void
    ) throws(Violation) {
        var position = range.lowerBound
        guard position < range.upperBound, bytes[position] == UInt8(ascii: "{") else {
            throw Violation("no JSON object")
        }
        var isFirst = true
        while try next(bytes, closing: UInt8(ascii: "}"), &isFirst, &position) {
            let key = try value(bytes, at: &position)
            skipSpace(bytes, &position)
            guard key.kind == .string, position < bytes.count, bytes[position] == UInt8(ascii: ":") else {
                throw Violation("JSON without a key")
            }
            position += 1
            try body(key.range, try value(bytes, at: &position))
        }
        guard position == range.upperBound else { throw Violation("bytes behind a JSON object") }
    }

    /// Calls `body` for each element of the array that is `range`.
    static func elements(
        _ bytes: Span<UInt8>, of range: Range<Int>, _ body: (Value) throws(Violation) -> Void
    ) throws(Violation) {
        var position = range.lowerBound
        guard position < range.upperBound, bytes[position] == UInt8(ascii: "[") else {
            throw Violation("no JSON array")
        }
        var isFirst = true
        while try next(bytes, closing: UInt8(ascii: "]"), &isFirst, &position) {
            try body(try value(bytes, at: &position))
        }
    }

    static func int(_ bytes: Span<UInt8>, _ value: Value) -> Int? {
        guard value.kind == .number, value.range.count <= 18 else { return nil }
        var number = 0
        for index in value.range {
            let digit = Int(bytes[index]) - 0x30
            guard (0...9).contains(digit) else { return nil }
            number = number * 10 + digit
        }
        return number
    }

    /// Whether the bytes of a range are those of an ASCII literal.
    @inline(__always)
    static func isEqual(_ bytes: Span<UInt8>, _ range: Range<Int>, _ literal: StaticString) -> Bool {
        guard range.count == literal.utf8CodeUnitCount else { return false }
        for index in 0..<range.count where bytes[range.lowerBound + index] != literal.utf8Start[index] {
            return false
        }
        return true
    }

    // MARK: Moving

    /// Moves to the next member or element; false behind the closing bracket.
    private static func next(
        _ bytes: Span<UInt8>, closing bracket: UInt8, _ isFirst: inout Bool, _ position: inout Int
    ) throws(Violation) -> Bool {
        if isFirst { position += 1 }
        skipSpace(bytes, &position)
        guard position < bytes.count else { throw Violation("JSON ends too early") }
        if bytes[position] == bracket {
            position += 1
            return false
        }
        if !isFirst {
            guard bytes[position] == UInt8(ascii: ",") else { throw Violation("JSON without a comma") }
            position += 1
        }
        isFirst = false
        return true
    }

    private static func skipSpace(_ bytes: Span<UInt8>, _ position: inout Int) {
        while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
    }

    private static func skipString(_ bytes: Span<UInt8>, _ position: inout Int) throws(Violation) {
        position += 1
        while position < bytes.count {
            while position + 8 <= bytes.count, isOrdinary(bytes, position) { position += 8 }
            guard position < bytes.count else { break }
            let byte = bytes[position]
            position += byte == UInt8(ascii: "\\") ? 2 : 1
            if byte == UInt8(ascii: "\"") { return }
            guard byte >= 0x20 else { throw Violation("a control character in a JSON string") }
        }
        throw Violation("JSON ends in a string")
    }

    /// Whether none of the eight bytes from `start` on, which are there, is a quote, a backslash or a control character: what
    /// a long text is made of, at a quarter of the cost of looking at each.
    @inline(__always)
    private static func isOrdinary(_ bytes: Span<UInt8>, _ start: Int) -> Bool {
        let word = bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: start, as: UInt64.self)
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = word ^ (ones &* 0x22)
        let backslashes = word ^ (ones &* 0x5C)
        // In each: the highest bit of a byte that is zero (below 0x20), perhaps of one above it, never of none.
        let found =
            ((quotes &- ones) & ~quotes) | ((backslashes &- ones) & ~backslashes)
            | ((word &- (ones &* 0x20)) & ~word)
        return found & (ones &* 0x80) == 0
    }

    private static func skipNested(_ bytes: Span<UInt8>, _ position: inout Int) throws(Violation) {
        var depth = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                try skipString(bytes, &position)
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            position += 1
            if depth == 0 { return }
        }
        throw Violation("JSON ends in an object or array")
    }

    /// Of a number or a word.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
            UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "E"):
            true
        default: false
        }
    }
}
