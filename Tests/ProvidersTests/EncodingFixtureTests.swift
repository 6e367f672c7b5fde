import ByteCoding
import Foundation
import Providers
import Testing

/// `Tests/Fixtures/requests/*.json`: chats, and what each dialect makes of them. `Tests/SDKTests` proves that the makers' own SDKs send
/// the same bodies.
struct RequestFixture: CustomTestStringConvertible {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/requests")

    /// The models that the bodies name.
    static let models: [Dialect: String] = [
        .chatCompletions: "gpt-5", .responses: "gpt-5", .anthropic: "claude-sonnet-4-5", .gemini: "gemini-2.5-flash",
        .ollama: "qwen3",
    ]

    let file: URL
    var name: String { file.deletingPathExtension().lastPathComponent }
    var testDescription: String { name }

    static func all() throws -> [RequestFixture] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" }.map { RequestFixture(file: $0) }
            .sorted { $0.name < $1.name }
    }

    func content() throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    }

    /// The request as it is written in the file, for a dialect's model.
    func request(for dialect: Dialect) throws -> ChatRequest {
        let text = Array(try Data(contentsOf: file))
        var reader = JSONReader(text.span)
        var request = ChatRequest(model: Self.models[dialect], messages: [])
        try reader.beginObject()
        while let key = try reader.nextKey() {
            guard reader.key(key, is: "request") else {
                try reader.skipValue()
                continue
            }
            try reader.beginObject()
            while let key = try reader.nextKey() {
                let isMessages = reader.key(key, is: "messages")
                let value = Array(text[try reader.skipValueRange()])
                if isMessages { request.messages = value } else { request.params = value }
            }
        }
        return request
    }
}

@Suite("Encoding, case by case")
struct EncodingFixtureTests {
    @Test(
        "each dialect says the same in its own words, or names the field that it cannot",
        arguments: try RequestFixture.all())
    func dialects(fixture: RequestFixture) throws {
        let content = try fixture.content()
        let bodies = content["bodies"] as? [String: [String: Any]] ?? [:]
        let refused = content["refused"] as? [String: String] ?? [:]
        for dialect in Dialect.allCases {
            var chat = try fixture.request(for: dialect)
            if let model = (content["models"] as? [String: String])?[dialect.rawValue] { chat.model = model }
            let endpoint = try #require(Endpoint(baseURL: "https://upstream.example", dialect: dialect))
            let efforts = (content["adaptive_thinking"] as? [String] ?? []).compactMap(ReasoningEffort.init)
            do throws(RequestError) {
                let body = try encode(
                    chat, for: dialect, endpoint: endpoint, rules: ParameterRules(), adaptiveThinking: efforts
                ).body
                let object = try? JSONSerialization.jsonObject(with: Data(body)) as? NSDictionary
                #expect(object == bodies[dialect.rawValue].map { $0 as NSDictionary }, "\(dialect)")
            } catch {
                #expect(error.field == refused[dialect.rawValue], "\(dialect): \(error.message)")
                #expect(bodies[dialect.rawValue] == nil, "\(dialect)")
            }
        }
    }
}
