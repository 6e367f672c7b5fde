/// How a request asks Anthropic to think: what chat completions call `reasoning_effort`, in the shape that the model takes.
enum AnthropicThinking {
    /// The model chooses by itself how much, and is told how hard to try.
    case adaptive(ReasoningEffort)
    /// About as many tokens, at the most.
    case budget(Int)
    /// Not at all, said to a model that may think unasked.
    case off

    /// The least that Anthropic takes for thinking within a number of tokens.
    static let leastTokens = 1_024
    /// What Anthropic is told where nobody says a length, nor is the model's longest known.
    static let usualLength = 4_096
    /// The same for models that think adaptively, most of them unasked: their thoughts count towards it.
    static let usualAdaptiveLength = 32_000

    /// Nil where nothing has to be said.
    /// - Parameter adaptive: the efforts between which the model chooses; empty where it thinks within a budget.
    init?(_ asked: ReasoningEffort, adaptive: [ReasoningEffort]) {
        switch (asked, asked.nearest(of: adaptive)) {
        case (.none, nil): return nil
        case (.none, _?): self = .off
        case (_, let effort?): self = .adaptive(effort)
        case (_, nil): self = .budget(asked.budget)
        }
    }

    /// What the model is told of in `output_config`.
    var effort: ReasoningEffort? {
        if case .adaptive(let effort) = self { effort } else { nil }
    }

    /// The length that is sent where nobody asked for one: a budget comes on top of `usual`.
    func length(usual: Int, longest: Int?) -> Int {
        guard case .budget(let budget) = self else { return longest ?? usual }
        return max(longest ?? usual + budget, Self.leastTokens * 2)
    }

    /// Writes `thinking`. A budget takes at most three quarters of the length, so that some of it is left for the answer.
    func write(to body: inout BodyWriter, length: Int?) throws(RequestError) {
        switch self {
        case .adaptive:
            try body.object("thinking") { body throws(RequestError) in
                body.member("type", "adaptive")
                // The newer models keep their thoughts to themselves unless asked.
                body.member("display", "summarized")
            }
        case .off:
            try body.object("thinking") { body throws(RequestError) in body.member("type", "disabled") }
        case .budget(let budget):
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
}

extension Parameters {
    /// Takes `reasoning_effort` out. Nil where nothing has to be said, or Anthropic's own `thinking` says how, which says more.
    ///
    /// Where Anthropic would refuse to think within a budget, that is left out, and said so, whether the upstream is lenient or
    /// not: an answer without it is better than none. What models that think adaptively refuse, many of them refuse without
    /// thoughts as well: they are sent all of it, and judge.
    /// - Parameter hasThoughts: the newest turn with calls begins with its signed thoughts, or there is none.
    mutating func takeThinking(
        adaptive: [ReasoningEffort], hasThoughts: Bool, _ omissions: inout Omissions
    ) throws(RequestError) -> AnthropicThinking? {
        guard let value = take("reasoning_effort") else { return nil }
        let asked = try ReasoningEffort(value)
        guard self["thinking"] == nil, let thinking = AnthropicThinking(asked, adaptive: adaptive) else { return nil }
        guard case .budget = thinking else { return thinking }
        let forcesCall = try self.forcesCall
        guard !samplesOtherwise, hasThoughts, !forcesCall else {
            omissions.note("reasoning_effort")
            return nil
        }
        return thinking
    }

    /// Anthropic samples as it likes while it thinks within a budget.
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
