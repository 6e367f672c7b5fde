import ByteCoding

/// A chat's messages as Anthropic has them: instructions apart, then turns of user and assistant that alternate, made of blocks.
/// Instructions are joined in their order wherever they stand; what says nothing is left out, for Anthropic refuses empty blocks.
struct AnthropicPrompt {
    private let prompt: [PromptMessage]
    private var calls = PromptCalls()

    init(_ prompt: [PromptMessage]) {
        self.prompt = prompt
    }

    // MARK: Instructions

    /// `system`: one text is a string, several are blocks.
    func writeSystem(to body: inout BodyWriter, _ omissions: inout Omissions) throws(RequestError) {
        let messages = prompt.filter { $0.isModel == nil }
        for message in messages { try refuseName(of: message, &omissions) }
        var parts: [PromptPart] = []
        for part in messages.flatMap(\.parts) where part.words?.isBlankText != true {
            if part.words == nil {
                try omissions.leaveOut(part.place, "cannot be sent: Anthropic's instructions are text.")
            } else {
                parts.append(part)
            }
        }
        if parts.count == 1, let text = parts[0].words, parts[0].cacheControl == nil {
            body.member("system", escaped: text)
        } else if !parts.isEmpty {
            try body.array("system") { body throws(RequestError) in
                for part in parts { try writePart(part, to: &body, &omissions) }
            }
        }
    }

    // MARK: Turns

    private var turns: [PromptTurn] {
        PromptTurn.turns(of: prompt) { message in
            message.parts.allSatisfy { $0.words?.isBlankText == true } && message.toolCalls.isEmpty
                && message.thinkingBlocks == nil && message.role != .tool
        }
    }

    /// Whether the last turn with calls begins with its signed thoughts, without which Anthropic lets no model think within a
    /// budget; or there are no calls. A client that was not shown them, or had the calls from another provider, has none to give
    /// back.
    var hasThoughts: Bool {
        let last = turns.last { $0.messages.contains { !$0.toolCalls.isEmpty } }
        guard let last else { return true }
        let first = last.messages[0].thinkingBlocks?.elements?.first { _ in true }
        return ["thinking", "redacted_thinking"].contains(first?["type"]?.string)
    }

    mutating func writeMessages(to body: inout BodyWriter, _ omissions: inout Omissions) throws(RequestError) {
        try body.array("messages") { body throws(RequestError) in
            for turn in turns { try writeTurn(turn, to: &body, &omissions) }
        }
    }

    private mutating func writeTurn(
        _ turn: PromptTurn, to body: inout BodyWriter, _ omissions: inout Omissions
    ) throws(RequestError) {
        try body.object { body throws(RequestError) in
            body.member("role", turn.isModel ? "assistant" : "user")
            if turn.messages.count == 1, turn.messages[0].role != .tool, let text = turn.messages[0].plainText {
                try refuseName(of: turn.messages[0], &omissions)
                return body.member("content", escaped: text)
            }
            try body.array("content") { body throws(RequestError) in
                for message in turn.messages { try writeMessage(message, to: &body, &omissions) }
            }
        }
    }

    private func refuseName(of message: PromptMessage, _ omissions: inout Omissions) throws(RequestError) {
        if message.name != nil, message.role != .tool {
            try omissions.leaveOut("\(message.place).name", "cannot be sent: Anthropic knows no names of speakers.")
        }
    }

    private mutating func writeMessage(
        _ message: PromptMessage, to body: inout BodyWriter, _ omissions: inout Omissions
    ) throws(RequestError) {
        try refuseName(of: message, &omissions)
        if message.role == .tool { return try writeResult(message, to: &body, &omissions) }
        // Thoughts are signed, and stand before what came of them.
        if let blocks = message.thinkingBlocks?.elements { for block in blocks { body.value(block) } }
        for part in message.parts { try writePart(part, to: &body, &omissions) }
        for call in message.toolCalls {
            if call.isCustom {
                try omissions.leaveOut(call.place, "cannot be sent: Anthropic's tools take JSON.")
                continue
            }
            let id = try call.requiredID()
            let arguments = try call.argumentsObject()
            try body.object { body throws(RequestError) in
                body.member("type", "tool_use")
                body.member("id", Self.toolID(id))
                body.member("name", call.name)
                body.member("input", arguments)
            }
        }
        calls.note(message)
    }

    /// A tool's result. Results of parallel calls stand in one turn.
    private func writeResult(
        _ message: PromptMessage, to body: inout BodyWriter, _ omissions: inout Omissions
    ) throws(RequestError) {
        let id = try calls.id(of: message)
        try body.object { body throws(RequestError) in
            body.member("type", "tool_result")
            body.member("tool_use_id", Self.toolID(id))
            if let text = message.plainText { return body.member("content", escaped: text) }
            guard message.parts.contains(where: { $0.words?.isBlankText != true }) else { return }
            try body.array("content") { body throws(RequestError) in
                for part in message.parts { try writePart(part, to: &body, &omissions) }
            }
        }
    }

    /// Anthropic's ids are made of letters, digits, `_` and `-`; those of other providers, from an earlier part of the chat, may not
    /// be.
    private static func toolID(_ id: JSONValue) -> String {
        String(
            (id.string ?? "").unicodeScalars.map { scalar -> Character in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", "_", "-": Character(scalar)
                default: "_"
                }
            })
    }

    // MARK: Blocks

    private func writePart(
        _ part: PromptPart, to body: inout BodyWriter, _ omissions: inout Omissions
    ) throws(RequestError) {
        switch part.kind {
        case .text(let text), .refusal(let text):
            if text.isBlankText { return }
            try body.object { body throws(RequestError) in
                body.member("type", "text")
                body.member("text", escaped: text)
                body.member("cache_control", part.cacheControl)
            }
        case .image(let image):
            let data = DataURL(image.url)
            if data == nil, DataURL.isOne(image.url) {
                return try omissions.leaveOut(part.place, "must be a link, or a data URL in base64.")
            }
            try body.object { body throws(RequestError) in
                body.member("type", "image")
                try body.object("source") { body throws(RequestError) in
                    if let data {
                        body.member(base64: data)
                    } else {
                        body.member("type", "url")
                        body.member("url", escaped: image.url)
                    }
                }
                body.member("cache_control", part.cacheControl)
            }
        case .file(let file):
            guard let data = file.data.flatMap(DataURL.init), data.mediaType == "application/pdf" else {
                return try omissions.leaveOut(
                    part.place, "cannot be sent: Anthropic takes PDFs, as data URLs in base64.")
            }
            try body.object { body throws(RequestError) in
                body.member("type", "document")
                try body.object("source") { body throws(RequestError) in body.member(base64: data) }
                body.member("title", file.name)
                body.member("cache_control", part.cacheControl)
            }
        case .audio:
            try omissions.leaveOut(part.place, "cannot be sent: Anthropic does not hear.")
        }
    }
}

extension BodyWriter {
    /// The members of a source that carries its data.
    fileprivate mutating func member(base64 data: DataURL) {
        member("type", "base64")
        member("media_type", data.mediaType)
        member("data", escaped: data.base64)
    }
}
