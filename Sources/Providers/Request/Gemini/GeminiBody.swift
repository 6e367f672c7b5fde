import ByteCoding

/// The body for Google's `streamGenerateContent`. The model stands in the URL.
func geminiBody(
    _ request: ChatRequest, _ rules: ParameterRules, _ omissions: inout Omissions
) throws(RequestError) -> [UInt8] {
    var contents = GeminiContents(try PromptReader.read(request.messages), model: request.model ?? "")
    var parameters = try Parameters(of: request, under: rules, in: .gemini, &omissions)
    var body = BodyWriter(for: request)
    try body.object { body throws(RequestError) in
        try contents.writeInstruction(to: &body, &omissions)
        try contents.writeContents(to: &body, &omissions)
        try parameters.writeTools(to: &body, &omissions)
        try parameters.writeToolConfig(to: &body)
        parameters.writeTier(to: &body)
        try parameters.writeNative(ParameterNames.gemini, to: &body)
        try parameters.writeGenerationConfig(model: request.model ?? "", to: &body)
        try parameters.finish(rules, in: .gemini, to: &body, &omissions)
    }
    return body.bytes
}

extension Parameters {
    /// What chat completions call otherwise.
    private static let renamed = [
        ("max_tokens", "maxOutputTokens"), ("top_p", "topP"), ("top_k", "topK"), ("n", "candidateCount"),
        ("presence_penalty", "presencePenalty"), ("frequency_penalty", "frequencyPenalty"),
        ("top_logprobs", "logprobs"),
    ]

    fileprivate mutating func writeGenerationConfig(model: String, to body: inout BodyWriter) throws(RequestError) {
        var config = BodyWriter()
        try config.object { config throws(RequestError) in
            for (name, googles) in Self.renamed { config.member(googles, take(name)) }
            config.member("stopSequences", try takeStop())
            writeLogprobs(to: &config)
            try writeModalities(to: &config)
            try writeFormat(to: &config)
            try writeThinking(model: model, to: &config)
            try writeNative(ParameterNames.geminiConfiguration, to: &config)
        }
        if config.bytes.count > 2 { body.member("generationConfig", json: config.bytes) }
    }

    /// Google has the number under the name that chat completions have for the wish.
    private mutating func writeLogprobs(to config: inout BodyWriter) {
        switch self["logprobs"]?.kind {
        case .bool: config.member("responseLogprobs", take("logprobs"))
        case .number: config.member("logprobs", take("logprobs"))
        default: break
        }
    }

    private mutating func writeModalities(to config: inout BodyWriter) throws(RequestError) {
        guard self["responseModalities"] == nil, let modalities = take("modalities") else { return }
        guard let elements = modalities.elements else {
            throw RequestError(parameter: "modalities", "must be an array.")
        }
        let words = elements.compactMap { $0.string?.uppercased() }
        if words == ["TEXT"] { return }
        try config.array("responseModalities") { config throws(RequestError) in
            for word in words { config.value(JSONValue("\"\(word.filter(\.isLetter))\"")) }
        }
    }

    private mutating func writeFormat(to config: inout BodyWriter) throws(RequestError) {
        guard let value = take("response_format") else { return }
        // What Google calls it says more.
        if self["responseMimeType"] != nil || self["responseJsonSchema"] != nil || self["responseSchema"] != nil {
            return
        }
        switch try OutputFormat(value) {
        case .text: break
        case .json: config.member("responseMimeType", "application/json")
        case .schema(let format):
            config.member("responseMimeType", "application/json")
            config.member("responseJsonSchema", format.schema)
        }
    }

    /// Gemini 2 counts tokens of thought, later ones know levels.
    private mutating func writeThinking(model: String, to config: inout BodyWriter) throws(RequestError) {
        guard let value = take("reasoning_effort"), self["thinkingConfig"] == nil else { return }
        let effort = try ReasoningEffort(value)
        try config.object("thinkingConfig") { config throws(RequestError) in
            if effort == .none { return config.member("thinkingBudget", 0) }
            if model.contains("gemini-2") {
                // The most that any of them takes.
                config.member("thinkingBudget", min(effort.budget, 24_576))
            } else {
                config.member("thinkingLevel", effort == .xhigh || effort == .max ? "high" : effort.rawValue)
            }
            config.member("includeThoughts", true)
        }
    }

    /// `serviceTier`: what chat completions call the default is Google's standard.
    fileprivate mutating func writeTier(to body: inout BodyWriter) {
        switch self["service_tier"]?.string {
        case "default", "standard": body.member("serviceTier", "standard")
        case "flex": body.member("serviceTier", "flex")
        case "priority": body.member("serviceTier", "priority")
        default: return
        }
        self["service_tier"] = nil
    }

    // MARK: Tools

    fileprivate mutating func writeTools(
        to body: inout BodyWriter, _ omissions: inout Omissions
    ) throws(RequestError) {
        guard let value = take("tools") else { return }
        var functions: [ToolDefinition.Function] = []
        var own: [JSONValue] = []
        for (index, tool) in try ToolDefinition.list(value).enumerated() {
            switch tool {
            case .function(let function): functions.append(function)
            case .native(let tool): own.append(tool)
            case .custom:
                try omissions.leaveOut(parameter: "tools[\(index)]", "cannot be sent: Google's tools take JSON.")
            }
        }
        if functions.isEmpty, own.isEmpty { return }
        try body.array("tools") { body throws(RequestError) in
            if !functions.isEmpty {
                try body.object { body throws(RequestError) in
                    try body.array("functionDeclarations") { body throws(RequestError) in
                        for function in functions { try body.writeDeclaration(function) }
                    }
                }
            }
            for tool in own { body.value(tool) }
        }
    }

    fileprivate mutating func writeToolConfig(to body: inout BodyWriter) throws(RequestError) {
        guard self["toolConfig"] == nil, let value = self["tool_choice"] else { return }
        let mode: String
        var names: [JSONValue] = []
        switch try ToolChoice(value) {
        case .auto: mode = "AUTO"
        case .never: mode = "NONE"
        case .required: mode = "ANY"
        case .function(let name): (mode, names) = ("ANY", [name])
        case .among(let allowed, isRequired: true): (mode, names) = ("ANY", allowed)
        // Leaves it to be refused.
        case .among, .native: return
        }
        self["tool_choice"] = nil
        try body.object("toolConfig") { body throws(RequestError) in
            try body.object("functionCallingConfig") { body throws(RequestError) in
                body.member("mode", mode)
                if names.isEmpty { return }
                try body.array("allowedFunctionNames") { body throws(RequestError) in
                    for name in names { body.value(name) }
                }
            }
        }
    }
}

extension BodyWriter {
    /// Google's own `parameters` are a dialect of JSON Schema; chat completions' are JSON Schema.
    fileprivate mutating func writeDeclaration(_ function: ToolDefinition.Function) throws(RequestError) {
        try object { body throws(RequestError) in
            body.member("name", function.name)
            body.member("description", function.description)
            body.member("parametersJsonSchema", function.parameters)
        }
    }
}
