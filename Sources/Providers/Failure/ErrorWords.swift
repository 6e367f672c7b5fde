/// What an error's code, type and message say, in the words of the providers seen so far.
struct ErrorWords {
    /// Code and type, lower case, words joined by `_`.
    private let names: [String]
    private let message: String

    init(_ error: ProviderError) {
        names = [error.code, error.type].compactMap { $0?.lowercased().replacing("-", with: "_") }
        message = (error.message ?? (error.isJSON ? nil : error.body))?.lowercased() ?? ""
    }

    /// The prompt does not fit.
    var sayContextLength: Bool {
        isNamed([
            "context_length_exceeded",  // OpenAI, vLLM, llama-cpp-python
            "exceed_context_size_error",  // llama.cpp
            "too_many_prompt_tokens",  // Perplexity
            "too_many_tokens",  // Cohere
            "context_window_exceeded", "model_context_window_exceeded",
        ])
            || says([
                "context length",  // OpenAI, DeepSeek, OpenRouter, vLLM, Ollama
                "context window",  // OpenAI, Groq
                "context size",  // llama.cpp, LM Studio
                "prompt is too long", "prompt too long",  // Anthropic, Ollama
                "input is too long",  // Bedrock
                "messages is too long",  // Perplexity
                "too many tokens",  // Cohere
                "input token count",  // Google
                "maximum prompt length",  // xAI
                "too large for model with",  // Mistral
            ])
    }

    /// The key is not accepted, where the status does not say so (xAI, Google: 400).
    var sayInvalidKey: Bool {
        isNamed(["invalid_api_key", "authentication_error", "api_key_invalid", "unauthenticated", "permission_error"])
            || says(["incorrect api key", "invalid api key", "api key not valid", "invalid x_api_key"])
    }

    var sayModelNotFound: Bool {
        isNamed(["model_not_found", "invalid_model", "model_not_supported"])
            || says(["not found, try pulling it first"])  // Ollama
    }

    /// The account is out of money or over what it may spend, which waiting does not change.
    var sayUnpaid: Bool {
        isNamed([
            "insufficient_quota", "billing_hard_limit_reached", "billing_not_active",  // OpenAI
            "exceeded_current_quota_error",  // Moonshot
            "insufficient_balance", "billing_error",
        ])
    }

    /// The status that a name stands for, where an error came without one.
    var status: Int? {
        if isNamed([
            "rate_limit_exceeded", "rate_limit_error", "insufficient_quota", "exceeded_current_quota_error",
            "resource_exhausted",
        ]) {
            return 429
        }
        if isNamed([
            "overloaded_error", "server_error", "api_error", "internal_server_error", "unavailable", "internal",
        ]) {
            return 500
        }
        if isNamed(["timeout", "timeout_error", "deadline_exceeded"]) { return 408 }
        if isNamed(["request_too_large"]) { return 413 }
        if isNamed(["billing_error"]) { return 402 }
        if isNamed(["not_found_error", "not_found"]) { return 404 }
        if isNamed(["invalid_request_error", "invalid_prompt", "bad_request", "badrequesterror", "invalid_argument"]) {
            return 400
        }
        return nil
    }

    private func isNamed(_ candidates: [String]) -> Bool {
        names.contains { candidates.contains($0) }
    }

    private func says(_ phrases: [String]) -> Bool {
        phrases.contains { message.contains($0) }
    }
}
