import ByteCoding
import Providers
import Tokenizer

/// What a model reads of one message, or of the tools that a request brings, as far as its tokens have to be counted
/// (`PromptContent` says what that is), and what a message is to its neighbours.
struct CountedText {
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
        guard let content = PromptContent(message: json.span) else {
            texts = [json]
            return
        }
        texts = content.texts
        fixedTokens += content.mediaCount * ChatOverhead.perMedium
        var reader = JSONReader(json.span)
        // Its shape was read just now; what is wrong within is the upstream's to judge.
        try? readMessage(&reader)
    }

    /// The tools and the form of the answer among a request's parameters, which the model is told of as well.
    init(params json: [UInt8]?) {
        guard let json else { return }
        texts = PromptContent(params: json.span)?.texts ?? [json]
    }

    func message(tokens: Int) -> ContextWindow.Message {
        ContextWindow.Message(role: role, tokens: fixedTokens + tokens, calls: calls, answers: answers)
    }

    // MARK: Reading. Members of another kind than OpenAI's are passed over.

    private mutating func readMessage(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "role") {
                role = Self.role(try readName(&reader))
            } else if reader.key(key, is: "name") {
                if try readName(&reader) != nil { fixedTokens += ChatOverhead.perName }
            } else if reader.key(key, is: "tool_calls") {
                try readCalls(&reader)
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

    /// Their ids.
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
                } else {
                    try reader.skipValue()
                }
            }
        }
    }
}
