import ByteCoding

/// A chat's messages as Google has them: instructions apart, then turns of user and model that alternate, made of parts. Instructions are
/// joined in their order wherever they stand.
struct GeminiContents {
    private let prompt: [PromptMessage]
    private var calls = PromptCalls()
    /// Written where a call has no signature of its own; nil where the model wants none.
    private let placeholder: JSONValue?

    /// Gemini 3 and later refuse a call that comes back without the signature it was made with (of parallel calls the first has it),
    /// and so one that another model made. This is what Google documents for such a call: it is not checked.
    private static let unchecked = JSONValue(#""skip_thought_signature_validator""#)

    init(_ prompt: [PromptMessage], model: String) {
        self.prompt = prompt
        placeholder = model.contains("gemini-1") || model.contains("gemini-2") ? nil : Self.unchecked
    }

    func writeInstruction(to body: inout BodyWriter, _ omissions: inout Omissions) throws(RequestError) {
        let messages = prompt.filter { $0.isModel == nil && !$0.parts.isEmpty }
        if messages.isEmpty { return }
        try body.object("systemInstruction") { body throws(RequestError) in
            body.member("role", "user")
            try body.array("parts") { body throws(RequestError) in
                for message in messages {
                    try refuseName(of: message, &omissions)
                    for part in message.parts { try writePart(part, to: &body, &omissions) }
                }
            }
        }
    }

    mutating func writeContents(to body: inout BodyWriter, _ omissions: inout Omissions) throws(RequestError) {
        let turns = PromptTurn.turns(of: prompt) { $0.parts.isEmpty && $0.toolCalls.isEmpty && $0.role != .tool }
        try body.array("contents") { body throws(RequestError) in
            for turn in turns {
                try body.object { body throws(RequestError) in
                    body.member("role", turn.isModel ? "model" : "user")
                    try body.array("parts") { body throws(RequestError) in
                        for message in turn.messages { try writeMessage(message, to: &body, &omissions) }
                    }
                }
            }
        }
    }

    private func refuseName(of message: PromptMessage, _ omissions: inout Omissions) throws(RequestError) {
        if message.name != nil, message.role != .tool {
            try omissions.leaveOut("\(message.place).name", "cannot be sent: Google knows no names of speakers.")
        }
    }

    private mutating func writeMessage(
        _ message: PromptMessage, to body: inout BodyWriter, _ omissions: inout Omissions
    ) throws(RequestError) {
        try refuseName(of: message, &omissions)
        if message.role == .tool { return try writeResult(message, to: &body, &omissions) }
        for part in message.parts { try writePart(part, to: &body, &omissions) }
        var isFirst = true
        for call in message.toolCalls {
            if call.isCustom {
                try omissions.leaveOut(call.place, "cannot be sent: Google's tools take JSON.")
                continue
            }
            let arguments = try call.argumentsObject()
            try body.object { body throws(RequestError) in
                try body.object("functionCall") { body throws(RequestError) in
                    body.member("id", call.id)
                    body.member("name", call.name)
                    body.member("args", arguments)
                }
                body.member("thoughtSignature", call.signature ?? (isFirst ? placeholder : nil))
            }
            isFirst = false
        }
        calls.note(message)
    }

    /// A tool's result: an object. One in words becomes its `output`.
    private func writeResult(
        _ message: PromptMessage, to body: inout BodyWriter, _ omissions: inout Omissions
    ) throws(RequestError) {
        let name = try calls.name(of: message)
        var texts: [ArraySlice<UInt8>] = []
        for part in message.parts {
            if let text = part.words {
                texts.append(text)
            } else {
                try omissions.leaveOut(part.place, "cannot be sent: results of tools are text here.")
            }
        }
        try body.object { body throws(RequestError) in
            try body.object("functionResponse") { body throws(RequestError) in
                body.member("id", message.toolCallID)
                body.member("name", name)
                if let object = Self.object(in: texts) { return body.member("response", object) }
                try body.object("response") { $0.member("output", escaped: texts, separator: "\\n") }
            }
        }
    }

    /// The JSON object that a result's text is.
    private static func object(in texts: [ArraySlice<UInt8>]) -> JSONValue? {
        guard texts.count == 1 else { return nil }
        let text = JSONValue(known: [UInt8(ascii: "\"")] + texts[0] + [UInt8(ascii: "\"")]).string ?? ""
        let value = try? JSONValue(checking: Array(text.utf8))
        return value?.kind == .object ? value : nil
    }

    // MARK: Parts

    private func writePart(
        _ part: PromptPart, to body: inout BodyWriter, _ omissions: inout Omissions
    ) throws(RequestError) {
        switch part.kind {
        case .text(let text), .refusal(let text):
            try body.object { $0.member("text", escaped: text) }
        case .image(let image):
            if let data = DataURL(image.url) {
                try body.writeInline(data.mediaType, data.base64)
            } else if DataURL.isOne(image.url) {
                try omissions.leaveOut(part.place, "must be a link, or a data URL in base64.")
            } else {
                try body.object { body throws(RequestError) in
                    try body.object("fileData") { body throws(RequestError) in
                        body.member("mimeType", Self.mediaType(ofLink: image.url))
                        body.member("fileUri", escaped: image.url)
                    }
                }
            }
        case .audio(let data, let format): try body.writeInline("audio/\(format)", data)
        case .file(let file):
            guard let data = file.data.flatMap(DataURL.init) else {
                return try omissions.leaveOut(part.place, "cannot be sent: Google takes data URLs in base64.")
            }
            try body.writeInline(data.mediaType, data.base64)
        }
    }

    /// What a picture's name says that it is; nil leaves it to Google to find out.
    private static func mediaType(ofLink url: ArraySlice<UInt8>) -> String? {
        let path = String(decoding: url, as: UTF8.self).prefix { $0 != "?" && $0 != "#" }
        guard let dot = path.lastIndex(of: ".") else { return nil }
        return switch path[dot...].lowercased() {
        case ".png": "image/png"
        case ".jpg", ".jpeg": "image/jpeg"
        case ".gif": "image/gif"
        case ".webp": "image/webp"
        case ".heic": "image/heic"
        case ".heif": "image/heif"
        default: nil
        }
    }
}

extension BodyWriter {
    fileprivate mutating func writeInline(_ mediaType: String, _ base64: ArraySlice<UInt8>) throws(RequestError) {
        try object { body throws(RequestError) in
            try body.object("inlineData") { body throws(RequestError) in
                body.member("mimeType", mediaType)
                body.member("data", escaped: base64)
            }
        }
    }
}
