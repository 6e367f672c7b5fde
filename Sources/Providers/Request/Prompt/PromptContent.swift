import ByteCoding

/// What a model reads, as far as it can be counted. One rule, for what is to be sent and for what was sent: instructions, messages, names,
/// calls of tools and their results, definitions of tools and the form of the answer count as text; pictures, sounds, films, files and whatever
/// else a part of a message may be as things of one size; reasoning that comes along with earlier answers not at all, for hardly a provider
/// shows it to its model again.
///
/// Each text is the content of a JSON string, still escaped; what a provider shows its model as JSON (arguments that are objects,
/// definitions) is that JSON. Bounded: at most 4,096 texts, which are not longer than what they are found in together (ill-formed bytes
/// aside, which become U+FFFD); further ones are joined to the last.
package struct PromptContent: Equatable, Sendable {
    static let maxTexts = 4_096

    package private(set) var texts: [[UInt8]] = []
    /// Pictures, sounds, films, files: parts that have a type and no text.
    package private(set) var mediaCount = 0
    /// Turns of a body, as its dialect divides them; instructions that stand apart are one.
    package private(set) var messageCount = 0
    /// Members that say what a part is, were it nothing: texts, also empty ones, and reasoning.
    private var wordCount = 0

    /// Of an encoded request's body, whatever its dialect. Empty for a body that is no JSON object.
    package init(body: Span<UInt8>) {
        do throws(JSONError) {
            var reader = JSONReader(body)
            try takeBody(&reader)
            try reader.finish()
        } catch {
            self = PromptContent()
        }
    }

    /// Of one message in chat completions' shape, as it stands before it is encoded. Nil for what is no JSON object.
    package init?(message: Span<UInt8>) {
        do throws(JSONError) {
            var reader = JSONReader(message)
            try takeMembers(&reader)
            try reader.finish()
        } catch {
            return nil
        }
    }

    /// Of a request's parameters, by chat completions' names or a dialect's own, as they stand before they are encoded. Nil for
    /// what is no JSON object.
    package init?(params: Span<UInt8>) {
        do throws(JSONError) {
            var reader = JSONReader(params)
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if Self.isDefinition(key, reader) || Self.isForm(key, reader) {
                    try takeJSON(&reader)
                } else if Self.holdsForm(key, reader), try reader.peek() == .object {
                    try takeForm(&reader)
                } else {
                    try reader.skipValue()
                }
            }
            try reader.finish()
        } catch {
            return nil
        }
    }

    private init() {}

    // MARK: The body

    private mutating func takeBody(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if Self.isDefinition(key, reader) {
                try takeJSON(&reader)
            } else if Self.isPrompt(key, reader) {
                try takePrompt(&reader, isApart: Self.standsApart(key, reader))
            } else if Self.holdsForm(key, reader), try reader.peek() == .object {
                try takeForm(&reader)
            } else {
                try reader.skipValue()
            }
        }
    }

    /// Messages, each an element, or instructions that stand apart.
    private mutating func takePrompt(_ reader: inout JSONReader, isApart: Bool) throws(JSONError) {
        guard !isApart, try reader.peek() == .array else {
            messageCount += 1
            return try takeText(&reader)
        }
        try reader.beginArray()
        while try reader.nextElement() {
            messageCount += 1
            if try reader.peek() == .object { try takeMembers(&reader) } else { try reader.skipValue() }
        }
    }

    /// Members of a body that hold messages or instructions.
    private static func isPrompt(_ key: Range<Int>, _ reader: borrowing JSONReader) -> Bool {
        reader.key(key, is: "messages") || reader.key(key, is: "input") || reader.key(key, is: "contents")
            || standsApart(key, reader)
    }

    private static func standsApart(_ key: Range<Int>, _ reader: borrowing JSONReader) -> Bool {
        reader.key(key, is: "system") || reader.key(key, is: "instructions") || reader.key(key, is: "systemInstruction")
    }

    /// Members that define tools, or the form of the answer: chat completions', of which `format` is Ollama's.
    private static func isDefinition(_ key: Range<Int>, _ reader: borrowing JSONReader) -> Bool {
        reader.key(key, is: "tools") || reader.key(key, is: "functions") || reader.key(key, is: "response_format")
            || reader.key(key, is: "format")
    }

    /// The form of the answer within the members that hold it, or, among parameters, beside them.
    private static func isForm(_ key: Range<Int>, _ reader: borrowing JSONReader) -> Bool {
        reader.key(key, is: "format") || reader.key(key, is: "responseJsonSchema")
            || reader.key(key, is: "responseSchema") || reader.key(key, is: "response_json_schema")
            || reader.key(key, is: "response_schema")
    }

    /// Members in which the form of the answer is one of several: Responses', Anthropic's, Google's.
    private static func holdsForm(_ key: Range<Int>, _ reader: borrowing JSONReader) -> Bool {
        reader.key(key, is: "text") || reader.key(key, is: "output_config") || reader.key(key, is: "generationConfig")
            || reader.key(key, is: "generation_config")
    }

    private mutating func takeForm(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if Self.isForm(key, reader) { try takeJSON(&reader) } else { try reader.skipValue() }
        }
    }

    // MARK: Messages

    /// Members that hold a text, or an array or object with further ones.
    private static func isText(_ key: Range<Int>, _ reader: borrowing JSONReader) -> Bool {
        reader.key(key, is: "content") || reader.key(key, is: "text") || reader.key(key, is: "arguments")
            || reader.key(key, is: "input") || reader.key(key, is: "output") || reader.key(key, is: "name")
            || reader.key(key, is: "refusal")
    }

    /// Members that are shown to the model as JSON where they are objects.
    private static func isJSON(_ key: Range<Int>, _ reader: borrowing JSONReader) -> Bool {
        reader.key(key, is: "arguments") || reader.key(key, is: "input") || reader.key(key, is: "args")
            || reader.key(key, is: "response")
    }

    private static func isReasoning(_ key: Range<Int>, _ reader: borrowing JSONReader) -> Bool {
        reader.key(key, is: "reasoning") || reader.key(key, is: "reasoning_content")
            || reader.key(key, is: "reasoning_details") || reader.key(key, is: "thinking")
            || reader.key(key, is: "thinking_blocks")
    }

    /// Members that hold the parts of a message, or of a tool's result.
    private static func holdsParts(_ key: Range<Int>, _ reader: borrowing JSONReader) -> Bool {
        reader.key(key, is: "content") || reader.key(key, is: "output")
    }

    /// Takes the string that is due, or what it finds in the array or object.
    /// - Parameter isParts: of an array, elements with a type and without text are media.
    private mutating func takeText(_ reader: inout JSONReader, isParts: Bool = false) throws(JSONError) {
        switch try reader.peek() {
        case .string:
            var text: [UInt8] = []
            try reader.readEscapedString(into: &text)
            add(text)
        case .array:
            try reader.beginArray()
            while try reader.nextElement() {
                guard try reader.peek() == .object else {
                    try reader.skipValue()
                    continue
                }
                let (words, media) = (wordCount, mediaCount)
                let isMedium = try takeMembers(&reader)
                if isParts, isMedium, wordCount == words, mediaCount == media { mediaCount += 1 }
            }
        case .object: try takeMembers(&reader)
        default: try reader.skipValue()
        }
    }

    /// - Returns: whether it has a type under which there may be something that is no text.
    @discardableResult
    private mutating func takeMembers(_ reader: inout JSONReader) throws(JSONError) -> Bool {
        var mayBeMedium = false
        try reader.beginObject()
        while let key = try reader.nextKey() {
            let kind = try reader.peek()
            if reader.key(key, is: "type"), kind == .string {
                mayBeMedium = try reader.readWord().map { !Self.isNothing($0, reader) } ?? true
            } else if Self.isReasoning(key, reader) {
                wordCount += 1
                try reader.skipValue()
            } else if reader.key(key, is: "inlineData") || reader.key(key, is: "fileData") {
                // Google's parts have no type.
                mediaCount += 1
                try reader.skipValue()
            } else if reader.key(key, is: "images"), kind == .array {
                // Ollama's stand beside the text.
                try reader.beginArray()
                while try reader.nextElement() {
                    mediaCount += 1
                    try reader.skipValue()
                }
            } else if Self.isJSON(key, reader), kind == .object {
                wordCount += 1
                try takeJSON(&reader)
            } else if Self.isText(key, reader) {
                wordCount += 1
                try takeText(&reader, isParts: Self.holdsParts(key, reader))
            } else if kind == .array || kind == .object {
                try takeText(&reader)
            } else {
                try reader.skipValue()
            }
        }
        return mayBeMedium
    }

    /// Types of Anthropic's that may have no text and are no medium: a tool's empty result, and reasoning that nobody may read.
    private static func isNothing(_ word: Range<Int>, _ reader: borrowing JSONReader) -> Bool {
        reader.key(word, is: "tool_result") || reader.key(word, is: "redacted_thinking")
    }

    /// Takes the value that is due as it is written.
    private mutating func takeJSON(_ reader: inout JSONReader) throws(JSONError) {
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
