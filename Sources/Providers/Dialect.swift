/// How a provider's HTTP API speaks.
package enum Dialect: Sendable {
    /// OpenAI's `POST /chat/completions`, as its many imitators answer it.
    case chatCompletions
}
