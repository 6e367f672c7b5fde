/// Where a request carries its API key.
package enum KeyPlacement: Equatable, Sendable {
    /// `Authorization: Bearer KEY` (RFC 6750 section 2.1).
    case bearer
    /// A header of that name with nothing but the key.
    case header(String)
}

extension Dialect {
    /// The placement that the dialect's own maker wants. Azure's, `api-key`, goes with its addressing.
    package var keyPlacement: KeyPlacement {
        switch self {
        case .chatCompletions, .responses, .ollama: .bearer
        case .anthropic: .header("x-api-key")
        case .gemini: .header("x-goog-api-key")
        }
    }
}
