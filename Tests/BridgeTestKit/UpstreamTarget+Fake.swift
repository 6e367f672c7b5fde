package import BridgeCore
import ChatProtocol
package import Providers

extension UpstreamTarget {
    /// An upstream at `http://NAME.test/v1`, for cores that a test plays the upstream of.
    package static func fake(
        _ name: String, dialect: Dialect = .chatCompletions, key: String? = nil, keyPolicy: KeyPolicy = .either,
        defaultModel: String? = nil, models: [String] = [], rules: ParameterRules = ParameterRules(),
        fallbacks: [Fallback] = [], facts: @escaping @Sendable (_ model: String) -> ModelFacts = { _ in ModelFacts() }
    ) -> UpstreamTarget {
        guard let endpoint = Endpoint(baseURL: "http://\(name).test/v1") else { preconditionFailure("endpoint") }
        return UpstreamTarget(
            name: name, provider: "fake", dialect: dialect, endpoint: endpoint, key: key.flatMap { APIKey($0) },
            keyPolicy: keyPolicy, defaultModel: defaultModel, models: models, rules: rules, fallbacks: fallbacks,
            facts: facts)
    }
}
