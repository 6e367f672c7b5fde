import ByteCoding

/// One line of an event stream, taken apart (WHATWG HTML 9.2.6): which field it is, and where its value begins.
struct FieldLine {
    enum Name {
        case data, event, id, retry
        /// A comment, or a field that means nothing.
        case ignored
    }

    /// A line that is this long cannot turn out to be a known field later on.
    static let decidedAfter = 6

    let name: Name
    /// After the colon and one space; the line's end where there is no colon.
    let valueStart: Int

    init(_ line: Span<UInt8>) {
        let candidate: (name: Name, length: Int) =
            switch line.isEmpty ? 0 : line[0] {
            case UInt8(ascii: "d"): (.data, line.begins(with: "data") ? 4 : 0)
            case UInt8(ascii: "e"): (.event, line.begins(with: "event") ? 5 : 0)
            case UInt8(ascii: "i"): (.id, line.begins(with: "id") ? 2 : 0)
            case UInt8(ascii: "r"): (.retry, line.begins(with: "retry") ? 5 : 0)
            default: (.ignored, 0)
            }
        let length = candidate.length
        guard length > 0, length == line.count || line[length] == UInt8(ascii: ":") else {
            name = .ignored
            valueStart = line.count
            return
        }
        name = candidate.name
        let afterColon = min(length + 1, line.count)
        let hasSpace = afterColon < line.count && line[afterColon] == UInt8(ascii: " ")
        valueStart = hasSpace ? afterColon + 1 : afterColon
    }
}

extension Span<UInt8> {
    @inline(__always)
    fileprivate func begins(with literal: StaticString) -> Bool {
        guard count >= literal.utf8CodeUnitCount else { return false }
        for index in 0..<literal.utf8CodeUnitCount {
            // Unsafe: a literal's bytes are only reachable by pointer; the loop's range is the bound.
            guard unsafe self[index] == literal.utf8Start[index] else { return false }
        }
        return true
    }

    /// The index of the first CR or LF from `start`; the end where there is none.
    @inline(__always)
    func endOfLine(from start: Int) -> Int {
        var index = start
        while index + ByteWord.width <= count {
            let word = ByteWord(self, at: index)
            let mask = word.matches(UInt8(ascii: "\n")) | word.matches(UInt8(ascii: "\r"))
            if mask != 0 { return index + ByteWord.firstIndex(in: mask) }
            index += ByteWord.width
        }
        while index < count, self[index] != UInt8(ascii: "\n"), self[index] != UInt8(ascii: "\r") { index += 1 }
        return index
    }
}
