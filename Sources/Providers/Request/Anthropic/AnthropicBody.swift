import ByteCoding

/// The body for Anthropic's Messages API.
func anthropicBody(
    _ request: ChatRequest, _ rules: ParameterRules, maxOutputTokens: Int?, _ omissions: inout Omissions
) throws(RequestError) -> [UInt8] {
    var prompt = AnthropicPrompt(try PromptReader.read(request.messages))
    var parameters = try Parameters(of: request, under: rules, in: .anthropic, &omissions)
    var body = BodyWriter(for: request)
    try body.object { body throws(RequestError) in
        body.member("model", request.model)
        try prompt.writeSystem(to: &body, &omissions)
        try prompt.writeMessages(to: &body, &omissions)
        let isForbidden = try parameters.forbidThinking
        if isForbidden || !prompt.allowsThinking { parameters.leaveOutThinking(&omissions) }
        try parameters.writeAnthropic(to: &body, maxOutputTokens: maxOutputTokens, &omissions)
        try parameters.finish(rules, in: .anthropic, to: &body, &omissions)
        body.member("stream", true)
    }
    return body.bytes
}

extension Parameters {
    /// What Anthropic is told where nobody says a length.
    private static let usualLength = 4_096
    /// The least that Anthropic takes for thinking.
    private static let leastThinking = 1_024

    private static let native: Set<String> = [
        "cache_control", "container", "context_management", "diagnostics", "inference_geo", "mcp_servers",
        "output_config", "speed", "thinking", "top_k", "temperature", "top_p", "user_profile_id",
    ]

    // MARK: Thinking

    /// Whether Anthropic refuses to think beside what else is asked: it samples as it likes then, and may not be made to call.
    fileprivate var forbidThinking: Bool {
        get throws(RequestError) {
            if let temperature = self["temperature"]?.number, temperature != 1 { return true }
            if let share = self["top_p"]?.number, share < 0.95 { return true }
            if self["top_k"] != nil { return true }
            guard let value = self["tool_choice"] else { return false }
            return switch try ToolChoice(value) {
            case .auto, .never, .among: false
            case .required, .function: true
            case .native(let choice): ["any", "tool"].contains(choice["type"]?.string)
            }
        }
    }

    /// Leaves out thinking that is ours to translate, and says so, whether the upstream is lenient or not: an answer without it is
    /// better than none. Anthropic's own `thinking` stays: who writes it knows its rules.
    fileprivate mutating func leaveOutThinking(_ omissions: inout Omissions) {
        guard self["thinking"] == nil, let effort = self["reasoning_effort"]?.string,
            let budget = ReasoningEffort(rawValue: effort)?.budget, budget > 0
        else { return }
        self["reasoning_effort"] = nil
        omissions.note("reasoning_effort")
    }

    // MARK: Members

    fileprivate mutating func writeAnthropic(
        to body: inout BodyWriter, maxOutputTokens: Int?, _ omissions: inout Omissions
    ) throws(RequestError) {
        try writeLength(to: &body, maxOutputTokens: maxOutputTokens)
        if let stop = try takeStop() { body.member("stop_sequences", stop) }
        try writeUser(to: &body)
        try writeTier(to: &body, &omissions)
        try writeFormat(to: &body, &omissions)
        if let tools = take("tools") { try writeTools(tools, to: &body, &omissions) }
        try writeToolChoice(to: &body)
        try writeNative(Self.native, to: &body)
    }

    /// `max_tokens`, which holds what is thought and what is said, and `thinking`. Where the length is ours, thinking is added to
    /// it; where it is the request's, at least a quarter is left for the answer.
    private mutating func writeLength(to body: inout BodyWriter, maxOutputTokens: Int?) throws(RequestError) {
        var asked = take("max_tokens")
        if lengthIsCap, let cap = asked?.number, let longest = maxOutputTokens, Double(longest) < cap {
            asked = JSONValue("\(longest)")
        }
        let effort = try take("reasoning_effort").map { value throws(RequestError) in try ReasoningEffort(value) }
        // What Anthropic calls it says more.
        let budget = self["thinking"] == nil ? effort?.budget ?? 0 : 0
        guard let asked else {
            var length = maxOutputTokens ?? Self.usualLength + budget
            if budget > 0 { length = max(length, Self.leastThinking * 2) }
            body.member("max_tokens", length)
            if budget > 0 { try body.writeThinking(min(budget, length * 3 / 4)) }
            return
        }
        guard asked.kind == .number else { throw RequestError(parameter: "max_tokens", "must be a number.") }
        body.member("max_tokens", asked)
        guard budget > 0, let length = asked.int else { return }
        guard length * 3 / 4 >= Self.leastThinking else {
            throw RequestError(
                parameter: "reasoning_effort",
                "needs a `max_tokens` of \(Self.leastThinking * 4 / 3 + 1) at least, for Anthropic thinks within it.")
        }
        try body.writeThinking(min(budget, length * 3 / 4))
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

    private mutating func writeFormat(to body: inout BodyWriter, _ omissions: inout Omissions) throws(RequestError) {
        guard let value = self["response_format"], case .schema(let format) = try OutputFormat(value) else { return }
        self["response_format"] = nil
        // What Anthropic calls it says more.
        if self["output_config"] != nil { return }
        try body.object("output_config") { body throws(RequestError) in
            try body.object("format") { body throws(RequestError) in
                body.member("type", "json_schema")
                body.member("schema", format.schema)
            }
        }
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

extension BodyWriter {
    fileprivate mutating func writeThinking(_ tokens: Int) throws(RequestError) {
        try object("thinking") { body throws(RequestError) in
            body.member("type", "enabled")
            body.member("budget_tokens", tokens)
        }
    }
}
