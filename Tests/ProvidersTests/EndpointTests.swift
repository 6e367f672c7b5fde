import Providers
import Testing

@Suite("Endpoints")
struct EndpointTests {
    @Test(
        "URLs are made from the base URL",
        arguments: [
            ("https://api.openai.com/v1", "https://api.openai.com/v1"),
            ("https://api.openai.com/v1/", "https://api.openai.com/v1"),
            ("http://127.0.0.1:8080//", "http://127.0.0.1:8080"),
            ("HTTP://localhost:11434/v1", "HTTP://localhost:11434/v1"),
            ("http://[::1]:80/v1", "http://[::1]:80/v1"), ("https://h/v1/chat/completions/", "https://h/v1"),
            ("https://my_host-1.example/a%20b", "https://my_host-1.example/a%20b"),
        ])
    func urls(base: String, root: String) throws {
        let endpoint = try #require(Endpoint(baseURL: base))
        #expect(endpoint.chatURL(model: nil) == root + "/chat/completions")
        #expect(endpoint.modelsURL == root + "/models")
    }

    @Test("a query stays behind the path")
    func query() throws {
        let endpoint = try #require(
            Endpoint(baseURL: "https://x.azure.com/openai/deployments/d/?api-version=2024-10-21"))
        #expect(
            endpoint.chatURL(model: nil)
                == "https://x.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21")
        #expect(endpoint.modelsURL == "https://x.azure.com/openai/deployments/d/models?api-version=2024-10-21")
    }

    @Test(
        "keys are asked about behind the base URL, where the provider has a place for that",
        arguments: [
            (
                Dialect.chatCompletions, "https://openrouter.ai/api/v1/chat/completions",
                "https://openrouter.ai/api/v1/key"
            ),
            (.anthropic, "https://h", "https://h/v1/key"), (.gemini, "https://h?a=b", "https://h/v1beta/key?a=b"),
            (.ollama, "http://h:1/api", "http://h:1/key"),
        ])
    func keyCheck(dialect: Dialect, base: String, url: String) throws {
        #expect(try #require(Endpoint(baseURL: base, dialect: dialect, keyCheckPath: "/key")).keyCheckURL == url)
        #expect(try #require(Endpoint(baseURL: base, dialect: dialect)).keyCheckURL == nil)
    }

    @Test(
        "other things are no base URL",
        arguments: [
            "", "api.openai.com/v1", "ftp://h", "file:///etc/passwd", "http://", "http:///v1", "https://?x",
            "http://u@h",
            "http://u:p@h/v1", "http://h/v1#f", "http://h v1", "http://h\n", "http://hé", "http://h:", "http://h:0",
            "http://h:99999", "http://h:x", "http://[::1", "http://[x]", "http://[]", "http://h\\@evil", "https//h",
            "http://h:1:2",
        ])
    func invalid(base: String) {
        #expect(Endpoint(baseURL: base) == nil)
    }
}

@Suite("Endpoints of each dialect")
struct DialectEndpointTests {
    @Test(
        "paths are the dialect's, whatever was copied along",
        arguments: [
            (Dialect.responses, "https://h/v1", "https://h/v1/responses", "https://h/v1/models"),
            (.responses, "https://h/v1/responses/", "https://h/v1/responses", "https://h/v1/models"),
            (.anthropic, "https://h", "https://h/v1/messages", "https://h/v1/models?limit=1000"),
            (.anthropic, "https://h/v1/", "https://h/v1/messages", "https://h/v1/models?limit=1000"),
            (.anthropic, "https://h/v1/messages", "https://h/v1/messages", "https://h/v1/models?limit=1000"),
            (
                .anthropic, "https://h/anthropic?a=b", "https://h/anthropic/v1/messages?a=b",
                "https://h/anthropic/v1/models?a=b&limit=1000"
            ),
            (
                .gemini, "https://h", "https://h/v1beta/models/m:streamGenerateContent?alt=sse",
                "https://h/v1beta/models?pageSize=1000"
            ),
            (
                .gemini, "https://h/v1beta/", "https://h/v1beta/models/m:streamGenerateContent?alt=sse",
                "https://h/v1beta/models?pageSize=1000"
            ),
            (
                .gemini, "https://h/v1/models/x:streamGenerateContent?alt=sse",
                "https://h/v1/models/m:streamGenerateContent?alt=sse", "https://h/v1/models?pageSize=1000"
            ),
            (
                .gemini, "https://h/v1/publishers/google",
                "https://h/v1/publishers/google/models/m:streamGenerateContent?alt=sse",
                "https://h/v1/publishers/google/models?pageSize=1000"
            ),
            (.ollama, "http://h:11434", "http://h:11434/api/chat", "http://h:11434/api/tags"),
            (.ollama, "http://h:11434/v1", "http://h:11434/api/chat", "http://h:11434/api/tags"),
            (.ollama, "http://h:11434/api", "http://h:11434/api/chat", "http://h:11434/api/tags"),
            (.ollama, "http://h:11434/api/chat", "http://h:11434/api/chat", "http://h:11434/api/tags"),
        ])
    func paths(dialect: Dialect, base: String, chat: String, models: String) throws {
        let endpoint = try #require(Endpoint(baseURL: base, dialect: dialect))
        #expect(endpoint.chatURL(model: "m") == chat)
        #expect(endpoint.modelsURL == models)
    }

    @Test("a model's name in the URL is one segment of its path")
    func names() throws {
        let endpoint = try #require(Endpoint(baseURL: "https://h/v1beta", dialect: .gemini))
        func url(_ segment: String) -> String { "https://h/v1beta/\(segment):streamGenerateContent?alt=sse" }
        #expect(endpoint.chatURL(model: "models/gemini-2.5-flash") == url("models/gemini-2.5-flash"))
        #expect(endpoint.chatURL(model: "tunedModels/mine") == url("tunedModels/mine"))
        #expect(endpoint.chatURL(model: "../x?y#é ") == url("models/..%2Fx%3Fy%23%C3%A9%20"))
        for name in [nil, "", ".", ".."] { #expect(endpoint.chatURL(model: name) == nil) }
        #expect(throws: RequestError.self) { try encoded("[]", model: nil, for: .gemini) }
    }

    @Test(
        "Azure's deployments stand in the path, and its newer way looks like OpenAI's",
        arguments: [
            (
                "https://r.openai.azure.com", "2024-10-21",
                "https://r.openai.azure.com/openai/deployments/gpt%204/chat/completions?api-version=2024-10-21",
                "https://r.openai.azure.com/openai/models?api-version=2024-10-21"
            ),
            (
                "https://r.openai.azure.com/openai/?api-version=2024-10-21", nil,
                "https://r.openai.azure.com/openai/deployments/gpt%204/chat/completions?api-version=2024-10-21",
                "https://r.openai.azure.com/openai/models?api-version=2024-10-21"
            ),
            (
                "https://r.openai.azure.com/openai/deployments/mine/chat/completions", "2024-10-21",
                "https://r.openai.azure.com/openai/deployments/mine/chat/completions?api-version=2024-10-21",
                "https://r.openai.azure.com/openai/models?api-version=2024-10-21"
            ),
            (
                "https://r.openai.azure.com", nil, "https://r.openai.azure.com/openai/v1/chat/completions",
                "https://r.openai.azure.com/openai/v1/models"
            ),
            (
                "https://r.openai.azure.com/openai/v1/", "preview",
                "https://r.openai.azure.com/openai/v1/chat/completions?api-version=preview",
                "https://r.openai.azure.com/openai/v1/models?api-version=preview"
            ),
        ])
    func azure(base: String, version: String?, chat: String, models: String) throws {
        let endpoint = try #require(Endpoint(baseURL: base, addressing: .azure(apiVersion: version)))
        #expect(endpoint.chatURL(model: "gpt 4") == chat)
        #expect(endpoint.modelsURL == models)
        #expect(endpoint.keyPlacement == .header("api-key"))
    }

    @Test("Azure's Responses have the model in the body; its other dialects do not exist")
    func azureDialects() throws {
        let dated = try #require(
            Endpoint(
                baseURL: "https://r.openai.azure.com", dialect: .responses, addressing: .azure(apiVersion: "2025-04-01")
            ))
        #expect(dated.chatURL(model: nil) == "https://r.openai.azure.com/openai/responses?api-version=2025-04-01")
        #expect(Endpoint(baseURL: "https://h", dialect: .anthropic, addressing: .azure(apiVersion: nil)) == nil)
        let classic = try #require(Endpoint(baseURL: "https://h", addressing: .azure(apiVersion: "2024-10-21")))
        for name in [nil, "", "..", "."] { #expect(classic.chatURL(model: name) == nil) }
    }

    @Test("headers say what is sent and what is wanted, and Anthropic's version", arguments: Dialect.allCases)
    func headers(dialect: Dialect) throws {
        let headers = try encoded("[]", for: dialect).headers
        #expect(headers.first { $0.name == "Content-Type" }?.value == "application/json")
        #expect(
            headers.first { $0.name == "Accept" }?.value
                == (dialect == .ollama ? "application/x-ndjson" : "text/event-stream"))
        #expect(headers.first { $0.name == "anthropic-version" }?.value == (dialect == .anthropic ? "2023-06-01" : nil))
    }
}
