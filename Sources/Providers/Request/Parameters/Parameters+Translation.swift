import ByteCoding

/// What the dialects do alike to put parameters into their words: each takes out what it knows, the rest is settled here.
extension Parameters {
    /// A request's, held against its upstream's rules, by the names of chat completions where they have one.
    init(
        of request: ChatRequest, under rules: ParameterRules, in dialect: Dialect, _ omissions: inout Omissions
    ) throws(RequestError) {
        try self.init(translating: request.params, to: dialect)
        try apply(rules, defaults: Parameters(translating: rules.defaults, to: dialect), &omissions)
    }

    /// `stop`, always as a list.
    mutating func takeStop() throws(RequestError) -> JSONValue? {
        guard let stop = take("stop") else { return nil }
        switch stop.kind {
        case .array: return stop.elements.map { $0.contains { _ in true } } == true ? stop : nil
        case .string: return JSONValue(known: [UInt8(ascii: "[")] + stop.bytes + [UInt8(ascii: "]")])
        default: throw RequestError(parameter: "stop", "must be a string or an array of strings.")
        }
    }

    /// Takes the dialect's own parameters out and writes them as they are.
    mutating func writeNative(_ names: Set<String>, to body: inout BodyWriter) throws(RequestError) {
        try drop { member throws(RequestError) in
            guard names.contains(member.name) else { return false }
            body.member(member.name, member.value)
            return true
        }
    }

    /// Takes the parameters of an object (`GROUP.…`) out and writes them into it as they are.
    mutating func writeMembers(of group: String, to body: inout BodyWriter) throws(RequestError) {
        try drop { member throws(RequestError) in
            guard member.name.hasPrefix(group + ".") else { return false }
            body.member(String(member.name.dropFirst(group.count + 1)), member.value)
            return true
        }
    }

    /// Settles what is left. Values that say nothing are dropped; names that are not chat completions' and that the rules' allow
    /// list has are written as they are; the others cannot be expressed.
    func finish(
        _ rules: ParameterRules, in dialect: Dialect, to body: inout BodyWriter, _ omissions: inout Omissions
    ) throws(RequestError) {
        for (name, value) in members where !Self.saysNothing(name, value) {
            if rules.allow?.contains(name) == true, !ParameterNames.chatCompletions.contains(name) {
                body.member(name, value)
            } else {
                try omissions.leaveOut(
                    parameter: name,
                    "cannot be sent: this upstream's dialect, \(dialect.rawValue), has nothing like it.")
            }
        }
    }

    /// Whether a value is what every provider does anyway: nothing is lost without it.
    private static func saysNothing(_ name: String, _ value: JSONValue) -> Bool {
        switch name {
        case "n": value.number == 1
        case "presence_penalty", "frequency_penalty", "top_logprobs": value.number == 0
        case "logprobs", "store": value.bool == false
        case "parallel_tool_calls": value.bool == true
        case "logit_bias", "metadata": value.members.map { !$0.contains { _ in true } } ?? false
        case "tools": value.elements.map { !$0.contains { _ in true } } ?? false
        case "tool_choice", "service_tier": value.string == "auto"
        case "verbosity": value.string == "medium"
        case "response_format": value["type"]?.string == "text"
        case "modalities": value.elements.map { $0.compactMap(\.string) == ["text"] } ?? false
        default: false
        }
    }
}
