import BridgeCore
import BridgeTestKit
import Providers

/// An upstream as a transcript's header describes it; what it does not say is as in `UpstreamTarget.fake`.
struct TranscriptUpstream: Sendable {
    let target: UpstreamTarget

    init(_ object: [String: Any]) {
        let facts = object["facts"] as? [String: [String: Any]] ?? [:]
        let known = facts.mapValues { facts in
            ModelFacts(
                contextTokens: facts["context_tokens"] as? Int, maxOutputTokens: facts["max_output_tokens"] as? Int,
                inputModalities: facts["input"] as? [String] ?? [],
                outputModalities: facts["output"] as? [String] ?? [],
                inputPrice: (facts["price"] as? [String: String])?["input"],
                outputPrice: (facts["price"] as? [String: String])?["output"])
        }
        let fallbacks = (object["fallbacks"] as? [[String: String]] ?? []).compactMap { fallback in
            fallback["upstream"].map { UpstreamTarget.Fallback(upstream: $0, model: fallback["model"]) }
        }
        target = .fake(
            object["name"] as? String ?? "default", provider: object["provider"] as? String ?? "openai",
            dialect: (object["dialect"] as? String).flatMap { Dialect(rawValue: $0) } ?? .chatCompletions,
            key: object["key"] as? String,
            keyPolicy: (object["keys"] as? String).flatMap { UpstreamTarget.KeyPolicy(rawValue: $0) } ?? .either,
            defaultModel: object["model"] as? String, models: object["models"] as? [String] ?? [],
            rules: ParameterRules(lenient: object["lenient"] as? Bool ?? false), fallbacks: fallbacks,
            // Without jitter: when the next attempt begins is what the upstream wishes.
            retry: .init(maxAttempts: object["attempts"] as? Int ?? 1, baseDelay: 0),
            maxConcurrent: object["max_concurrent"] as? Int,
            decoding: DecoderOptions(keepsExtra: object["extra"] as? Bool ?? false),
            facts: { known[$0] ?? ModelFacts() })
    }
}
