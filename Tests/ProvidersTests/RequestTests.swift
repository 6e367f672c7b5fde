import ByteCoding
import Foundation
import Providers
import Testing

@Suite("Chat requests")
struct ChatRequestTests {
    private func encoded(_ request: ChatRequest) -> String { String(decoding: request.encode(), as: UTF8.self) }

    @Test("model, messages and parameters are sent as they are, and the stream is asked for")
    func everything() {
        let request = ChatRequest(
            model: "m \"1\"", messages: Array(#"[{"role":"user","content":"hi"}]"#.utf8),
            params: Array(#"{"temperature":0.5,"stop":["a"]}"#.utf8), includeUsage: true)
        #expect(
            encoded(request)
                == #"{"model":"m \"1\"","messages":[{"role":"user","content":"hi"}],"temperature":0.5,"stop":["a"],"stream":true,"stream_options":{"include_usage":true}}"#
        )
    }

    @Test("what is absent is left out", arguments: [nil, "{}", " { } "] as [String?])
    func little(params: String?) {
        let request = ChatRequest(
            model: nil, messages: Array("[]".utf8), params: params.map { Array($0.utf8) }, includeUsage: false)
        #expect(encoded(request) == #"{"messages":[],"stream":true}"#)
    }

    @Test("every request is valid JSON", arguments: ["{\"a\":{}}", "{ \"a\" : [ 1 ] }", "{\"a\":\"}\"}"])
    func valid(params: String) throws {
        let request = ChatRequest(
            model: "m", messages: Array("[1]".utf8), params: Array(params.utf8), includeUsage: true)
        let object = try JSONSerialization.jsonObject(with: Data(request.encode())) as? [String: Any]
        #expect(object?.keys.sorted() == ["a", "messages", "model", "stream", "stream_options"])
    }

    private func problem(_ params: String) -> ParameterError? {
        do throws(ParameterError) {
            try ChatRequest.checkParameters(Array(params.utf8).span)
            return nil
        } catch {
            return error
        }
    }

    @Test("parameters are an object without the members that are ours")
    func parameters() {
        #expect(problem(#"{"temperature":1,"n":2,"nested":{"stream":false,"model":"x"}}"#) == nil)
        #expect(problem("{}") == nil)
        for name in ["stream", "stream_options", "messages", "model"] {
            #expect(problem("{\"top_p\":1,\"\(name)\":1}") == .reserved(name))
            #expect("\(ParameterError.reserved(name))".contains("`\(name)`"))
        }
        #expect(problem(#"{"str\u0065am":false}"#) == .reserved("stream"), "however it is written")
        for wrong in ["[]", "null", "7", "{\"a\":1", "{} {}", ""] {
            guard case .notAnObject = problem(wrong) else {
                Issue.record("\(wrong) was accepted")
                continue
            }
        }
    }
}

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
        #expect(endpoint.chatURL == root + "/chat/completions")
        #expect(endpoint.modelsURL == root + "/models")
    }

    @Test("a query stays behind the path")
    func query() throws {
        let endpoint = try #require(
            Endpoint(baseURL: "https://x.azure.com/openai/deployments/d/?api-version=2024-10-21"))
        #expect(endpoint.chatURL == "https://x.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21")
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

@Suite("Model lists")
struct ModelListTests {
    private func list(_ body: String) throws -> [ListedModel] { try decodeModelList(Array(body.utf8).span) }

    @Test("models are read in the shapes that servers use")
    func shapes() throws {
        #expect(
            try list(#"{"object":"list","data":[{"id":"a","object":"model","created":7,"owned_by":"o"},{"id":"b"}]}"#)
                == [ListedModel(id: "a", created: 7, ownedBy: "o"), ListedModel(id: "b")])
        #expect(try list(#"[{"id":"a","type":"chat"}]"#) == [ListedModel(id: "a")])
        #expect(try list(#"{"models":[{"name":"x"},{"name":"y","model":"z"}]}"#).map(\.id) == ["x", "z"])
        #expect(try list(#"{"models":[{"name":"x"}],"data":[{"id":"a"}]}"#).map(\.id) == ["a"])
        #expect(try list(#"{"data":[]}"#).isEmpty)
        #expect(try list(#"{"data":[{},{"id":""},{"id":3},null,{"id":"a","created":"?"}]}"#) == [ListedModel(id: "a")])
    }

    @Test(
        "what is no list is an error", arguments: ["", "{}", "7", "{\"data\":null}", "{\"data\":[}", "<html>", "[] x"])
    func invalid(body: String) {
        #expect(throws: JSONError.self) { try list(body) }
    }
}
