/// The tool calls of a chat so far, to be looked up by the results that follow them.
struct PromptCalls {
    private var calls: [String: PromptToolCall] = [:]

    mutating func note(_ message: PromptMessage) {
        for call in message.toolCalls {
            if let id = call.id?.string { calls[id] = call }
        }
    }

    /// The id that a result must have.
    func id(of result: PromptMessage) throws(RequestError) -> JSONValue {
        if let id = result.toolCallID, id.content?.isEmpty == false { return id }
        let field = "\(result.place).tool_call_id"
        throw RequestError(field: field, message: "`\(field)` must be the id of the call that is answered.")
    }

    /// The call that a result answers; nil where none before it has that id.
    func call(for result: PromptMessage) throws(RequestError) -> PromptToolCall? {
        try id(of: result).string.flatMap { calls[$0] }
    }

    /// The name of the tool whose result it is: the call's, or else what the result says.
    func name(of result: PromptMessage) throws(RequestError) -> JSONValue {
        if let name = try call(for: result)?.name ?? result.name { return name }
        let field = "\(result.place).tool_call_id"
        throw RequestError(field: field, message: "`\(field)` is the id of no tool call before it.")
    }
}
