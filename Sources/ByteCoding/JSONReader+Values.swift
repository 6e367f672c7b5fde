extension JSONReader {
    /// Reads a number that is an integer (`1`, `1.0`, `1e3`) and fits. Nil for any other value, which is skipped.
    package mutating func readInt() throws(JSONError) -> Int? {
        guard try peek() == .number else {
            try skipValue()
            return nil
        }
        let (range, isInteger) = try scanNumber()
        guard isInteger else { return double(range).flatMap { Int(exactly: $0) } }
        let isNegative = bytes[range.lowerBound] == UInt8(ascii: "-")
        var value = 0
        for index in range.dropFirst(isNegative ? 1 : 0) {
            let digit = Int(bytes[index] - UInt8(ascii: "0"))
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(isNegative ? -digit : digit)
            if overflow || carry { return nil }
            value = sum
        }
        return value
    }

    /// Reads a number. Nil for any other value, which is skipped, and for one too large for a `Double`.
    package mutating func readDouble() throws(JSONError) -> Double? {
        guard try peek() == .number else {
            try skipValue()
            return nil
        }
        return double(try scanNumber().range)
    }

    package mutating func readBool() throws(JSONError) -> Bool {
        guard try peek() == .bool else { throw failure(.expected(.bool)) }
        let value = bytes[position] == UInt8(ascii: "t")
        try scanWord(value ? "true" : "false")
        return value
    }

    /// Moves over a value of any kind and checks it on the way.
    package mutating func skipValue() throws(JSONError) {
        let byte = try nextByte()
        switch byte {
        case UInt8(ascii: "\""): _ = try scanString()
        case UInt8(ascii: "n"): try scanWord("null")
        case UInt8(ascii: "t"): try scanWord("true")
        case UInt8(ascii: "f"): try scanWord("false")
        case UInt8(ascii: "{"):
            try beginObject()
            while try nextKey() != nil { try skipValue() }
        case UInt8(ascii: "["):
            try beginArray()
            while try nextElement() { try skipValue() }
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): _ = try scanNumber()
        default: throw failure(.unexpectedByte(byte))
        }
    }

    /// Appends a normalised copy of a value: no white space between its tokens, hence no newline; its strings still
    /// escaped and repaired as by `readEscapedString(into:)`. On an error a part of it may have been appended.
    package mutating func copyValue(into output: inout [UInt8]) throws(JSONError) {
        switch try peek() {
        case .string: try copyString(into: &output)
        case .number: output.append(span: bytes, in: try scanNumber().range)
        case .bool: output.append(literal: try readBool() ? "true" : "false")
        case .null:
            try scanWord("null")
            output.append(literal: "null")
        case .object: try copyObject(into: &output)
        case .array: try copyArray(into: &output)
        }
    }

    /// Appends the key read last, by its range from `nextKey()`, as `copyValue(into:)` does, without quotes.
    package func copyKey(_ key: Range<Int>, into output: inout [UInt8]) {
        if copy(key, hasEscapes: keyHasEscapes, into: &output) != nil { output.appendReplacementCharacter() }
    }

    private mutating func copyString(into output: inout [UInt8]) throws(JSONError) {
        output.append(UInt8(ascii: "\""))
        try readEscapedString(into: &output)
        output.append(UInt8(ascii: "\""))
    }

    private mutating func copyObject(into output: inout [UInt8]) throws(JSONError) {
        try beginObject()
        var separator = UInt8(ascii: "{")
        while let key = try nextKey() {
            output.append(separator)
            output.append(UInt8(ascii: "\""))
            copyKey(key, into: &output)
            output.append(literal: "\":")
            try copyValue(into: &output)
            separator = UInt8(ascii: ",")
        }
        if separator == UInt8(ascii: "{") { output.append(separator) }
        output.append(UInt8(ascii: "}"))
    }

    private mutating func copyArray(into output: inout [UInt8]) throws(JSONError) {
        try beginArray()
        var separator = UInt8(ascii: "[")
        while try nextElement() {
            output.append(separator)
            try copyValue(into: &output)
            separator = UInt8(ascii: ",")
        }
        if separator == UInt8(ascii: "[") { output.append(separator) }
        output.append(UInt8(ascii: "]"))
    }

    // MARK: Scanning

    /// Moves over a number (RFC 8259 section 6), which is known to begin here.
    mutating func scanNumber() throws(JSONError) -> (range: Range<Int>, isInteger: Bool) {
        let start = position
        var isInteger = true
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        if position < bytes.count, bytes[position] == UInt8(ascii: "0") {
            position += 1
            if digitIsNext { throw failure(.badNumber) }
        } else {
            try scanDigits()
        }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try scanDigits()
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            try scanDigits()
        }
        return (start..<position, isInteger)
    }

    private var digitIsNext: Bool {
        position < bytes.count && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position])
    }

    /// One digit or more.
    private mutating func scanDigits() throws(JSONError) {
        guard digitIsNext else { throw failure(position < bytes.count ? .badNumber : .endOfText) }
        repeat { position += 1 } while digitIsNext
    }

    private func double(_ range: Range<Int>) -> Double? {
        Double(String(decoding: Array(bytes, in: range), as: UTF8.self)).flatMap { $0.isFinite ? $0 : nil }
    }

    /// Moves over one of the three words of JSON.
    @inline(__always)
    private mutating func scanWord(_ word: StaticString) throws(JSONError) {
        for index in 0..<word.utf8CodeUnitCount {
            guard position < bytes.count else { throw failure(.endOfText) }
            // Unsafe: a literal's bytes are only reachable by pointer; the loop's range is the bound.
            guard unsafe bytes[position] == word.utf8Start[index] else {
                throw failure(.unexpectedByte(bytes[position]))
            }
            position += 1
        }
    }
}
