import ByteCoding
import Fuzzing

/// A reader that is asked for values of kinds that are there or not, as chance would have it: it answers or throws, and
/// its place in the text only moves on.
struct Walk {
    private var state: UInt32

    init(seed: Int) {
        state = UInt32(truncatingIfNeeded: seed) &* 2_654_435_761 | 1
    }

    private mutating func chance(_ below: UInt32) -> UInt32 {
        state = state &* 1_664_525 &+ 1_013_904_223
        return (state >> 16) % below
    }

    consuming func over(_ text: Span<UInt8>) {
        var reader = JSONReader(text, maxDepth: 8)
        do throws(JSONError) {
            try value(&reader)
            try reader.finish()
            demand(reader.position == text.count, "the end is the end")
        } catch {
            demand((0...text.count).contains(error.offset), "an error is in the text")
        }
    }

    private mutating func value(_ reader: inout JSONReader) throws(JSONError) {
        let before = reader.position
        defer { demand(reader.position >= before, "a reader goes on") }
        var copy: [UInt8] = []
        switch chance(12) {
        case 0: _ = try reader.readInt()
        case 1: demand(try reader.readDouble()?.isFinite ?? true, "a number is finite")
        case 2: _ = try reader.readBool()
        case 3: _ = try reader.readString()
        case 4:
            try reader.readEscapedString(into: &copy)
            demand(isValidUTF8(copy.span), "a string is UTF-8")
        case 5: try rereading(&reader)
        case 6: try reader.copyValue(into: &copy)
        default: try inside(&reader)
        }
    }

    /// Skips a value, reads it later, and goes to its end.
    private mutating func rereading(_ reader: inout JSONReader) throws(JSONError) {
        _ = try reader.peek()
        let start = reader.mark
        let range = try reader.skipValueRange()
        let end = reader.mark
        reader.go(to: start)
        try reader.skipValue()
        demand(reader.position == range.upperBound, "a value ends where it ended")
        demand(reader.isSame(range, range), "a range is like itself")
        reader.go(to: end)
    }

    private mutating func inside(_ reader: inout JSONReader) throws(JSONError) {
        switch try reader.peek() {
        case .object:
            try reader.beginObject()
            while let key = try reader.nextKey() {
                _ = reader.key(key, is: "content")
                _ = reader.key(key, is: "id")
                try value(&reader)
            }
        case .array:
            try reader.beginArray()
            while try reader.nextElement() { try value(&reader) }
        case .string, .number, .bool, .null: try reader.skipValue()
        }
    }
}
