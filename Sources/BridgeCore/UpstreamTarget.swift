package import Providers

/// A configured upstream: where its requests go and what they are sent with.
package struct UpstreamTarget {
    /// The name by which a `chat` picks it.
    package var name: String
    /// Who makes the models, for `start` frames.
    package var provider: String
    package var dialect: Dialect
    package var endpoint: Endpoint
    /// The server's key; a request may bring its own.
    package var key: APIKey?
    /// What is asked for where a `chat` names no model.
    package var defaultModel: String?

    package init(
        name: String, provider: String, dialect: Dialect = .chatCompletions, endpoint: Endpoint, key: APIKey? = nil,
        defaultModel: String? = nil
    ) {
        self.name = name
        self.provider = provider
        self.dialect = dialect
        self.endpoint = endpoint
        self.key = key
        self.defaultModel = defaultModel
    }
}
