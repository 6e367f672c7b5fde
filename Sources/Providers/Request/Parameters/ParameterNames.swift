/// What names of parameters mean: which are ours, which mean the same, which are chat completions'.
package enum ParameterNames {
    /// Every name that some dialect knows, in each spelling.
    package static let known: Set<String> = chatCompletions.union(aliases.keys).union(relatives.keys)
        .union(groups).union(Dialect.allCases.flatMap(native))

    /// Whether some dialect knows a parameter of this name. Google takes its own in either writing.
    package static func isKnown(_ name: String) -> Bool { known.contains(name) || known.contains(camelCase(name)) }

    /// Set by us, in any dialect.
    private static let reserved: Set<String> = ["model", "messages", "stream", "stream_options"]

    /// Whether a request may not bring a parameter of this name.
    static func isReserved(_ name: String, in dialect: Dialect) -> Bool {
        if reserved.contains(name) { return true }
        return switch dialect {
        case .chatCompletions, .ollama: false
        // A conversation that the provider keeps would double the one we keep; one in the background has no stream of ours.
        case .responses:
            ["input", "instructions", "previous_response_id", "conversation", "prompt", "background"].contains(name)
        case .anthropic: name == "system"
        case .gemini: ["contents", "systemInstruction", "system_instruction"].contains(name)
        }
    }

    /// What the chat-completions API takes beside the reserved ones.
    package static let chatCompletions: Set<String> = [
        "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs", "max_completion_tokens",
        "max_tokens", "metadata", "modalities", "moderation", "n", "parallel_tool_calls", "prediction",
        "presence_penalty", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "reasoning_effort",
        "response_format", "safety_identifier", "seed", "service_tier", "stop", "store", "temperature", "tool_choice",
        "tools", "top_logprobs", "top_p", "user", "verbosity", "web_search_options",
    ]

    /// Spellings of other dialects for what chat completions calls otherwise; the values have the same shape.
    private static let aliases: [String: String] = [
        "max_completion_tokens": "max_tokens", "max_output_tokens": "max_tokens", "maxOutputTokens": "max_tokens",
        "num_predict": "max_tokens", "topP": "top_p", "topK": "top_k", "stop_sequences": "stop",
        "stopSequences": "stop", "candidateCount": "n", "candidate_count": "n", "presencePenalty": "presence_penalty",
        "frequencyPenalty": "frequency_penalty", "reasoning.effort": "reasoning_effort", "text.verbosity": "verbosity",
        "serviceTier": "service_tier",
    ]

    /// What chat completions calls it (`max_tokens` for each of its names); other names are their own.
    static func canonical(_ name: String) -> String { aliases[name] ?? name }

    /// Names for which a dialect has a shape of its own, by the name of chat completions that rules know them by.
    private static let relatives: [String: String] = [
        "reasoning": "reasoning_effort", "thinking": "reasoning_effort", "think": "reasoning_effort",
        "thinkingConfig": "reasoning_effort", "text.format": "response_format", "format": "response_format",
        "output_format": "response_format", "responseMimeType": "response_format", "responseSchema": "response_format",
        "responseJsonSchema": "response_format", "toolConfig": "tool_choice", "responseModalities": "modalities",
        "responseLogprobs": "logprobs", "output_config.effort": "reasoning_effort",
        "output_config.format": "response_format",
    ]

    /// The name by which rules know a parameter: aliases are one.
    static func family(_ name: String) -> String {
        let name = canonical(name)
        return relatives[name] ?? name
    }

    /// Objects that hold parameters, in their dialects' spellings.
    private static let groups: Set<String> = ["generationConfig", "options", "reasoning", "text", "output_config"]

    /// Objects that hold parameters; theirs count like those beside them, under this prefix.
    static func prefix(ofMembersOf name: String, in dialect: Dialect) -> String? {
        switch (dialect, name) {
        case (.gemini, "generationConfig"), (.gemini, "generation_config"), (.ollama, "options"): ""
        case (.responses, "reasoning"): "reasoning."
        case (.responses, "text"): "text."
        case (.anthropic, "output_config"): "output_config."
        default: nil
        }
    }

    /// Google takes its own names in either writing: `safety_settings` is `safetySettings`.
    static func camelCase(_ name: String) -> String {
        var result = ""
        var isRaised = false
        for character in name {
            if character == "_" {
                isRaised = true
            } else {
                result += isRaised ? character.uppercased() : String(character)
                isRaised = false
            }
        }
        return result
    }
}
