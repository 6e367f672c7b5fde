import Providers

/// Names of sampling parameters that people mean when they write something like them: those of the dialects, and of servers
/// that speak chat completions and more. Only warnings come of it.
enum KnownParameters {
    /// Those of chat completions first: of names that are equally near, one of them is meant.
    static let names =
        ParameterNames.chatCompletions.sorted()
        + ParameterNames.known.union(imitators).subtracting(ParameterNames.chatCompletions).sorted()

    static func contain(_ name: String) -> Bool { ParameterNames.isKnown(name) || imitators.contains(name) }

    /// vLLM, llama.cpp, OpenRouter and their like.
    private static let imitators: Set<String> = [
        "cache_prompt", "chat_template_kwargs", "grammar", "guided_json", "guided_regex", "ignore_eos", "json_schema",
        "length_penalty", "min_tokens", "models", "plugins", "provider", "random_seed", "repetition_penalty",
        "route", "safe_prompt", "samplers", "skip_special_tokens", "stop_token_ids", "top_a", "transforms", "usage",
    ]
}
