/// Names of sampling parameters that people mean when they write something like them: those of chat completions, of the other
/// dialects, and of servers that speak chat completions and more. Only warnings come of it.
enum KnownParameters {
    static let names: [String] = chatCompletions + otherSpellings + native + imitators

    static func contain(_ name: String) -> Bool { all.contains(name) || all.contains(camelCase(name)) }

    private static let all = Set(names)

    /// Google takes its own names in either writing: `safety_settings` is `safetySettings`.
    private static func camelCase(_ name: String) -> String {
        let words = name.split(separator: "_")
        return words.prefix(1).joined() + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private static let chatCompletions = [
        "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs", "max_completion_tokens",
        "max_tokens", "metadata", "modalities", "moderation", "n", "parallel_tool_calls", "prediction",
        "presence_penalty", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "reasoning_effort",
        "response_format", "safety_identifier", "seed", "service_tier", "stop", "store", "temperature", "tool_choice",
        "tools", "top_logprobs", "top_p", "user", "verbosity", "web_search_options",
    ]

    private static let otherSpellings = [
        "candidateCount", "frequencyPenalty", "maxOutputTokens", "max_output_tokens", "num_predict", "presencePenalty",
        "reasoning.effort", "serviceTier", "stopSequences", "stop_sequences", "text.verbosity", "topK", "topP",
    ]

    private static let native = [
        // Responses.
        "context_management", "include", "max_tool_calls", "reasoning", "reasoning.summary", "text", "text.format",
        "truncation",
        // Anthropic.
        "cache_control", "container", "diagnostics", "inference_geo", "mcp_servers", "output_config", "output_format",
        "speed", "thinking", "top_k", "user_profile_id",
        // Gemini.
        "audioTimestamp", "cachedContent", "enableAffectiveDialog", "enableEnhancedCivicAnswers", "generationConfig",
        "imageConfig", "labels", "mediaResolution", "responseJsonSchema", "responseLogprobs", "responseMimeType",
        "responseModalities", "responseSchema", "safetySettings", "speechConfig", "thinkingConfig", "toolConfig",
        // Ollama.
        "format", "keep_alive", "main_gpu", "min_p", "mirostat", "mirostat_eta", "mirostat_tau", "num_batch", "num_ctx",
        "num_gpu", "num_keep", "num_thread", "options", "penalize_newline", "repeat_last_n", "repeat_penalty", "shift",
        "tfs_z", "think", "truncate", "typical_p", "use_mlock", "use_mmap", "vocab_only",
    ]

    /// vLLM, llama.cpp, OpenRouter and their like.
    private static let imitators = [
        "cache_prompt", "chat_template_kwargs", "grammar", "guided_json", "guided_regex", "ignore_eos", "json_schema",
        "length_penalty", "min_tokens", "models", "plugins", "provider", "random_seed", "repetition_penalty", "route",
        "safe_prompt", "samplers", "skip_special_tokens", "stop_token_ids", "top_a", "transforms", "usage",
    ]
}
