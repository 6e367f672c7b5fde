import ByteCoding

/// Reads messages in the shape of chat completions. Members that chat completions do not know are passed over.
enum PromptReader {
    static func read(_ messages: [UInt8]) throws(RequestError) -> [PromptMessage] {
        let list: JSONValue
        do throws(JSONError) {
            list = try JSONValue(checking: messages)
        } catch {
            throw RequestError(field: "messages", message: "`messages` must be a JSON array: \(error)")
        }
        guard let elements = list.elements else {
            throw RequestError(field: "messages", message: "`messages` must be a JSON array.")
        }
        var prompt: [PromptMessage] = []
        for (index, element) in elements.enumerated() { prompt.append(try message(element, index)) }
        return prompt
    }

    private static func wrong(_ place: String, _ problem: String) -> RequestError {
        RequestError(field: place, message: "`\(place)` \(problem)")
    }

    // MARK: Messages

    private static func message(_ value: JSONValue, _ index: Int) throws(RequestError) -> PromptMessage {
        let place = "messages[\(index)]"
        guard let list = value.members else { throw wrong(place, "must be an object.") }
        var members: [String: JSONValue] = [:]
        // Others are passed over, so that no number of them is kept.
        for (name, value) in list where known.contains(name) { members[name] = value.isNull ? nil : value }
        guard let word = members["role"]?.string, let role = PromptMessage.Role(rawValue: word) else {
            throw wrong("\(place).role", "must be system, developer, user, assistant or tool.")
        }
        for name in ["function_call", "audio"] where members[name] != nil {
            throw wrong("\(place).\(name)", "cannot be sent to this upstream.")
        }
        var parts = try content(members["content"], index)
        if let refusal = members["refusal"]?.content, !refusal.isEmpty {
            parts.append(PromptPart(messageIndex: index, index: nil, kind: .refusal(refusal), cacheControl: nil))
        }
        return PromptMessage(
            index: index, role: role, parts: parts, toolCalls: try toolCalls(members["tool_calls"], index),
            toolCallID: members["tool_call_id"], name: members["name"],
            reasoning: (members["reasoning"] ?? members["reasoning_content"])?.content,
            thinkingBlocks: members["thinking_blocks"].flatMap { $0.kind == .array ? $0 : nil })
    }

    private static let known: Set<String> = [
        "role", "content", "refusal", "tool_calls", "tool_call_id", "name", "function_call", "audio", "reasoning",
        "reasoning_content", "thinking_blocks",
    ]

    // MARK: Content

    private static func content(_ value: JSONValue?, _ message: Int) throws(RequestError) -> [PromptPart] {
        guard let value else { return [] }
        if let text = value.content {
            if text.isEmpty { return [] }
            return [PromptPart(messageIndex: message, index: nil, kind: .text(text), cacheControl: nil)]
        }
        let place = "messages[\(message)].content"
        guard let elements = value.elements else { throw wrong(place, "must be a string or an array of parts.") }
        var parts: [PromptPart] = []
        for (index, element) in elements.enumerated() {
            let place = "\(place)[\(index)]"
            guard element.kind == .object else { throw wrong(place, "must be an object.") }
            parts.append(
                PromptPart(
                    messageIndex: message, index: index, kind: try part(element, place),
                    cacheControl: element["cache_control"]))
        }
        return parts
    }

    private static func part(_ value: JSONValue, _ place: String) throws(RequestError) -> PromptPart.Kind {
        switch value["type"]?.string {
        case "text": return .text(try text("text", of: value, place))
        case "refusal": return .refusal(try text("refusal", of: value, place))
        case "image_url":
            let image = value["image_url"]
            // Some clients send the URL itself.
            guard let url = image?.content ?? image?["url"]?.content else {
                throw wrong("\(place).image_url.url", "must be a string.")
            }
            return .image(PromptImage(url: url, detail: image?["detail"]))
        case "input_audio":
            guard let audio = value["input_audio"], let data = audio["data"]?.content,
                let format = audio["format"]?.string
            else { throw wrong("\(place).input_audio", "must have `data` and `format`.") }
            return .audio(data: data, format: format)
        case "file":
            guard let file = value["file"] else { throw wrong("\(place).file", "is missing.") }
            return .file(PromptFile(data: file["file_data"]?.content, id: file["file_id"], name: file["filename"]))
        default:
            throw wrong("\(place).type", "must be text, image_url, input_audio, file or refusal.")
        }
    }

    private static func text(
        _ name: String, of value: JSONValue, _ place: String
    ) throws(RequestError) -> ArraySlice<UInt8> {
        guard let text = value[name]?.content else { throw wrong("\(place).\(name)", "must be a string.") }
        return text
    }

    // MARK: Tool calls

    private static func toolCalls(_ value: JSONValue?, _ message: Int) throws(RequestError) -> [PromptToolCall] {
        guard let value else { return [] }
        let place = "messages[\(message)].tool_calls"
        guard let elements = value.elements else { throw wrong(place, "must be an array.") }
        var calls: [PromptToolCall] = []
        for (index, call) in elements.enumerated() {
            let isCustom = call["type"]?.string == "custom"
            let kind = isCustom ? "custom" : "function"
            guard let function = call[kind], let name = function["name"], name.kind == .string else {
                throw wrong("\(place)[\(index)].\(kind).name", "must be a string.")
            }
            calls.append(
                PromptToolCall(
                    messageIndex: message, index: index, id: call["id"], name: name,
                    arguments: function[isCustom ? "input" : "arguments"]?.content ?? [], isCustom: isCustom,
                    signature: call["extra_content"]?["google"]?["thought_signature"]))
        }
        return calls
    }
}
