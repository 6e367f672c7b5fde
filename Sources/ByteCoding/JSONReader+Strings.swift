/// The first half of a surrogate pair (U+D800 to U+DBFF) whose second half has not come yet.
package struct HighSurrogate: Equatable, Sendable {
    let unit: UInt16

    /// Nil when `unit` is none.
    package init?(_ unit: UInt16) {
        guard (0xD800...0xDBFF).contains(unit) else { return nil }
        self.unit = unit
    }
}

extension JSONReader {
    /// Reads a string, decoded.
    package mutating func readString() throws(JSONError) -> String {
        let (range, hasEscapes) = try nextString()
        guard hasEscapes else { return String(decoding: Array(bytes, in: range), as: UTF8.self) }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(range.count)
        decode(range, into: &decoded)
        return String(decoding: decoded, as: UTF8.self)
    }

    /// Reads a string and appends its content, still escaped, as valid UTF-8: lone surrogates and ill-formed UTF-8
    /// become U+FFFD. On an error nothing was appended.
    package mutating func readEscapedString(into output: inout [UInt8]) throws(JSONError) {
        let (range, hasEscapes) = try nextString()
        if copy(range, hasEscapes: hasEscapes, into: &output) != nil { output.appendReplacementCharacter() }
    }

    /// Reads one piece of a string that comes in pieces, as `readEscapedString(into:)` does, but for surrogates that
    /// the pieces tear apart: `held` is the half that the piece before ended in; it is written together with the half
    /// that this piece begins with, else as U+FFFD. Returns the half that this piece ends in, which was not written (an
    /// empty piece returns what it was given). After the last piece a half is to be replaced by U+FFFD.
    package mutating func readEscapedString(
        into output: inout [UInt8], continuing held: HighSurrogate?
    ) throws(JSONError) -> HighSurrogate? {
        let (range, hasEscapes) = try nextString()
        if let held {
            if range.isEmpty { return held }
            if hasEscapes, let low = codeUnit(at: range.lowerBound, end: range.upperBound), low.isLowSurrogate {
                output.append(UInt8(ascii: "\\"))
                output.append(unicodeEscapeDigits: held.unit)
                output.append(span: bytes, in: range.lowerBound..<range.lowerBound + 6)
                return copy(range.dropFirst(6), hasEscapes: true, into: &output)
            }
            output.appendReplacementCharacter()
        }
        return copy(range, hasEscapes: hasEscapes, into: &output)
    }

    // MARK: Scanning

    /// Moves over the string that is due. Its range is without the quotes.
    @inline(__always)
    mutating func nextString() throws(JSONError) -> (range: Range<Int>, hasEscapes: Bool) {
        guard try nextByte() == UInt8(ascii: "\"") else { throw failure(.expected(.string)) }
        return try scanString()
    }

    /// Moves over a string, from its opening quote; checks escapes and control characters, not UTF-8.
    @inline(__always)
    mutating func scanString() throws(JSONError) -> (range: Range<Int>, hasEscapes: Bool) {
        let start = position + 1
        let index = endOfRun(from: start)
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
            return (start..<(try scanEscapedString(from: index)), true)
        }
        position = index + 1
        return (start..<index, false)
    }

    /// Moves over the rest of a string, from `start`, where something else stands than plain text or the closing quote.
    /// Gives the index of the closing quote.
    @inline(never)
    private mutating func scanEscapedString(from start: Int) throws(JSONError) -> Int {
        position = start
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return position - 1
            case UInt8(ascii: "\\"): position = endOfRun(from: try endOfEscape(at: position))
            default: throw failure(.controlCharacter)
            }
        }
        throw failure(.endOfText)
    }

    /// The index of the first quote, backslash or control character from `start`; the end where there is none.
    @inline(__always)
    private func endOfRun(from start: Int) -> Int {
        var index = start
        while index + ByteWord.width <= bytes.count {
            let word = ByteWord(bytes, at: index)
            let mask = word.matches(UInt8(ascii: "\"")) | word.matches(UInt8(ascii: "\\")) | word.below(0x20)
            if mask != 0 { return index + ByteWord.firstIndex(in: mask) }
            index += ByteWord.width
        }
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), 0..<0x20: return index
            default: index += 1
            }
        }
        return index
    }

    /// Checks the escape at `index` (its backslash) and gives the index after it.
    private func endOfEscape(at index: Int) throws(JSONError) -> Int {
        guard index + 1 < bytes.count else { throw failure(.endOfText) }
        switch bytes[index + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return index + 2
        case UInt8(ascii: "u"):
            guard index + 6 <= bytes.count else { throw failure(.endOfText) }
            guard codeUnit(at: index, end: bytes.count) != nil else { throw failure(.badEscape) }
            return index + 6
        default:
            throw failure(.badEscape)
        }
    }

    /// The UTF-16 code unit of a `\uXXXX` at `index`; nil where there is no such escape before `end`.
    func codeUnit(at index: Int, end: Int) -> UInt16? {
        bytes.extracting(..<end).escapedUnit(at: index)
    }
}

extension UInt16 {
    var isLowSurrogate: Bool { (0xDC00...0xDFFF).contains(self) }
    var isSurrogate: Bool { (0xD800...0xDFFF).contains(self) }
}
