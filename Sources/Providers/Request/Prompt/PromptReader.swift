import ByteCoding

/// Reads messages in the shape of chat completions. Members that chat completions do not know are passed over.
///
/// A picture may be most of a request: it is gone over three times, to check the JSON, to find the part's members, and to find the
/// picture's own.
enum PromptReader {
    static func read(_ messages: [UInt8]) throws(RequestError) -> [PromptMessage] {
        let list: JSONValue
        do throws(JSONError) {
            list = try JSONValue(checking: messages)
        } catch {
            throw RequestError(field: "messages", message: "`messages` must be a JSON array: \(error)")
        }
        guard list.kind == .array else {
            throw RequestError(field: "messages", message: "`messages` must be a JSON array.")
        }
        var prompt: [PromptMessage] = []
        var cursor = JSONCursor(list.bytes)
        while let kind = cursor.nextKind() { prompt.append(try message(&cursor, kind, prompt.count)) }
        return prompt
    }

    private static func wrong(_ place: String, _ problem: String) -> RequestError {
        RequestError(field: place, message: "`\(place)` \(problem)")
    }

    // MARK: Messages

    private static func message(
        _ cursor: inout JSONCursor, _ kind: JSONKind, _ index: Int
    ) throws(RequestError) -> PromptMessage {
        let place = "messages[\(index)]"
        guard kind == .object else { throw wrong(place, "must be an object.") }
        cursor.enter()
        var members: [String: JSONValue] = [:]
        var parts: [PromptPart] = []
        while let name = cursor.nextName() {
            if name == "content" {
                parts = try content(&cursor, index)
            } else if let value = cursor.nextValue(), known.contains(name) {
                // Others are passed over, so that no number of them is kept.
                members[name] = value.isNull ? nil : value
            }
        }
        guard let word = members["role"]?.string, let role = PromptMessage.Role(rawValue: word) else {
            throw wrong("\(place).role", "must be system, developer, user, assistant or tool.")
        }
        for name in ["function_call", "audio"] where members[name] != nil {
            throw wrong("\(place).\(name)", "cannot be sent to this upstream.")
        }
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
        "role", "refusal", "tool_calls", "tool_call_id", "name", "function_call", "audio", "reasoning",
        "reasoning_content", "thinking_blocks",
    ]

    // MARK: Content

    private static func content(_ cursor: inout JSONCursor, _ message: Int) throws(RequestError) -> [PromptPart] {
        let place = "messages[\(message)].content"
        switch cursor.nextKind() {
        case .array: cursor.enter()
        case .string:
            guard let text = cursor.nextValue()?.content, !text.isEmpty else { return [] }
            return [PromptPart(messageIndex: message, index: nil, kind: .text(text), cacheControl: nil)]
        case .null:
            _ = cursor.nextValue()
            return []
        default: throw wrong(place, "must be a string or an array of parts.")
        }
        var parts: [PromptPart] = []
        while let kind = cursor.nextKind() {
            let place = "\(place)[\(parts.count)]"
            guard kind == .object else { throw wrong(place, "must be an object.") }
            cursor.enter()
            let members = members(named: partNames, &cursor)
            parts.append(
                PromptPart(
                    messageIndex: message, index: parts.count, kind: try part(members, place),
                    cacheControl: members["cache_control"]))
        }
        return parts
    }

    private static let partNames: Set<String> = [
        "type", "text", "refusal", "image_url", "input_audio", "file", "cache_control",
    ]

    /// The members of these names that are not null, of the object that the cursor is in; of one name the last.
    private static func members(named names: Set<String>, _ cursor: inout JSONCursor) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        while let name = cursor.nextName() {
            guard let value = cursor.nextValue(), names.contains(name) else { continue }
            members[name] = value.isNull ? nil : value
        }
        return members
    }

    /// Of a value that is no object: none.
    private static func members(named names: Set<String>, of value: JSONValue?) -> [String: JSONValue] {
        guard let value, value.kind == .object else { return [:] }
        var cursor = JSONCursor(value.bytes)
        return members(named: names, &cursor)
    }

    private static func part(_ members: [String: JSONValue], _ place: String) throws(RequestError) -> PromptPart.Kind {
        switch members["type"]?.string {
        case "text": return .text(try text("text", of: members, place))
        case "refusal": return .refusal(try text("refusal", of: members, place))
        case "image_url":
            let image = Self.members(named: ["url", "detail"], of: members["image_url"])
            // Some clients send the URL itself.
            guard let url = members["image_url"]?.content ?? image["url"]?.content else {
                throw wrong("\(place).image_url.url", "must be a string.")
            }
            return .image(PromptImage(url: url, detail: image["detail"]))
        case "input_audio":
            let audio = Self.members(named: ["data", "format"], of: members["input_audio"])
            guard let data = audio["data"]?.content, let format = audio["format"]?.string else {
                throw wrong("\(place).input_audio", "must have `data` and `format`.")
            }
            return .audio(data: data, format: format)
        case "file":
            guard let value = members["file"] else { throw wrong("\(place).file", "is missing.") }
            let file = Self.members(named: ["file_data", "file_id", "filename"], of: value)
            return .file(PromptFile(data: file["file_data"]?.content, id: file["file_id"], name: file["filename"]))
        default:
            throw wrong("\(place).type", "must be text, image_url, input_audio, file or refusal.")
        }
    }

    private static func text(
        _ name: String, of members: [String: JSONValue], _ place: String
    ) throws(RequestError) -> ArraySlice<UInt8> {
        guard let text = members[name]?.content else { throw wrong("\(place).\(name)", "must be a string.") }
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
