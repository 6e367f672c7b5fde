/// A chat as a client asks for it, in the words of OpenAI's chat completions, whatever the upstream speaks.
package struct ChatRequest: Sendable {
    /// nil leaves the choice to the upstream.
    package var model: String?
    /// A JSON array of messages, in chat completions' shapes. Valid JSON, without lone surrogates or ill-formed UTF-8.
    package var messages: [UInt8]
    /// A JSON object of sampling parameters, by chat completions' names or the dialect's own.
    package var params: [UInt8]?

    package init(model: String?, messages: [UInt8], params: [UInt8]? = nil) {
        self.model = model
        self.messages = messages
        self.params = params
    }
}

/// Puts a request into a dialect's words; the answer is always streamed.
///
/// What the upstream's rules forbid, or the dialect cannot express, is left out and listed in `dropped` where the rules are lenient;
/// else it is an error that names the field. `docs/parameters.md` has the tables.
/// - Parameters:
///   - maxOutputTokens: the longest answer of the model, where it is known: what Anthropic, which must be told a length, is told
///     where nobody says another (where it is not known 4,096, or 32,000 to a model that thinks adaptively).
///   - adaptiveThinking: the efforts that the model takes, if it thinks adaptively (`KnownModel.adaptiveThinking`).
package func encode(
    _ request: ChatRequest, for dialect: Dialect, endpoint: Endpoint, rules: ParameterRules,
    maxOutputTokens: Int? = nil, adaptiveThinking: [ReasoningEffort] = []
) throws(RequestError) -> EncodedRequest {
    guard let url = endpoint.chatURL(model: request.model) else {
        throw RequestError(field: "model", message: "`model` must name a model: this upstream has it in the URL.")
    }
    var omissions = Omissions(isLenient: rules.lenient)
    let body =
        switch dialect {
        case .chatCompletions: try chatCompletionsBody(request, rules, &omissions)
        case .anthropic:
            try anthropicBody(
                request, rules, maxOutputTokens: maxOutputTokens, adaptiveThinking: adaptiveThinking, &omissions)
        case .responses: try responsesBody(request, rules, &omissions)
        case .gemini: try geminiBody(request, rules, &omissions)
        case .ollama: try ollamaBody(request, rules, &omissions)
        }
    return EncodedRequest(url: url, headers: endpoint.chatHeaders, body: body, dropped: omissions.names)
}
