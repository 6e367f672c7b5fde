import ByteCoding

/// Reading JSON of servers that do not all keep to one schema: a value of another kind counts as absent.
extension JSONReader {
    /// A string that is not empty; any other value is skipped.
    mutating func readText() throws(JSONError) -> String? {
        guard try peek() == .string else {
            try skipValue()
            return nil
        }
        let text = try readString()
        return text.isEmpty ? nil : text
    }

    /// The most bytes of a name. More than what is shown of one (512) and a key (8 KiB), so that who cuts keys out finds them whole.
    private static var maxNameBytes: Int { 16 * 1024 }

    /// A name that the upstream gives. What is too long for one is cut off: nobody is to keep it by the megabyte.
    mutating func readName() throws(JSONError) -> String? {
        guard let name = try readText() else { return nil }
        guard name.utf8.count > Self.maxNameBytes else { return name }
        return String(decoding: name.utf8.prefix(Self.maxNameBytes), as: UTF8.self)
    }

    /// A string that is not empty, or an integer in words; any other value is skipped.
    mutating func readTextOrNumber() throws(JSONError) -> String? {
        guard try peek() == .number else { return try readText() }
        return try readInt().map { String($0) }
    }

    /// Moves over a value. True when it says nothing: null, false, an empty string, or an array or object of nothing
    /// but such values.
    mutating func skipValueIsBlank() throws(JSONError) -> Bool {
        var isBlank = true
        switch try peek() {
        case .null: try skipValue()
        case .bool: isBlank = !(try readBool())
        case .string: isBlank = try skipValueRange().count == 2
        case .number:
            try skipValue()
            isBlank = false
        case .array:
            try beginArray()
            while try nextElement() {
                let elementIsBlank = try skipValueIsBlank()
                isBlank = isBlank && elementIsBlank
            }
        case .object:
            try beginObject()
            while try nextKey() != nil {
                let memberIsBlank = try skipValueIsBlank()
                isBlank = isBlank && memberIsBlank
            }
        }
        return isBlank
    }
}
