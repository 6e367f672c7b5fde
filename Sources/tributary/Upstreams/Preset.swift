import Providers

/// What is publicly known of a provider or a server program, so that an upstream needs no more than its name.
struct Preset: Sendable {
    /// As in `preset: openai`.
    var name: String
    /// Who answers, for `start` frames and the price list.
    var provider: String
    var dialect: Dialect
    /// Nil where everybody has their own.
    var baseURL: String?
    /// The variable in which the provider's own tools look for the key; nil where there is no custom.
    var keyVariable: String?
    /// Without a key nothing is answered there.
    var needsKey: Bool
    /// Whether it understands `stream_options`, or says its token counts unasked.
    var asksForUsage: Bool
    var isAzure: Bool
    /// Behind the base URL, where a `GET` tells whether a key is valid; nil where the list of models does.
    var keyCheckPath: String?

    private init(
        _ name: String, _ baseURL: String?, _ dialect: Dialect = .chatCompletions, provider: String? = nil,
        key: String? = nil, needsKey: Bool? = nil, asksForUsage: Bool = true, isAzure: Bool = false,
        keyCheckPath: String? = nil
    ) {
        self.name = name
        self.provider = provider ?? name
        self.dialect = dialect
        self.baseURL = baseURL
        keyVariable = key
        self.needsKey = needsKey ?? (key != nil)
        self.asksForUsage = asksForUsage
        self.isAzure = isAzure
        self.keyCheckPath = keyCheckPath
    }

    static func named(_ name: String) -> Preset? { all.first { $0.name == name } }

    /// The first one of this base URL, however that ends (`/`, `/chat/completions`).
    static func at(_ baseURL: String) -> Preset? {
        guard let place = Endpoint(baseURL: baseURL)?.modelsURL else { return nil }
        return all.first { $0.baseURL.flatMap { Endpoint(baseURL: $0)?.modelsURL } == place }
    }

    static let all: [Preset] = [
        // Providers.
        Preset("openai", "https://api.openai.com/v1", key: "OPENAI_API_KEY"),
        Preset(
            "openai-responses", "https://api.openai.com/v1", .responses, provider: "openai", key: "OPENAI_API_KEY"),
        Preset("anthropic", "https://api.anthropic.com/v1", .anthropic, key: "ANTHROPIC_API_KEY"),
        Preset(
            "gemini", "https://generativelanguage.googleapis.com/v1beta", .gemini, provider: "google",
            key: "GEMINI_API_KEY"),
        // Shows its models to anybody.
        Preset("openrouter", "https://openrouter.ai/api/v1", key: "OPENROUTER_API_KEY", keyCheckPath: "/key"),
        Preset("groq", "https://api.groq.com/openai/v1", key: "GROQ_API_KEY"),
        Preset("deepseek", "https://api.deepseek.com/v1", key: "DEEPSEEK_API_KEY"),
        // Refuses fields that it does not know, and says its token counts in the last chunk unasked.
        Preset("mistral", "https://api.mistral.ai/v1", key: "MISTRAL_API_KEY", asksForUsage: false),
        Preset("xai", "https://api.x.ai/v1", key: "XAI_API_KEY"),
        Preset("together", "https://api.together.xyz/v1", key: "TOGETHER_API_KEY"),
        Preset("fireworks", "https://api.fireworks.ai/inference/v1", key: "FIREWORKS_API_KEY"),
        // Every customer has a host: https://NAME.openai.azure.com.
        Preset("azure", nil, key: "AZURE_OPENAI_API_KEY", isAzure: true),

        // Programs on one's own machine, at their usual ports.
        Preset("ollama", "http://127.0.0.1:11434", .ollama),
        Preset("llamacpp", "http://127.0.0.1:8080/v1", provider: "llama.cpp"),
        Preset("vllm", "http://127.0.0.1:8000/v1", key: "VLLM_API_KEY", needsKey: false),
        Preset("lmstudio", "http://127.0.0.1:1234/v1", provider: "lm-studio"),
    ]
}
