import ChatProtocol
import Providers

// Between the providers' values and ours, where they differ in name only.

extension Usage {
    init(_ usage: TokenUsage) {
        self.init(input: usage.input, output: usage.output, reasoning: usage.reasoning, cached: usage.cached)
    }
}

extension DecoderLimits {
    init(_ limits: Limits) {
        self.init()
        maxEventBytes = limits.maxEventBytes
        maxBodyBytes = limits.maxAnswerBytes
    }
}

extension EndReason {
    /// An answer without a reason ended for another one.
    init(_ reason: FinishReason?) {
        self =
            switch reason?.kind {
            case .stop: .stop
            case .length: .length
            case .toolCalls: .toolCalls
            case .contentFilter: .contentFilter
            case .other, nil: .other
            }
    }
}
