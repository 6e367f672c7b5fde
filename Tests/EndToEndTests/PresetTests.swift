import BridgeCore
import Providers
import Testing

@testable import tributary

@Suite("Presets")
struct PresetTests {
    @Test("are those that are promised, each under one name")
    func names() {
        #expect(
            Preset.all.map(\.name) == [
                "openai", "openai-responses", "anthropic", "gemini", "openrouter", "groq", "deepseek", "mistral", "xai",
                "together", "fireworks", "azure", "ollama", "llamacpp", "vllm", "lmstudio",
            ])
    }

    @Test("make an upstream without another word, but for azure's host", arguments: Preset.all.map(\.name))
    func whole(name: String) throws {
        let preset = try #require(Preset.named(name))
        let folder = try TemporaryFolder()
        let rest = preset.isAzure ? ", base_url: https://mine.openai.azure.com" : ""
        let path = try folder.write("t.yaml", "upstreams: {x: {preset: \(name)\(rest)}}")
        let environment = preset.keyVariable.map { [$0: "sk-1"] } ?? [:]
        let reading = ConfigurationReader(
            path: path, environment: SettingSource(environment: environment), models: .builtIn
        ).read()
        let upstream = try #require(reading.configuration?.upstreams.first, "\(reading.problems)")
        let target = upstream.target
        #expect(target.dialect == preset.dialect && target.provider == preset.provider)
        #expect(target.rules.asksForUsage == preset.asksForUsage)
        #expect((target.key != nil) == (preset.keyVariable != nil))
        #expect(target.keyPlacement == (preset.isAzure ? .header("api-key") : preset.dialect.keyPlacement))
        #expect(target.endpoint.keyCheckURL == preset.keyCheckPath.map { upstream.baseURL + $0 })
        #expect(upstream.baseURL == preset.baseURL ?? "https://mine.openai.azure.com")
        // Keys go over TLS, or stay on this machine.
        #expect(upstream.baseURL.hasPrefix("https://") || upstream.baseURL.hasPrefix("http://127.0.0.1:"))
    }

    @Test("lend their provider's name to flags that say the same address")
    func flags() throws {
        func provider(_ url: String) throws -> String {
            try UpstreamConfiguration(name: "default", baseURL: url, key: nil, defaultModel: nil, models: .builtIn)
                .catalogue.defaultTarget.provider
        }
        #expect(try provider("https://api.openai.com/v1") == "openai")
        #expect(try provider("https://api.openai.com/v1/") == "openai")
        #expect(try provider("http://127.0.0.1:9/v1") == "openai-compatible")
    }

    @Test(
        "know where OpenRouter, which shows its models to anybody, is asked about keys",
        arguments: [
            nil, "openrouter: ", "x: {preset: openrouter}",
            "x: {preset: openrouter, base_url: https://openrouter.ai/api/v1}",
            "x: {preset: openrouter, base_url: https://openrouter.ai/api/v1/}",
            "x: {base_url: https://openrouter.ai/api/v1/chat/completions}",
        ])
    func keyCheck(upstream: String?) throws {
        let url = "https://openrouter.ai/api/v1"
        let folder = try TemporaryFolder()
        let configuration =
            if let upstream {
                try #require(
                    ConfigurationReader(
                        path: try folder.write("t.yaml", "upstreams: {\(upstream)}"),
                        environment: SettingSource(environment: [:]), models: .builtIn
                    ).read().configuration)
            } else {
                try UpstreamConfiguration(
                    name: "default", baseURL: url, key: nil, defaultModel: nil, models: .builtIn)
            }
        #expect(configuration.catalogue.defaultTarget.endpoint.keyCheckURL == "https://openrouter.ai/api/v1/key")
    }

    @Test("know that of their own address only: behind another one it has to be said")
    func keyCheckElsewhere() throws {
        func keyCheckURL(_ more: String) throws -> String? {
            let folder = try TemporaryFolder()
            let path = try folder.write(
                "t.yaml", "upstreams: {x: {preset: openrouter, base_url: https://gateway.example/v1\(more)}}")
            let reading = ConfigurationReader(
                path: path, environment: SettingSource(environment: [:]), models: .builtIn
            ).read()
            withExtendedLifetime(folder) {}
            return try #require(reading.configuration, "\(reading.problems)").catalogue.defaultTarget.endpoint
                .keyCheckURL
        }
        #expect(try keyCheckURL("") == nil)
        #expect(try keyCheckURL(", key_check_path: /key") == "https://gateway.example/v1/key")
    }
}

@Suite("The nearest name")
struct NearestNameTests {
    @Test(
        "is the one with the fewest slips",
        arguments: [
            ("uspstreams", "upstreams"), ("Upstreams", "upstreams"), ("upstrems", "upstreams"), ("modle", "models"),
            ("kye", "key"), ("default", "default"),
        ])
    func meant(name: String, known: String) {
        #expect(nearestName(to: name, among: ["upstreams", "models", "key", "default"]) == known)
    }

    @Test("is none where nothing is near", arguments: ["", "x", "something", "yek"])
    func none(name: String) {
        #expect(nearestName(to: name, among: ["upstreams", "models", "key", "default"]) == nil)
    }
}
