package import ChatProtocol
package import Providers

/// A configured upstream: where its requests go, what they are sent with, and how patient we are with it. Immutable: a
/// request keeps the one it began with, whatever is configured meanwhile. Made by the executable.
package final class UpstreamTarget: Sendable {
    /// Whose API key goes with a request.
    package enum KeyPolicy: String, CaseIterable, Sendable {
        /// The configured one; a request's own is refused.
        case server
        /// The request's own; none is configured.
        case client
        /// The request's own, or else the configured one.
        case either
    }

    /// What becomes of the transfer when its request is aborted.
    package enum AbortPolicy: Equatable, Sendable {
        /// It is cut at once; what was generated is counted by us.
        case close
        /// It is read on, delivering nothing, until the upstream has said its usage: for at most so many more tokens
        /// (estimated) and milliseconds. Then it is cut.
        case drain(maxTokens: Int, milliseconds: UInt64)
    }

    /// Milliseconds; nil takes the server's limit.
    package struct Timeouts: Equatable, Sendable {
        package var connect: UInt64?
        package var firstByte: UInt64?
        package var idle: UInt64?
        package var total: UInt64?

        package init(connect: UInt64? = nil, firstByte: UInt64? = nil, idle: UInt64? = nil, total: UInt64? = nil) {
            self.connect = connect
            self.firstByte = firstByte
            self.idle = idle
            self.total = total
        }
    }

    /// How often and how long one upstream is asked again before the first delta.
    package struct RetryPolicy: Equatable, Sendable {
        /// Attempts in all, the first one included; 1 never asks again.
        package var maxAttempts: Int
        /// Before the second attempt, in milliseconds, without jitter; doubled for each further one.
        package var baseDelay: UInt64
        /// The longest wait, in milliseconds. An upstream that asks for a longer one is not asked again.
        package var maxDelay: UInt64
        /// No attempt begins later than this, in milliseconds from the first one.
        package var maxElapsed: UInt64

        package init(
            maxAttempts: Int = 3, baseDelay: UInt64 = 500, maxDelay: UInt64 = 10_000, maxElapsed: UInt64 = 60_000
        ) {
            self.maxAttempts = maxAttempts
            self.baseDelay = baseDelay
            self.maxDelay = maxDelay
            self.maxElapsed = maxElapsed
        }
    }

    /// When an upstream that fails is left alone for a while.
    package struct BreakerPolicy: Equatable, Sendable {
        /// Failures to connect, to answer in time or to serve anybody, one after the other, that open the circuit; 0 never
        /// does.
        package var failures: Int
        /// For how long no request is sent there, in milliseconds; then one is, to try.
        package var openFor: UInt64

        package init(failures: Int = 5, openFor: UInt64 = 15_000) {
            self.failures = failures
            self.openFor = openFor
        }
    }

    /// Where a request goes when this upstream has failed it.
    package struct Fallback: Equatable, Sendable {
        /// An upstream's name.
        package var upstream: String
        /// nil: that upstream's default model.
        package var model: String?

        package init(upstream: String, model: String? = nil) {
            self.upstream = upstream
            self.model = model
        }
    }

    /// The name by which a `chat` picks it.
    package let name: String
    /// Who makes the models, for `start` frames.
    package let provider: String
    package let dialect: Dialect
    package let endpoint: Endpoint
    /// The server's key; a request may bring its own where the policy lets it.
    package let key: APIKey?
    package let keyPolicy: KeyPolicy
    package let keyPlacement: KeyPlacement
    /// What is asked for where a `chat` names no model.
    package let defaultModel: String?
    /// The models it serves, as patterns in which `*` stands for anything; empty: any, but no `chat` is sent here for its
    /// model alone.
    package let models: [String]
    /// Sent with every request; without secrets.
    package let headers: [(name: String, value: String)]
    package let rules: ParameterRules
    package let decoding: DecoderOptions
    package let timeouts: Timeouts
    /// Requests that are under way at a time; further ones wait their turn. nil: no limit of its own.
    package let maxConcurrent: Int?
    package let retry: RetryPolicy
    package let breaker: BreakerPolicy
    /// In order.
    package let fallbacks: [Fallback]
    package let abortPolicy: AbortPolicy
    package let route: TransferRoute
    /// What is known of its models.
    package let facts: @Sendable (_ model: String) -> ModelFacts

    package init(
        name: String, provider: String, dialect: Dialect = .chatCompletions, endpoint: Endpoint, key: APIKey? = nil,
        keyPolicy: KeyPolicy = .either, keyPlacement: KeyPlacement? = nil, defaultModel: String? = nil,
        models: [String] = [], headers: [(name: String, value: String)] = [], rules: ParameterRules = ParameterRules(),
        decoding: DecoderOptions = DecoderOptions(), timeouts: Timeouts = Timeouts(), maxConcurrent: Int? = nil,
        retry: RetryPolicy = RetryPolicy(), breaker: BreakerPolicy = BreakerPolicy(), fallbacks: [Fallback] = [],
        abortPolicy: AbortPolicy = .close, route: TransferRoute = TransferRoute(),
        facts: @escaping @Sendable (_ model: String) -> ModelFacts = { _ in ModelFacts() }
    ) {
        self.name = name
        self.provider = provider
        self.dialect = dialect
        self.endpoint = endpoint
        self.key = key
        self.keyPolicy = keyPolicy
        self.keyPlacement = keyPlacement ?? dialect.keyPlacement
        self.defaultModel = defaultModel
        self.models = models
        self.headers = headers
        self.rules = rules
        self.decoding = decoding
        self.timeouts = timeouts
        self.maxConcurrent = maxConcurrent
        self.retry = retry
        self.breaker = breaker
        self.fallbacks = fallbacks
        self.abortPolicy = abortPolicy
        self.route = route
        self.facts = facts
    }
}
