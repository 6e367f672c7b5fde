import ByteCoding

/// A chat's messages as Ollama has them: texts as one string, pictures beside them in base64, arguments of tools as objects.
struct OllamaMessages {
    private let prompt: [PromptMessage]
    private var calls = PromptCalls()

    init(_ prompt: [PromptMessage]) {
        self.prompt = prompt
    }

    mutating func write(to body: inout BodyWriter, _ omissions: inout Omissions) throws(RequestError) {
        try body.array("messages") { body throws(RequestError) in
            for message in prompt where !(message.role == .assistant && message.saysNothing) {
                try writeMessage(message, to: &body, &omissions)
            }
        }
    }

    private mutating func writeMessage(
        _ message: PromptMessage, to body: inout BodyWriter, _ omissions: inout Omissions
    ) throws(RequestError) {
        if message.name != nil, message.role != .tool {
            try omissions.leaveOut("\(message.place).name", "cannot be sent: Ollama knows no names of speakers.")
        }
        var images: [ArraySlice<UInt8>] = []
        for part in message.parts where part.words == nil {
            if case .image(let image) = part.kind, let data = DataURL(image.url) {
                images.append(data.base64)
            } else {
                try omissions.leaveOut(
                    part.place, "cannot be sent: Ollama takes pictures only, as data URLs in base64.")
            }
        }
        try body.object { body throws(RequestError) in
            body.member("role", message.role == .developer ? "system" : message.role.rawValue)
            body.member("content", escaped: message.parts.compactMap(\.words), separator: "\\n")
            if !images.isEmpty {
                try body.array("images") { body throws(RequestError) in
                    for image in images {
                        body.value(JSONValue(known: [UInt8(ascii: "\"")] + image + [UInt8(ascii: "\"")]))
                    }
                }
            }
            if message.role == .assistant { body.member("thinking", escaped: message.reasoning) }
            if message.role == .tool {
                body.member("tool_name", try calls.name(of: message))
                body.member("tool_call_id", message.toolCallID)
            }
            if !message.toolCalls.isEmpty { try writeCalls(of: message, to: &body, &omissions) }
        }
        calls.note(message)
    }

    private func writeCalls(
        of message: PromptMessage, to body: inout BodyWriter, _ omissions: inout Omissions
    ) throws(RequestError) {
        try body.array("tool_calls") { body throws(RequestError) in
            for call in message.toolCalls {
                if call.isCustom {
                    try omissions.leaveOut(call.place, "cannot be sent: Ollama's tools take JSON.")
                    continue
                }
                let arguments = try call.argumentsObject()
                try body.object { body throws(RequestError) in
                    body.member("id", call.id)
                    try body.object("function") { body throws(RequestError) in
                        body.member("name", call.name)
                        body.member("arguments", arguments)
                    }
                }
            }
        }
    }
}

extension PromptMessage {
    fileprivate var saysNothing: Bool { parts.isEmpty && toolCalls.isEmpty && reasoning == nil }
}
