import ByteCoding
import Providers
import Testing

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

    @Test("each provider's own words are understood")
    func dialects() throws {
        let anthropic = """
            {"data":[{"type":"model","id":"claude-x","display_name":"Claude X","created_at":"2025-02-19T00:00:00Z",
             "max_input_tokens":200000,"max_tokens":64000}],"has_more":false}
            """
        #expect(
            try decodeModelList(Array(anthropic.utf8).span, dialect: .anthropic) == [
                ListedModel(
                    id: "claude-x", created: 1_739_923_200, displayName: "Claude X", contextTokens: 200_000,
                    maxOutputTokens: 64_000)
            ])
        let google = """
            {"models":[{"name":"models/gemini-x","displayName":"Gemini X","inputTokenLimit":1048576,"outputTokenLimit":65536,
             "supportedGenerationMethods":["generateContent","countTokens"]},
             {"name":"models/embedding","supportedGenerationMethods":["embedContent"]}]}
            """
        #expect(
            try decodeModelList(Array(google.utf8).span, dialect: .gemini) == [
                ListedModel(id: "gemini-x", displayName: "Gemini X", contextTokens: 1_048_576, maxOutputTokens: 65_536)
            ])
        let ollama =
            #"{"models":[{"name":"qwen3:8b","model":"qwen3:8b","modified_at":"2025-05-01T00:00:00+02:00","size":7}]}"#
        #expect(try decodeModelList(Array(ollama.utf8).span, dialect: .ollama) == [ListedModel(id: "qwen3:8b")])
        let groq = #"{"data":[{"id":"a","context_window":131072,"max_completion_tokens":8192}]}"#
        #expect(try list(groq) == [ListedModel(id: "a", contextTokens: 131_072, maxOutputTokens: 8_192)])
    }

    @Test(
        "times in words become seconds",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2000-02-29T12:34:56.789Z", 951_827_696),
            ("2024-12-31T23:59:59z", 1_735_689_599),
            ("2025-06-01T00:00:00+02:00", 1_748_728_800), ("1969-12-31T23:59:59Z", -1), ("2025-06-01", nil),
            ("soon", nil),
            ("2025-13-01T00:00:00Z", nil), ("2025-06-01T00:00:00", nil),
        ] as [(String, Int?)])
    func times(text: String, seconds: Int?) throws {
        let body = #"{"data":[{"id":"a","created_at":"\#(text)"}]}"#
        #expect(try list(body).first?.created == seconds)
    }
}
