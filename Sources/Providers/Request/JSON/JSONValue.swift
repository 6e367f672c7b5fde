import ByteCoding

/// One value in a text that is known to be JSON. It shares that text's memory, and looks into itself only when asked: a picture
/// of megabytes is moved over, not copied.
struct JSONValue {
    /// The value as it is written, nothing around it.
    let bytes: ArraySlice<UInt8>

    /// The value that makes up the whole of `text`, which is checked to its end.
    init(checking text: [UInt8]) throws(JSONError) {
        var reader = JSONReader(text.span)
        let range = try reader.skipValueRange()
        try reader.finish()
        bytes = text[range]
    }

    /// `bytes` are one value without white space around it.
    init(known bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    /// A value that we wrote ourselves.
    init(_ text: String) {
        bytes = Array(text.utf8)[...]
    }

    private func read<Value>(_ take: (inout JSONReader) throws(JSONError) -> Value) -> Value? {
        var reader = JSONReader(bytes.span)
        return try? take(&reader)
    }

    var kind: JSONKind { read { reader throws(JSONError) in try reader.peek() } ?? .null }

    var isNull: Bool { kind == .null }

    /// Of a string: what it says.
    var string: String? {
        kind == .string ? read { reader throws(JSONError) in try reader.readString() } : nil
    }

    /// Of a string: what stands between its quotes, still escaped.
    var content: ArraySlice<UInt8>? {
        kind == .string ? bytes.dropFirst().dropLast() : nil
    }

    /// Of a number; infinite where it is too large for a `Double`.
    var number: Double? {
        guard kind == .number else { return nil }
        let value = read { reader throws(JSONError) in try reader.readDouble() } ?? nil
        return value ?? (bytes.first == UInt8(ascii: "-") ? -.infinity : .infinity)
    }

    /// Of a number that is an integer.
    var int: Int? { read { reader throws(JSONError) in try reader.readInt() } ?? nil }

    var bool: Bool? {
        kind == .bool ? bytes.first == UInt8(ascii: "t") : nil
    }

    /// Of an array: its elements; nil for any other value.
    var elements: JSONElements? { kind == .array ? JSONElements(bytes) : nil }

    /// Of an object: its members; nil for any other value.
    var members: JSONMembers? { kind == .object ? JSONMembers(bytes) : nil }

    /// A member of an object, the last of that name; nil where there is none, or null. Reads all of the object: whoever wants
    /// several members goes through `members`.
    subscript(name: String) -> JSONValue? {
        var found: JSONValue?
        for member in members ?? JSONMembers([]) where member.name == name { found = member.value }
        return found.flatMap { $0.isNull ? nil : $0 }
    }
}

/// The elements of a JSON array, one after another.
struct JSONElements: Sequence, IteratorProtocol {
    private var cursor: JSONCursor

    fileprivate init(_ array: ArraySlice<UInt8>) {
        cursor = JSONCursor(array)
    }

    mutating func next() -> JSONValue? { cursor.nextValue() }
}

/// The members of a JSON object, one after another.
struct JSONMembers: Sequence, IteratorProtocol {
    private var cursor: JSONCursor

    fileprivate init(_ object: ArraySlice<UInt8>) {
        cursor = JSONCursor(object)
    }

    mutating func next() -> (name: String, value: JSONValue)? {
        guard let name = cursor.nextName(), let value = cursor.nextValue() else { return nil }
        return (name, value)
    }
}
