import ByteCoding

/// The body for OpenAI's chat completions and their imitators. Messages are not looked into, and parameters are sent byte for byte
/// as they came, unless a rule changes one.
func chatCompletionsBody(
    _ request: ChatRequest, _ rules: ParameterRules, _ omissions: inout Omissions
) throws(RequestError) -> [UInt8] {
    var body = BodyWriter(for: request)
    try body.object { body throws(RequestError) in
        body.member("model", request.model)
        body.member("messages", json: request.messages)
        try writeParameters(request.params, rules, &omissions, to: &body)
        body.member("stream", true)
        if rules.asksForUsage {
            try body.object("stream_options") { $0.member("include_usage", true) }
        }
    }
    return body.bytes
}

private func writeParameters(
    _ params: [UInt8]?, _ rules: ParameterRules, _ omissions: inout Omissions, to body: inout BodyWriter
) throws(RequestError) {
    let members = try params.map { params throws(RequestError) in
        try Parameters.checked(params, in: .chatCompletions)
    }
    // A length of 0 means the provider's own, which is said by saying nothing.
    let hasLengthOfZero = members?.contains { ParameterNames.family($0.name) == "max_tokens" && $0.value.number == 0 }
    if rules.areEmpty, hasLengthOfZero != true {
        if let params { body.members(of: params[...]) }
        return
    }
    var parameters = try Parameters(params, in: .chatCompletions)
    try parameters.apply(rules, defaults: Parameters(rules.defaults, in: .chatCompletions), &omissions)
    for (name, value) in parameters.members { body.member(name, value) }
}
