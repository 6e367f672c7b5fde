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

    /// Where the content of a string is, for `key(_:is:)` to compare; nil for any other value, which is skipped.
    mutating func readWord() throws(JSONError) -> Range<Int>? {
        let isString = try peek() == .string
        let written = try skipValueRange()
        return isString ? written.lowerBound + 1..<written.upperBound - 1 : nil
    }

    /// A number of tokens; nil for any other value, which is skipped.
    mutating func readCount() throws(JSONError) -> Int? {
        try readInt().map { max(0, $0) }
    }

    /// Begins the object that is due; false where the value is none, which is skipped.
    mutating func beginObjectIfAny() throws(JSONError) -> Bool {
        guard try peek() == .object else {
            try skipValue()
            return false
        }
        try beginObject()
        return true
    }

    /// Begins the array that is due; false where the value is none, which is skipped.
    mutating func beginArrayIfAny() throws(JSONError) -> Bool {
        guard try peek() == .array else {
            try skipValue()
            return false
        }
        try beginArray()
        return true
    }

    /// The member `name` of the object that is due, where that is a text; the object is read to its end.
    mutating func readMember(_ name: StaticString) throws(JSONError) -> String? {
        var text: String?
        guard try beginObjectIfAny() else { return nil }
        while let key = try nextKey() {
            if self.key(key, is: name) { text = try readName() } else { try skipValue() }
        }
        return text
    }

    /// The place of the value that is due, which is skipped; nil where it is null.
    mutating func skipToMark() throws(JSONError) -> Mark? {
        let isNull = try peek() == .null
        let place = mark
        try skipValue()
        return isNull ? nil : place
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
