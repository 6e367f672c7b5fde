import ByteCoding

/// The body for Anthropic's Messages API.
func anthropicBody(
    _ request: ChatRequest, _ rules: ParameterRules, maxOutputTokens: Int?, adaptiveThinking: [ReasoningEffort],
    _ omissions: inout Omissions
) throws(RequestError) -> [UInt8] {
    var prompt = AnthropicPrompt(try PromptReader.read(request.messages))
    var parameters = try Parameters(of: request, under: rules, in: .anthropic, &omissions)
    var body = BodyWriter(for: request)
    try body.object { body throws(RequestError) in
        body.member("model", request.model)
        try prompt.writeSystem(to: &body, &omissions)
        try prompt.writeMessages(to: &body, &omissions)
        let thinking = try parameters.takeThinking(
            adaptive: adaptiveThinking, hasThoughts: prompt.hasThoughts, &omissions)
        let usual = adaptiveThinking.isEmpty ? AnthropicThinking.usualLength : AnthropicThinking.usualAdaptiveLength
        try parameters.writeAnthropic(thinking, to: &body, usual: usual, longest: maxOutputTokens, &omissions)
        try parameters.finish(rules, in: .anthropic, to: &body, &omissions)
        body.member("stream", true)
    }
    return body.bytes
}

extension Parameters {
    // MARK: Members

    fileprivate mutating func writeAnthropic(
        _ thinking: AnthropicThinking?, to body: inout BodyWriter, usual: Int, longest: Int?,
        _ omissions: inout Omissions
    ) throws(RequestError) {
        let length = try writeLength(to: &body, thinking, usual: usual, longest: longest)
        try thinking?.write(to: &body, length: length)
        if let stop = try takeStop() { body.member("stop_sequences", stop) }
        try writeUser(to: &body)
        try writeTier(to: &body, &omissions)
        try writeOutputConfig(to: &body, effort: thinking?.effort)
        if let tools = take("tools") { try writeTools(tools, to: &body, &omissions) }
        try writeToolChoice(to: &body)
        try writeNative(ParameterNames.anthropic, to: &body)
    }

    /// `max_tokens`, which holds what is thought and what is said. Where the length is ours, thinking is added to it.
    /// - Parameters:
    ///   - usual: the length where nobody knows one.
    ///   - longest: the model's longest answer, where that is known.
    /// - Returns: what it is; nil where that is no whole number.
    private mutating func writeLength(
        to body: inout BodyWriter, _ thinking: AnthropicThinking?, usual: Int, longest: Int?
    ) throws(RequestError) -> Int? {
        var asked = take("max_tokens")
        if lengthIsCap, let cap = asked?.number, let longest, Double(longest) < cap {
            asked = JSONValue("\(longest)")
        }
        guard let asked else {
            let length = thinking?.length(usual: usual, longest: longest) ?? longest ?? usual
            body.member("max_tokens", length)
            return length
        }
        guard asked.kind == .number else { throw RequestError(parameter: "max_tokens", "must be a number.") }
        body.member("max_tokens", asked)
        return asked.int
    }

    /// `metadata.user_id`, of what chat completions call the user.
    private mutating func writeUser(to body: inout BodyWriter) throws(RequestError) {
        let user = take("user")
        let user2 = take("safety_identifier")
        if let metadata = self["metadata"], let members = metadata.members, members.contains(where: { _ in true }),
            members.allSatisfy({ $0.name == "user_id" })
        {
            self["metadata"] = nil
            body.member("metadata", metadata)
        } else if let user = user2 ?? user {
            try body.object("metadata") { $0.member("user_id", user) }
        }
    }

    private mutating func writeTier(to body: inout BodyWriter, _ omissions: inout Omissions) throws(RequestError) {
        switch self["service_tier"]?.string {
        case "auto": body.member("service_tier", "auto")
        case "default", "standard_only": body.member("service_tier", "standard_only")
        default: return
        }
        self["service_tier"] = nil
    }

    /// `output_config`: how hard to think, and the form of the answer. What Anthropic calls them says more.
    private mutating func writeOutputConfig(to body: inout BodyWriter, effort: ReasoningEffort?) throws(RequestError) {
        var format: OutputFormat.Schema?
        if let value = self["response_format"], case .schema(let schema) = try OutputFormat(value) {
            self["response_format"] = nil
            format = schema
        }
        var inner = BodyWriter()
        try inner.object { inner throws(RequestError) in
            if self["output_config.effort"] == nil { inner.member("effort", effort?.rawValue) }
            if self["output_config.format"] == nil, let format {
                try inner.object("format") { inner throws(RequestError) in
                    inner.member("type", "json_schema")
                    inner.member("schema", format.schema)
                }
            }
            try writeMembers(of: "output_config", to: &inner)
        }
        if inner.bytes.count > 2 { body.member("output_config", json: inner.bytes) }
    }

    private func writeTools(
        _ tools: JSONValue, to body: inout BodyWriter, _ omissions: inout Omissions
    ) throws(RequestError) {
        let tools = try ToolDefinition.list(tools)
        if tools.isEmpty { return }
        try body.array("tools") { body throws(RequestError) in
            for (index, tool) in tools.enumerated() {
                switch tool {
                case .native(let tool): body.value(tool)
                case .custom:
                    try omissions.leaveOut(
                        parameter: "tools[\(index)]", "cannot be sent: Anthropic's tools take JSON.")
                case .function(let function):
                    try body.object { body throws(RequestError) in
                        body.member("name", function.name)
                        body.member("description", function.description)
                        body.member(
                            "input_schema", function.parameters ?? JSONValue(#"{"type":"object","properties":{}}"#))
                        if function.strict?.bool == true { body.member("strict", true) }
                        body.member("cache_control", function.cacheControl)
                    }
                }
            }
        }
    }

    /// `tool_choice`, which also says whether several tools may be called at once.
    private mutating func writeToolChoice(to body: inout BodyWriter) throws(RequestError) {
        let isSingle = self["parallel_tool_calls"]?.bool == false
        if isSingle { self["parallel_tool_calls"] = nil }
        guard let value = self["tool_choice"] ?? (isSingle ? JSONValue("\"auto\"") : nil) else { return }
        let choice = try ToolChoice(value)
        // Leaves it to be refused.
        if case .among = choice { return }
        self["tool_choice"] = nil
        if case .native(let value) = choice, !isSingle { return body.member("tool_choice", value) }
        try body.object("tool_choice") { body throws(RequestError) in
            switch choice {
            case .auto, .among: body.member("type", "auto")
            case .never: return body.member("type", "none")
            case .required: body.member("type", "any")
            case .function(let name):
                body.member("type", "tool")
                body.member("name", name)
            case .native(let value): body.members(of: value.bytes)
            }
            if isSingle { body.member("disable_parallel_tool_use", true) }
        }
    }
}
