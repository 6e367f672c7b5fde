/// The parameters that a dialect is sent as they are, under its own names.
extension ParameterNames {
    /// All of a dialect's. For chat completions there are none: it is their names that the others translate.
    static func native(_ dialect: Dialect) -> Set<String> {
        switch dialect {
        case .chatCompletions: []
        case .responses: responses.union(["include", "reasoning.summary"])
        case .anthropic: anthropic.union(["output_config.effort", "output_config.format"])
        case .gemini: gemini.union(geminiConfiguration)
        case .ollama: ollama.union(ollamaOptions)
        }
    }

    static let responses: Set<String> = [
        "context_management", "max_tool_calls", "metadata", "moderation", "parallel_tool_calls", "prompt_cache_key",
        "prompt_cache_options", "prompt_cache_retention", "safety_identifier", "service_tier", "temperature",
        "top_logprobs", "top_p", "truncation", "user",
    ]

    static let anthropic: Set<String> = [
        "cache_control", "container", "context_management", "diagnostics", "inference_geo", "mcp_servers",
        "speed", "thinking", "top_k", "temperature", "top_p", "user_profile_id",
    ]

    /// Beside `generationConfig`.
    static let gemini: Set<String> = [
        "cachedContent", "labels", "safetySettings", "store", "toolConfig",
    ]

    /// Within `generationConfig`.
    static let geminiConfiguration: Set<String> = [
        "audioTimestamp", "enableAffectiveDialog", "enableEnhancedCivicAnswers", "imageConfig", "mediaResolution",
        "responseJsonSchema", "responseLogprobs", "responseMimeType", "responseModalities", "responseSchema",
        "seed", "speechConfig", "temperature", "thinkingConfig",
    ]

    /// Beside `options`.
    static let ollama: Set<String> = [
        "format", "keep_alive", "logprobs", "shift", "think", "top_logprobs", "truncate",
    ]

    /// Within `options`.
    static let ollamaOptions: Set<String> = [
        "frequency_penalty", "main_gpu", "min_p", "mirostat", "mirostat_eta", "mirostat_tau", "num_batch", "num_ctx",
        "num_gpu", "num_keep", "num_thread", "penalize_newline", "presence_penalty", "repeat_last_n", "repeat_penalty",
        "seed", "temperature", "tfs_z", "top_k", "top_p", "typical_p", "use_mlock", "use_mmap", "vocab_only",
    ]
}
