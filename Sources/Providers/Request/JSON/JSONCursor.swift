import ByteCoding

/// Goes through what an array or object holds: its values, and the names of members as values like others. Only forward: whoever enters
/// the containers on its way sees each byte once, however deep it stands.
struct JSONCursor {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    /// Stands in `container`, which is known to be a JSON array or object, before the first that it holds.
    init(_ container: ArraySlice<UInt8>) {
        bytes = container
        position = container.startIndex + 1
    }

    /// What the next value is. At the end of the container nil, and the cursor has left it.
    mutating func nextKind() -> JSONKind? {
        while position < bytes.endIndex {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","), UInt8(ascii: ":"): position += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                position += 1
                return nil
            case UInt8(ascii: "{"): return .object
            case UInt8(ascii: "["): return .array
            case UInt8(ascii: "\""): return .string
            case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
            case UInt8(ascii: "n"): return .null
            default: return .number
            }
        }
        return nil
    }

    /// Goes into the array or object that `nextKind()` told of.
    mutating func enter() { position += 1 }

    /// Moves over the next value. At the end of the container nil, and the cursor has left it.
    mutating func nextValue() -> JSONValue? {
        guard nextKind() != nil else { return nil }
        var reader = JSONReader(bytes.span, from: position - bytes.startIndex)
        guard let range = try? reader.skipValueRange() else { return nil }
        let value = bytes[(bytes.startIndex + range.lowerBound)..<(bytes.startIndex + range.upperBound)]
        position = value.endIndex
        return JSONValue(known: value)
    }

    /// The name of an object's next member, whose value is next then; nil at the end of the object alone.
    mutating func nextName() -> String? { nextValue().map { $0.string ?? "" } }
}
