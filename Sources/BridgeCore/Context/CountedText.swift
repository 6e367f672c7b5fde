import ByteCoding
import ChatProtocol
import Tokenizer

/// What a model reads of one message, or of the tools that a request brings, as far as its tokens have to be counted.
struct CountedText {
    /// What a picture, a sound or a file counts: as much as a square picture of 1024 pixels with OpenAI's models. What it
    /// really costs depends on the model and on what is in it.
    static let mediaTokens = 765

    /// What it costs beside its texts.
    private(set) var fixedTokens = 0
    /// Contents of JSON strings, still escaped.
    private(set) var texts: [[UInt8]] = []
    private(set) var role = ContextWindow.Role.user
    private(set) var calls: [String] = []
    private(set) var answers: String?

    /// - Parameter json: an object in the shape of OpenAI's messages. What cannot be read as such counts as it stands.
    init(message json: [UInt8]) {
        fixedTokens = ChatOverhead.perMessage
        do throws(JSONError) {
            var reader = JSONReader(json.span)
            try readMessage(&reader)
        } catch {
            texts = [json]
        }
    }

    /// The tools and the form of the answer among a request's parameters, which the model is told of as well.
    init(params json: [UInt8]?) {
        guard let json else { return }
        do throws(JSONError) {
            var reader = JSONReader(json.span)
            try reader.beginObject()
            while let key = try reader.nextKey() {
                let isTold =
                    reader.key(key, is: "tools") || reader.key(key, is: "functions")
                    || reader.key(key, is: "response_format")
                let value = try reader.skipValueRange()
                if isTold { texts.append(Array(json[value])) }
            }
        } catch {
            texts = [json]
        }
    }

    func message(tokens: Int) -> ContextWindow.Message {
        ContextWindow.Message(role: role, tokens: fixedTokens + tokens, calls: calls, answers: answers)
    }

    // MARK: Reading. Members of another kind than OpenAI's are passed over: they are the upstream's to judge.

    private mutating func readMessage(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "role") {
                role = Self.role(try readName(&reader))
            } else if reader.key(key, is: "content") {
                try readContent(&reader)
            } else if reader.key(key, is: "refusal") || reader.key(key, is: "reasoning_content") {
                try readText(&reader)
            } else if reader.key(key, is: "name") {
                if try readText(&reader) { fixedTokens += ChatOverhead.perName }
            } else if reader.key(key, is: "tool_calls") {
                try readCalls(&reader)
            } else if reader.key(key, is: "function_call") {
                try readFunction(&reader)
            } else if reader.key(key, is: "tool_call_id") {
                answers = try readName(&reader)
            } else {
                try reader.skipValue()
            }
        }
    }

    private static func role(_ name: String?) -> ContextWindow.Role {
        switch name {
        case "system", "developer": .system
        case "assistant": .assistant
        case "tool", "function": .tool
        default: .user
        }
    }

    private func readName(_ reader: inout JSONReader) throws(JSONError) -> String? {
        if try reader.peek() == .string { return try reader.readString() }
        try reader.skipValue()
        return nil
    }

    @discardableResult
    private mutating func readText(_ reader: inout JSONReader) throws(JSONError) -> Bool {
        guard try reader.peek() == .string else {
            try reader.skipValue()
            return false
        }
        var text: [UInt8] = []
        try reader.readEscapedString(into: &text)
        if !text.isEmpty { texts.append(text) }
        return true
    }

    private mutating func readContent(_ reader: inout JSONReader) throws(JSONError) {
        guard try reader.peek() == .array else {
            try readText(&reader)
            return
        }
        try reader.beginArray()
        while try reader.nextElement() {
            guard try reader.peek() == .object else {
                try reader.skipValue()
                continue
            }
            var isText = false
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if reader.key(key, is: "text") || reader.key(key, is: "refusal") {
                    if try readText(&reader) { isText = true }
                } else {
                    try reader.skipValue()
                }
            }
            if !isText { fixedTokens += Self.mediaTokens }
        }
    }

    private mutating func readCalls(_ reader: inout JSONReader) throws(JSONError) {
        guard try reader.peek() == .array else { return try reader.skipValue() }
        try reader.beginArray()
        while try reader.nextElement() {
            guard try reader.peek() == .object else {
                try reader.skipValue()
                continue
            }
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if reader.key(key, is: "id") {
                    if let id = try readName(&reader) { calls.append(id) }
                } else if reader.key(key, is: "function") {
                    try readFunction(&reader)
                } else {
                    try reader.skipValue()
                }
            }
        }
    }

    private mutating func readFunction(_ reader: inout JSONReader) throws(JSONError) {
        guard try reader.peek() == .object else { return try reader.skipValue() }
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "name") || reader.key(key, is: "arguments") {
                try readText(&reader)
            } else {
                try reader.skipValue()
            }
        }
    }
}
