import ByteCoding

/// A chat's messages as items of OpenAI's Responses: messages of every role in their places, calls of tools and their results as items
/// of their own.
struct ResponsesInput {
    private let prompt: [PromptMessage]
    private var calls = PromptCalls()

    init(_ prompt: [PromptMessage]) {
        self.prompt = prompt
    }

    mutating func write(to body: inout BodyWriter, _ omissions: inout Omissions) throws(RequestError) {
        try body.array("input") { body throws(RequestError) in
            for message in prompt { try writeItems(of: message, to: &body, &omissions) }
        }
    }

    private mutating func writeItems(
        of message: PromptMessage, to body: inout BodyWriter, _ omissions: inout Omissions
    ) throws(RequestError) {
        if message.name != nil, message.role != .tool {
            try omissions.leaveOut("\(message.place).name", "cannot be sent: Responses know no names of speakers.")
        }
        switch message.role {
        case .system, .developer, .user:
            if message.parts.isEmpty { return }
            try body.object { body throws(RequestError) in
                body.member("role", message.role.rawValue)
                try writeContent("content", of: message, to: &body, &omissions)
            }
        case .assistant:
            try writeAnswer(message, to: &body, &omissions)
            for call in message.toolCalls { try writeCall(call, to: &body) }
            calls.note(message)
        case .tool:
            let isCustom = try calls.call(for: message)?.isCustom ?? false
            let id = try calls.id(of: message)
            try body.object { body throws(RequestError) in
                body.member("type", isCustom ? "custom_tool_call_output" : "function_call_output")
                body.member("call_id", id)
                if message.parts.isEmpty { return body.member("output", "") }
                try writeContent("output", of: message, to: &body, &omissions)
            }
        }
    }

    // MARK: What goes in

    private func writeContent(
        _ name: String, of message: PromptMessage, to body: inout BodyWriter, _ omissions: inout Omissions
    ) throws(RequestError) {
        if let text = message.plainText { return body.member(name, escaped: text) }
        try body.array(name) { body throws(RequestError) in
            for part in message.parts { try writePart(part, to: &body, &omissions) }
        }
    }

    private func writePart(
        _ part: PromptPart, to body: inout BodyWriter, _ omissions: inout Omissions
    ) throws(RequestError) {
        switch part.kind {
        case .text(let text), .refusal(let text):
            try body.object { body throws(RequestError) in
                body.member("type", "input_text")
                body.member("text", escaped: text)
            }
        case .image(let image):
            try body.object { body throws(RequestError) in
                body.member("type", "input_image")
                body.member("image_url", escaped: image.url)
                body.member("detail", image.detail ?? JSONValue("\"auto\""))
            }
        case .file(let file):
            try body.object { body throws(RequestError) in
                body.member("type", "input_file")
                body.member("file_data", escaped: file.data)
                body.member("file_id", file.id)
                body.member("filename", file.name)
            }
        case .audio:
            try omissions.leaveOut(part.place, "cannot be sent: Responses do not hear.")
        }
    }

    // MARK: What came out before

    /// An answer's texts, each as a message: with its `type`, for llama.cpp tells by it what an assistant's message is.
    private func writeAnswer(
        _ message: PromptMessage, to body: inout BodyWriter, _ omissions: inout Omissions
    ) throws(RequestError) {
        for part in message.parts {
            guard let words = part.words else {
                try omissions.leaveOut(part.place, "cannot be sent: an answer in Responses is text.")
                continue
            }
            if words.isEmpty { continue }
            try body.object { body throws(RequestError) in
                body.member("type", "message")
                body.member("role", "assistant")
                body.member("content", escaped: words)
            }
        }
    }

    private func writeCall(_ call: PromptToolCall, to body: inout BodyWriter) throws(RequestError) {
        let id = try call.requiredID()
        try body.object { body throws(RequestError) in
            body.member("type", call.isCustom ? "custom_tool_call" : "function_call")
            body.member("call_id", id)
            body.member("name", call.name)
            body.member(call.isCustom ? "input" : "arguments", escaped: call.arguments)
        }
    }
}
