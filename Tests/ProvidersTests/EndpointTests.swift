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
