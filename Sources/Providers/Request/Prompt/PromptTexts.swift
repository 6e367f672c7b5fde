import ByteCoding

/// The texts that a model reads of an encoded request, whatever its dialect: instructions, messages, calls of tools and their results,
/// definitions of tools. Each is the content of a JSON string, still escaped; what a provider shows its model as JSON (arguments that are
/// objects, definitions) is that JSON. For counts of tokens: what pictures and files weigh, nobody knows but the provider.
///
/// Bounded: at most 4,096 texts, which are not longer than the body together (ill-formed bytes aside, which become U+FFFD); further ones are joined to the last. None for a body that is
/// no JSON object.
package func promptTexts(in body: Span<UInt8>) -> [[UInt8]] {
    var finder = TextFinder()
    do throws(JSONError) {
        var reader = JSONReader(body)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "tools") {
                try finder.takeJSON(&reader)
            } else if TextFinder.isPrompt(key, reader) {
                try finder.takeText(&reader)
            } else {
                try reader.skipValue()
            }
        }
        try reader.finish()
    } catch {
        return []
    }
    return finder.texts
}

private struct TextFinder {
    static let maxTexts = 4_096

    private(set) var texts: [[UInt8]] = []

    /// Members of a body that hold what the model reads.
    static func isPrompt(_ key: Range<Int>, _ reader: borrowing JSONReader) -> Bool {
        reader.key(key, is: "messages") || reader.key(key, is: "system") || reader.key(key, is: "instructions")
            || reader.key(key, is: "input") || reader.key(key, is: "contents")
            || reader.key(key, is: "systemInstruction")
    }

    /// Members that hold a text, or an array or object with further ones.
    private static func isText(_ key: Range<Int>, _ reader: borrowing JSONReader) -> Bool {
        reader.key(key, is: "content") || reader.key(key, is: "text") || reader.key(key, is: "arguments")
            || reader.key(key, is: "input") || reader.key(key, is: "output") || reader.key(key, is: "name")
            || reader.key(key, is: "refusal") || reader.key(key, is: "thinking")
    }

    /// Members that are shown to the model as JSON where they are objects.
    private static func isJSON(_ key: Range<Int>, _ reader: borrowing JSONReader) -> Bool {
        reader.key(key, is: "arguments") || reader.key(key, is: "input") || reader.key(key, is: "args")
            || reader.key(key, is: "response")
    }

    /// Takes the string that is due, or what it finds in the array or object.
    mutating func takeText(_ reader: inout JSONReader) throws(JSONError) {
        switch try reader.peek() {
        case .string:
            var text: [UInt8] = []
            try reader.readEscapedString(into: &text)
            add(text)
        case .array:
            try reader.beginArray()
            while try reader.nextElement() {
                if try reader.peek() == .object { try takeMembers(&reader) } else { try reader.skipValue() }
            }
        case .object: try takeMembers(&reader)
        default: try reader.skipValue()
        }
    }

    private mutating func takeMembers(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            let isText = Self.isText(key, reader)
            let isJSON = Self.isJSON(key, reader)
            let kind = try reader.peek()
            if isJSON, kind == .object {
                try takeJSON(&reader)
            } else if isText || kind == .array || kind == .object {
                try takeText(&reader)
            } else {
                try reader.skipValue()
            }
        }
    }

    /// Takes the value that is due as it is written.
    mutating func takeJSON(_ reader: inout JSONReader) throws(JSONError) {
        var text: [UInt8] = []
        try reader.copyValue(into: &text)
        add(text)
    }

    private mutating func add(_ text: [UInt8]) {
        if text.isEmpty { return }
        if texts.count < Self.maxTexts {
            texts.append(text)
        } else {
            texts[texts.count - 1].append(contentsOf: text)
        }
    }
}
