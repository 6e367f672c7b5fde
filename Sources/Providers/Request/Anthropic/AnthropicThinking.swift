/// How a request asks Anthropic to think: what chat completions call `reasoning_effort`, in the shape that the model takes.
struct AnthropicThinking {
    /// The least that Anthropic takes for thinking within a number of tokens.
    static let leastTokens = 1_024

    /// About as many tokens: the most of them where the model does not choose by itself.
    let budget: Int
    /// What the model is told of, where it chooses by itself how much to think.
    let effort: ReasoningEffort?

    /// - Parameter adaptive: the efforts between which the model chooses; empty where it thinks within a budget.
    init(_ asked: ReasoningEffort, adaptive: [ReasoningEffort]) {
        budget = asked.budget
        effort = asked.nearest(of: adaptive)
    }

    /// The length that is sent where nobody asked for one: what is thought comes on top of `usual`.
    func length(usual: Int, longest: Int?) -> Int {
        let length = longest ?? usual + budget
        return effort == nil ? max(length, Self.leastTokens * 2) : length
    }

    /// Writes `thinking`. A budget takes at most three quarters of the length, so that some of it is left for the answer.
    func write(to body: inout BodyWriter, length: Int?) throws(RequestError) {
        if effort != nil {
            return try body.object("thinking") { body throws(RequestError) in
                body.member("type", "adaptive")
                // The newer models keep their thoughts to themselves unless asked.
                body.member("display", "summarized")
            }
        }
        guard let length else { return }
        guard length * 3 / 4 >= Self.leastTokens else {
            throw RequestError(
                parameter: "reasoning_effort",
                "needs a `max_tokens` of \(Self.leastTokens * 4 / 3 + 1) at least, for Anthropic thinks within it.")
        }
        try body.object("thinking") { body throws(RequestError) in
            body.member("type", "enabled")
            body.member("budget_tokens", min(budget, length * 3 / 4))
        }
    }
}

extension Parameters {
    /// Takes `reasoning_effort` out. Nil where nothing is to be thought, or Anthropic's own `thinking` says how, which says more.
    ///
    /// Where Anthropic would refuse to think, that is left out, and said so, whether the upstream is lenient or not: an answer
    /// without it is better than none.
    /// - Parameter hasThoughts: the newest turn with calls begins with its signed thoughts, or there is none.
    mutating func takeThinking(
        adaptive: [ReasoningEffort], hasThoughts: Bool, _ omissions: inout Omissions
    ) throws(RequestError) -> AnthropicThinking? {
        guard let value = take("reasoning_effort") else { return nil }
        let asked = try ReasoningEffort(value)
        guard self["thinking"] == nil, asked != .none else { return nil }
        let forcesCall = try self.forcesCall
        // Who thinks adaptively may be made to call, and need not have thought before it called.
        guard !samplesOtherwise, !adaptive.isEmpty || hasThoughts && !forcesCall else {
            omissions.note("reasoning_effort")
            return nil
        }
        return AnthropicThinking(asked, adaptive: adaptive)
    }

    /// Anthropic samples as it likes while it thinks.
    private var samplesOtherwise: Bool {
        if let temperature = self["temperature"]?.number, temperature != 1 { return true }
        if let share = self["top_p"]?.number, share < 0.95 { return true }
        return self["top_k"] != nil
    }

    /// Whether the model is made to call a tool.
    private var forcesCall: Bool {
        get throws(RequestError) {
            guard let value = self["tool_choice"] else { return false }
            return switch try ToolChoice(value) {
            case .auto, .never, .among: false
            case .required, .function: true
            case .native(let choice): ["any", "tool"].contains(choice["type"]?.string)
            }
        }
    }
}
