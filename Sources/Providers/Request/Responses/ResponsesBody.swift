/// The body for OpenAI's Responses.
func responsesBody(
    _ request: ChatRequest, _ rules: ParameterRules, _ omissions: inout Omissions
) throws(RequestError) -> [UInt8] {
    var input = ResponsesInput(try PromptReader.read(request.messages))
    var parameters = try Parameters(of: request, under: rules, in: .responses, &omissions)
    var body = BodyWriter(for: request)
    try body.object { body throws(RequestError) in
        body.member("model", request.model)
        try input.write(to: &body, &omissions)
        try parameters.writeResponses(to: &body)
        try parameters.finish(rules, in: .responses, to: &body, &omissions)
        body.member("stream", true)
    }
    return body.bytes
}

extension Parameters {
    fileprivate mutating func writeResponses(to body: inout BodyWriter) throws(RequestError) {
        if let length = take("max_tokens") { body.member("max_output_tokens", length) }
        try writeGroup("reasoning", with: "effort", take("reasoning_effort"), to: &body) { _ in }
        let format = take("response_format")
        try writeGroup("text", with: "verbosity", take("verbosity"), to: &body) { body throws(RequestError) in
            if let format { try body.writeTextFormat(format) }
        }
        try writeInclude(to: &body)
        if let tools = take("tools") { try writeTools(tools, to: &body) }
        if let choice = take("tool_choice") { try body.writeToolChoice(choice) }
        // Chat completions keep nothing unless asked; Responses keep everything unless told not to.
        body.member("store", take("store") ?? JSONValue("false"))
        try writeNative(ParameterNames.responses, to: &body)
    }

    /// An object of parameters: one with a name of chat completions, those of `GROUP.…`, and what `more` writes.
    private mutating func writeGroup(
        _ group: String, with name: String, _ value: JSONValue?, to body: inout BodyWriter,
        _ more: (inout BodyWriter) throws(RequestError) -> Void
    ) throws(RequestError) {
        var inner = BodyWriter()
        try inner.object { inner throws(RequestError) in
            inner.member(name, value)
            try writeMembers(of: group, to: &inner)
            try more(&inner)
        }
        if inner.bytes.count > 2 { body.member(group, json: inner.bytes) }
    }

    /// `include`, which also asks for what chat completions call `logprobs`.
    private mutating func writeInclude(to body: inout BodyWriter) throws(RequestError) {
        let included = take("include")
        let wantsLogprobs = self["logprobs"]?.bool == true
        if wantsLogprobs { self["logprobs"] = nil }
        guard included != nil || wantsLogprobs else { return }
        try body.array("include") { body throws(RequestError) in
            if let elements = included?.elements { for element in elements { body.value(element) } }
            if wantsLogprobs { body.value(JSONValue("\"message.output_text.logprobs\"")) }
        }
    }

    private func writeTools(_ tools: JSONValue, to body: inout BodyWriter) throws(RequestError) {
        let tools = try ToolDefinition.list(tools)
        if tools.isEmpty { return }
        try body.array("tools") { body throws(RequestError) in
            for tool in tools {
                switch tool {
                case .native(let tool): body.value(tool)
                case .custom(let tool):
                    try body.object { body throws(RequestError) in
                        body.member("type", "custom")
                        body.members(of: tool.bytes)
                    }
                case .function(let function):
                    try body.object { body throws(RequestError) in
                        body.member("type", "function")
                        body.member("name", function.name)
                        body.member("description", function.description)
                        body.member("parameters", function.parameters)
                        // Absent means no in chat completions, and yes here.
                        body.member("strict", function.strict ?? JSONValue("false"))
                    }
                }
            }
        }
    }
}

extension BodyWriter {
    /// `text.format`; other objects than chat completions' are taken for Responses' own.
    fileprivate mutating func writeTextFormat(_ value: JSONValue) throws(RequestError) {
        guard case .schema(let format) = try OutputFormat(value) else { return member("format", value) }
        try object("format") { body throws(RequestError) in
            body.member("type", "json_schema")
            body.member("name", format.name)
            body.member("description", format.description)
            body.member("schema", format.schema)
            body.member("strict", format.strict)
        }
    }

    fileprivate mutating func writeToolChoice(_ value: JSONValue) throws(RequestError) {
        switch try ToolChoice(value) {
        case .auto, .never, .required, .native: member("tool_choice", value)
        case .function(let name):
            try object("tool_choice") { body throws(RequestError) in
                body.member("type", "function")
                body.member("name", name)
            }
        case .among(let names, let isRequired):
            try object("tool_choice") { body throws(RequestError) in
                body.member("type", "allowed_tools")
                body.member("mode", isRequired ? "required" : "auto")
                try body.array("tools") { body throws(RequestError) in
                    for name in names {
                        try body.object { body throws(RequestError) in
                            body.member("type", "function")
                            body.member("name", name)
                        }
                    }
                }
            }
        }
    }
}
