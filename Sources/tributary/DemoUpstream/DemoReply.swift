/// One choice of an answer: what the model says, cut into tokens, and why it ends.
struct DemoReply: Equatable {
    enum Piece: Equatable {
        case reasoning(String)
        case content(String)
        /// The beginning of a tool call.
        case call(index: Int, id: String, name: String)
        /// More of its arguments.
        case arguments(index: Int, String)

        /// Whether it counts as an output token.
        var isToken: Bool {
            if case .call = self { false } else { true }
        }
    }

    var pieces: [Piece] = []
    var finishReason = "stop"

    var tokens: Int { pieces.count { $0.isToken } }
    var reasoningTokens: Int {
        pieces.count { if case .reasoning = $0 { true } else { false } }
    }

    init(to request: DemoRequest, choice: Int) {
        var answer = DemoAnswer(question: request.question, choice: choice)
        if request.model == .tools, request.toolResult == nil {
            callTools(of: request, topic: answer.topic)
        } else {
            if request.model == .reasoning { pieces += DemoTokens.split(answer.reasoning()).map(Piece.reasoning) }
            var text = answer.text()
            if let result = request.toolResult {
                text = "The tool says:\n\n> \(DemoAnswer.topic(of: result))\n\nThat answers “\(answer.topic)”. 🛠️"
            }
            pieces += DemoTokens.split(Self.cut(text, before: request.stop)).map(Piece.content)
        }
        limit(to: request.maxTokens)
    }

    /// The text before the first of the stop sequences.
    static func cut(_ text: String, before stop: [String]) -> String {
        let ends = stop.compactMap { text.firstRange(of: $0)?.lowerBound }
        return ends.min().map { String(text[..<$0]) } ?? text
    }

    private mutating func limit(to maxTokens: Int?) {
        guard let maxTokens, tokens > maxTokens else { return }
        var count = 0
        pieces = Array(
            pieces.prefix { piece in
                if piece.isToken { count += 1 }
                return count <= maxTokens
            })
        finishReason = "length"
    }

    // MARK: Tools

    /// Calls the first two of the request's tools (or one that the model makes up), with invented arguments.
    private mutating func callTools(of request: DemoRequest, topic: String) {
        let functions = request.tools.isEmpty ? [nil] : request.tools.prefix(2).map(Optional.some)
        for (index, function) in functions.enumerated() {
            let name = function?.name ?? "look_up"
            pieces.append(.call(index: index, id: "call_demo\(index + 1)", name: name))
            let arguments = Self.arguments(for: function, topic: topic)
            pieces += DemoTokens.split(arguments).map { .arguments(index: index, $0) }
        }
        finishReason = "tool_calls"
    }

    private static func arguments(for function: DemoRequest.Function?, topic: String) -> String {
        guard let function else { return "{\"query\":\(JSONText.quoted(topic))}" }
        let members = (function.parameters?.properties ?? [:]).sorted { $0.key < $1.key }
            .map { "\(JSONText.quoted($0.key)):\(value(of: $0.value, topic: topic))" }
        return "{\(members.joined(separator: ","))}"
    }

    private static func value(of schema: DemoRequest.Schema, topic: String) -> String {
        switch schema.type {
        case "integer", "number": "3"
        case "boolean": "true"
        case "array": "[]"
        case "object": "{}"
        case "null": "null"
        default: JSONText.quoted(topic)
        }
    }
}
