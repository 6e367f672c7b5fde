package import BridgeCore
import ChatProtocol
package import Providers

extension UpstreamTarget {
    /// An upstream at `http://NAME.test/v1`, for cores that a test plays the upstream of. It is asked once and never shut
    /// out, unless a test wants it otherwise.
    package static func fake(
        _ name: String, provider: String = "fake", dialect: Dialect = .chatCompletions, key: String? = nil,
        keyPolicy: KeyPolicy = .either,
        defaultModel: String? = nil, models: [String] = [], rules: ParameterRules = ParameterRules(),
        fallbacks: [Fallback] = [], retry: RetryPolicy = .once, breaker: BreakerPolicy = .never,
        maxConcurrent: Int? = nil, timeouts: Timeouts = Timeouts(), headers: [(name: String, value: String)] = [],
        decoding: DecoderOptions = DecoderOptions(), abortPolicy: AbortPolicy = .close, keyCheckPath: String? = nil,
        facts: @escaping @Sendable (_ model: String) -> ModelFacts = { _ in ModelFacts() }
    ) -> UpstreamTarget {
        guard
            let endpoint = Endpoint(
                baseURL: "http://\(name).test/v1", dialect: dialect, keyCheckPath: keyCheckPath)
        else {
            preconditionFailure("endpoint")
        }
        return UpstreamTarget(
            name: name, provider: provider, dialect: dialect, endpoint: endpoint, key: key.flatMap { APIKey($0) },
            keyPolicy: keyPolicy, defaultModel: defaultModel, models: models, headers: headers, rules: rules,
            decoding: decoding, timeouts: timeouts, maxConcurrent: maxConcurrent, retry: retry, breaker: breaker,
            fallbacks: fallbacks, abortPolicy: abortPolicy, facts: facts)
    }
}

extension UpstreamTarget.RetryPolicy {
    package static let once = Self(maxAttempts: 1)
}

extension UpstreamTarget.BreakerPolicy {
    package static let never = Self(failures: 0)
}
