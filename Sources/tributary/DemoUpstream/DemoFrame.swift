/// The JSON of one answer, in the order of members that OpenAI uses.
struct DemoFrame {
    let id: String
    /// Unix seconds.
    let created: Int64
    let model: DemoModel

    /// The first chunk of a choice.
    func role(choice: Int, _ request: DemoRequest) -> String {
        chunk(choice, "{\"role\":\"assistant\",\"content\":\"\"}", finish: nil, request)
    }

    func delta(_ piece: DemoReply.Piece, choice: Int, _ request: DemoRequest) -> String {
        chunk(choice, Self.delta(piece), finish: nil, request)
    }

    /// The last chunk of a choice.
    func finish(_ reply: DemoReply, choice: Int, _ request: DemoRequest) -> String {
        chunk(choice, "{}", finish: reply.finishReason, request)
    }

    /// The chunk after the last, for who asked for it.
    func usage(_ usage: DemoUsage) -> String {
        "data: \(head("chat.completion.chunk")),\"choices\":[],\"usage\":\(usage.json)}\n\n"
    }

    /// A whole answer that is not streamed.
    func whole(_ replies: [DemoReply], _ usage: DemoUsage) -> String {
        let choices = replies.enumerated().map { index, reply in
            "{\"index\":\(index),\"message\":\(Self.message(reply)),\"logprobs\":null,"
                + "\"finish_reason\":\(JSONText.quoted(reply.finishReason))}"
        }
        return "\(head("chat.completion")),\"choices\":[\(choices.joined(separator: ","))],\"usage\":\(usage.json)}"
    }

    // MARK: Parts

    private func head(_ object: String) -> String {
        "{\"id\":\"\(id)\",\"object\":\"\(object)\",\"created\":\(created),\"model\":\"\(model.rawValue)\","
            + "\"system_fingerprint\":\"fp_demo\""
    }

    private func chunk(_ choice: Int, _ delta: String, finish: String?, _ request: DemoRequest) -> String {
        let reason = finish.map(JSONText.quoted) ?? "null"
        return "data: \(head("chat.completion.chunk")),\"choices\":[{\"index\":\(choice),\"delta\":\(delta),"
            + "\"logprobs\":null,\"finish_reason\":\(reason)}]\(request.includesUsage ? ",\"usage\":null" : "")}\n\n"
    }

    private static func delta(_ piece: DemoReply.Piece) -> String {
        switch piece {
        case .reasoning(let text): "{\"reasoning_content\":\(JSONText.quoted(text))}"
        case .content(let text): "{\"content\":\(JSONText.quoted(text))}"
        case .call(let index, let id, let name):
            "{\"tool_calls\":[{\"index\":\(index),\"id\":\"\(id)\",\"type\":\"function\","
                + "\"function\":{\"name\":\(JSONText.quoted(name)),\"arguments\":\"\"}}]}"
        case .arguments(let index, let text):
            "{\"tool_calls\":[{\"index\":\(index),\"function\":{\"arguments\":\(JSONText.quoted(text))}}]}"
        }
    }

    private static func message(_ reply: DemoReply) -> String {
        var content = ""
        var reasoning = ""
        var calls: [(id: String, name: String, arguments: String)] = []
        for piece in reply.pieces {
            switch piece {
            case .reasoning(let text): reasoning += text
            case .content(let text): content += text
            case .call(_, let id, let name): calls.append((id, name, ""))
            case .arguments(let index, let text): calls[index].arguments += text
            }
        }
        var message = "{\"role\":\"assistant\",\"content\":"
        message += content.isEmpty && !calls.isEmpty ? "null" : JSONText.quoted(content)
        if !reasoning.isEmpty { message += ",\"reasoning_content\":\(JSONText.quoted(reasoning))" }
        if !calls.isEmpty {
            let list = calls.map {
                "{\"id\":\"\($0.id)\",\"type\":\"function\",\"function\":{\"name\":\(JSONText.quoted($0.name)),"
                    + "\"arguments\":\(JSONText.quoted($0.arguments))}}"
            }
            message += ",\"tool_calls\":[\(list.joined(separator: ","))]"
        }
        return message + ",\"refusal\":null}"
    }
}

/// Tokens in and out.
struct DemoUsage: Equatable {
    var input: Int
    var output: Int
    var reasoning: Int

    init(_ request: DemoRequest, _ replies: [DemoReply]) {
        input = DemoTokens.count(request.messages)
        output = replies.reduce(0) { $0 + $1.tokens }
        reasoning = replies.reduce(0) { $0 + $1.reasoningTokens }
    }

    var json: String {
        "{\"prompt_tokens\":\(input),\"completion_tokens\":\(output),\"total_tokens\":\(input + output),"
            + "\"prompt_tokens_details\":{\"cached_tokens\":0},"
            + "\"completion_tokens_details\":{\"reasoning_tokens\":\(reasoning)}}"
    }
}
