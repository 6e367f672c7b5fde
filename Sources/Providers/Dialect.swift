/// How a provider's HTTP API speaks.
package enum Dialect: String, CaseIterable, Sendable {
    /// OpenAI's `POST /chat/completions`, as its many imitators answer it.
    case chatCompletions = "chat-completions"
    /// OpenAI's `POST /responses`.
    case responses
    /// Anthropic's `POST /v1/messages`.
    case anthropic
    /// Google's `POST /models/MODEL:streamGenerateContent?alt=sse`.
    case gemini
    /// Ollama's own `POST /api/chat`, which answers a JSON object a line.
    case ollama
}
