import BridgeCore

/// Reads how patient we are with an upstream: `timeouts`, `retry`, `breaker`, `abort`.
enum PatienceReader {
    static func timeouts(_ value: FileValue?) -> UpstreamTarget.Timeouts {
        let times = value?.mapping(["connect", "first_byte", "idle", "total"])
        return UpstreamTarget.Timeouts(
            connect: times?["connect"]?.time(), firstByte: times?["first_byte"]?.time(), idle: times?["idle"]?.time(),
            total: times?["total"]?.time())
    }

    static func retry(_ value: FileValue?) -> UpstreamTarget.RetryPolicy {
        var policy = UpstreamTarget.RetryPolicy()
        guard let retry = value?.mapping(["attempts", "base", "max_delay", "max_elapsed"]) else { return policy }
        if let attempts = retry["attempts"]?.count(1...10) { policy.maxAttempts = attempts }
        if let time = retry["base"]?.time() { policy.baseDelay = time }
        if let time = retry["max_delay"]?.time() { policy.maxDelay = time }
        if let time = retry["max_elapsed"]?.time(orZero: true) { policy.maxElapsed = time }
        if policy.baseDelay > policy.maxDelay {
            (retry["base"] ?? retry.value).refuse("the first delay is longer than max_delay, the longest one.")
        }
        return policy
    }

    static func breaker(_ value: FileValue?) -> UpstreamTarget.BreakerPolicy {
        var policy = UpstreamTarget.BreakerPolicy()
        guard let breaker = value?.mapping(["failures", "open_for"]) else { return policy }
        if let failures = breaker["failures"]?.count(0...1_000) { policy.failures = failures }
        if let time = breaker["open_for"]?.time() { policy.openFor = time }
        return policy
    }

    /// `close`, or `{drain: {max_tokens: 2000, time: 10s}}`.
    static func abort(_ value: FileValue?) -> UpstreamTarget.AbortPolicy {
        guard let value else { return .close }
        if let word = value.word {
            if word == "drain" { return drain(nil) }
            if word != "close" { value.refuse("must be close, drain or {drain: {max_tokens: 2000, time: 10s}}.") }
            return .close
        }
        guard let mapping = value.mapping(["drain"]) else { return .close }
        return drain(mapping["drain"]?.mapping(["max_tokens", "time"]))
    }

    private static func drain(_ caps: FileMapping?) -> UpstreamTarget.AbortPolicy {
        .drain(
            maxTokens: caps?["max_tokens"]?.count(1...1_000_000) ?? 2_000, milliseconds: caps?["time"]?.time() ?? 10_000
        )
    }
}
