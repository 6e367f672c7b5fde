import ByteCoding

/// A message of a chat in the shape of chat completions, taken apart as far as other dialects need it. Texts are still escaped and
/// share the request's memory.
struct PromptMessage {
    enum Role: String {
        case system, developer, user, assistant, tool
    }

    /// In the array of messages.
    let index: Int
    let role: Role
    /// A string is one part of text.
    let parts: [PromptPart]
    /// Content and nothing but: a string that is not empty.
    var plainText: ArraySlice<UInt8>? {
        guard toolCalls.isEmpty, thinkingBlocks == nil, parts.count == 1, parts[0].index == nil else { return nil }
        return parts[0].text
    }

    /// What the assistant asked for.
    let toolCalls: [PromptToolCall]
    /// Of a tool's result: the call that it answers.
    let toolCallID: JSONValue?
    /// Who of several people or tools speaks.
    let name: JSONValue?
    /// What the assistant thought, as text.
    let reasoning: ArraySlice<UInt8>?
    /// What the assistant thought, in Anthropic's signed blocks, which only they can read.
    let thinkingBlocks: JSONValue?

    var place: String { "messages[\(index)]" }

    /// Who speaks in dialects that know no other roles; nil for instructions.
    var isModel: Bool? {
        switch role {
        case .system, .developer: nil
        case .user, .tool: false
        case .assistant: true
        }
    }
}

/// Messages in a row of one speaker, which dialects whose speakers must alternate take for one. Not empty.
struct PromptTurn {
    let isModel: Bool
    private(set) var messages: [PromptMessage]

    /// The turns of a chat, without its instructions.
    /// - Parameter isEmpty: which messages say nothing and are left out: the dialects refuse them.
    static func turns(of prompt: [PromptMessage], without isEmpty: (PromptMessage) -> Bool) -> [PromptTurn] {
        var turns: [PromptTurn] = []
        for message in prompt {
            guard let isModel = message.isModel, !isEmpty(message) else { continue }
            if turns.last?.isModel == isModel {
                turns[turns.count - 1].messages.append(message)
            } else {
                turns.append(PromptTurn(isModel: isModel, messages: [message]))
            }
        }
        return turns
    }
}

/// A call of a tool, as the assistant made it.
struct PromptToolCall {
    let messageIndex: Int
    let index: Int
    let id: JSONValue?
    let name: JSONValue
    /// The text of its arguments, still escaped; a free text where `isCustom`.
    let arguments: ArraySlice<UInt8>
    /// Of a tool that takes free text instead of JSON.
    let isCustom: Bool
    /// What Google signed the call with, and wants back with it.
    let signature: JSONValue?

    var place: String { "messages[\(messageIndex)].tool_calls[\(index)]" }

    /// The id, for dialects that need one.
    func requiredID() throws(RequestError) -> JSONValue {
        if let id, id.content?.isEmpty == false { return id }
        throw RequestError(
            field: "\(place).id", message: "`\(place).id` is missing: results are matched to calls by it.")
    }

    /// The arguments as a JSON object, for dialects that have them so; none for no text.
    func argumentsObject() throws(RequestError) -> JSONValue {
        if arguments.isBlankText { return JSONValue("{}") }
        var text: [UInt8] = [UInt8(ascii: "\"")]
        text.append(contentsOf: arguments)
        text.append(UInt8(ascii: "\""))
        let decoded = JSONValue(known: text[...]).string ?? ""
        guard let object = try? JSONValue(checking: Array(decoded.utf8)), object.kind == .object else {
            let field = "\(place).function.arguments"
            throw RequestError(field: field, message: "`\(field)` must be the text of a JSON object for this upstream.")
        }
        return object
    }
}
