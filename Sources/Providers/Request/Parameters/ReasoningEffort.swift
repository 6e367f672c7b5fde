/// How hard a model is to think: `reasoning_effort`. In rising order.
package enum ReasoningEffort: String, CaseIterable, Sendable {
    case none, minimal, low, medium, high, xhigh, max

    init(_ value: JSONValue) throws(RequestError) {
        guard let effort = value.string.flatMap(ReasoningEffort.init(rawValue:)) else {
            throw RequestError(
                parameter: "reasoning_effort", "must be none, minimal, low, medium, high, xhigh or max.")
        }
        self = effort
    }

    /// Tokens for thinking, in dialects that count them.
    var budget: Int {
        switch self {
        case .none: 0
        case .minimal: 1_024
        case .low: 2_048
        case .medium: 8_192
        case .high: 16_384
        case .xhigh, .max: 32_768
        }
    }

    /// The hardest of `levels` that is not harder than this, or else the least hard of them. Nil where there are none.
    func nearest(of levels: [ReasoningEffort]) -> ReasoningEffort? {
        let rising = Self.allCases.filter(levels.contains)
        let isNotHarder = Self.allCases.prefix { $0 != self } + [self]
        return rising.last(where: isNotHarder.contains) ?? rising.first
    }
}
