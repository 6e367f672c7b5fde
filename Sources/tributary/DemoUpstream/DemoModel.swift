/// The models of the demo upstream. Each shows one thing that real upstreams do.
enum DemoModel: String, CaseIterable {
    case demo
    case fast = "demo-fast"
    case slow = "demo-slow"
    /// Thinks aloud first (`reasoning_content`).
    case reasoning = "demo-reasoning"
    /// Calls the request's tools, in pieces, and answers when it has their results.
    case tools = "demo-tools"
    case refusesKey = "demo-401"
    case limitsRate = "demo-429"
    case breaks = "demo-500"
    /// Drops the connection in the middle of the answer.
    case cut = "demo-cut"
    /// Says a few tokens, then nothing more, and keeps the connection.
    case stall = "demo-stall"
    /// Sends an event that is not JSON.
    case garbage = "demo-garbage"

    static let answering: [DemoModel] = [.demo, .fast, .slow, .reasoning, .tools]
    static let failing: [DemoModel] = [.refusesKey, .limitsRate, .breaks, .cut, .stall, .garbage]

    /// The answer of a model that refuses before it says anything.
    var refusal: DemoError? {
        switch self {
        case .refusesKey:
            DemoError(
                status: 401, message: "Incorrect API key provided. (The model demo-401 refuses every key.)",
                type: "invalid_request_error", code: "invalid_api_key")
        case .limitsRate:
            DemoError(
                status: 429, message: "Rate limit reached. (The model demo-429 always says so.) Try again in 2s.",
                type: "requests", code: "rate_limit_exceeded", retryAfter: 2)
        case .breaks:
            DemoError(
                status: 500, message: "The server had an error. (The model demo-500 always has.)", type: "server_error")
        default: nil
        }
    }
}

/// How fast the models speak.
struct DemoPace: Equatable {
    /// Of the model `demo`; 0 is as fast as possible.
    var tokensPerSecond = 40.0
    var firstTokenDelay = Duration.milliseconds(300)

    /// Between two tokens of `model`.
    func tokenInterval(of model: DemoModel) -> Duration {
        guard tokensPerSecond > 0 else { return .zero }
        return switch model {
        case .fast: .seconds(1) / (tokensPerSecond * 10)
        case .slow: .seconds(1) / (tokensPerSecond / 8)
        default: .seconds(1) / tokensPerSecond
        }
    }

    /// Before the first token of `model`.
    func delay(of model: DemoModel) -> Duration {
        switch model {
        case .fast: .zero
        case .slow: firstTokenDelay * 5
        default: firstTokenDelay
        }
    }
}
