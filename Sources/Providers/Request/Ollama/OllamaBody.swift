/// The body for Ollama's own `/api/chat`.
func ollamaBody(
    _ request: ChatRequest, _ rules: ParameterRules, _ omissions: inout Omissions
) throws(RequestError) -> [UInt8] {
    var messages = OllamaMessages(try PromptReader.read(request.messages))
    var parameters = try Parameters(of: request, under: rules, in: .ollama, &omissions)
    var body = BodyWriter(for: request)
    try body.object { body throws(RequestError) in
        body.member("model", request.model)
        try messages.write(to: &body, &omissions)
        try parameters.writeOllama(model: request.model ?? "", to: &body, &omissions)
        try parameters.finish(rules, in: .ollama, to: &body, &omissions)
        body.member("stream", true)
    }
    return body.bytes
}

extension Parameters {
    fileprivate mutating func writeOllama(
        model: String, to body: inout BodyWriter, _ omissions: inout Omissions
    ) throws(RequestError) {
        var options = BodyWriter()
        try options.object { options throws(RequestError) in
            options.member("num_predict", take("max_tokens"))
            options.member("stop", try takeStop())
            try writeNative(ParameterNames.ollamaOptions, to: &options)
        }
        if options.bytes.count > 2 { body.member("options", json: options.bytes) }
        try writeFormat(to: &body)
        try writeThinking(model: model, to: &body)
        try writeTools(to: &body, &omissions)
        try writeNative(ParameterNames.ollama, to: &body)
    }

    private mutating func writeFormat(to body: inout BodyWriter) throws(RequestError) {
        // What Ollama calls it says more.
        guard let value = take("response_format"), self["format"] == nil else { return }
        switch try OutputFormat(value) {
        case .text: break
        case .json: body.member("format", "json")
        case .schema(let format): body.member("format", format.schema)
        }
    }

    /// Ollama knows no, yes, and three levels, which it refuses for models that do not tell them apart: all but gpt-oss.
    private mutating func writeThinking(model: String, to body: inout BodyWriter) throws(RequestError) {
        guard let value = take("reasoning_effort"), self["think"] == nil else { return }
        let knowsLevels = model.contains("gpt-oss")
        switch try ReasoningEffort(value) {
        case .none: body.member("think", false)
        case _ where !knowsLevels: body.member("think", true)
        case .minimal, .low: body.member("think", "low")
        case .medium: body.member("think", "medium")
        case .high, .xhigh, .max: body.member("think", "high")
        }
    }

    /// Tools are those of chat completions. A model that may call none is shown none.
    private mutating func writeTools(to body: inout BodyWriter, _ omissions: inout Omissions) throws(RequestError) {
        let isForbidden = self["tool_choice"]?.string == "none"
        if isForbidden { self["tool_choice"] = nil }
        guard let value = take("tools"), !isForbidden else { return }
        let tools = try ToolDefinition.list(value)
        guard !tools.isEmpty, let elements = value.elements else { return }
        try body.array("tools") { body throws(RequestError) in
            for (index, tool) in elements.enumerated() {
                if case .custom = tools[index] {
                    try omissions.leaveOut(parameter: "tools[\(index)]", "cannot be sent: Ollama's tools take JSON.")
                } else {
                    body.value(tool)
                }
            }
        }
    }
}
