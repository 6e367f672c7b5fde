import Foundation
import Logging
import Testing

@testable import tributary

@Suite("The demo upstream on the wire")
struct DemoUpstreamTests {
    private static func started() throws -> (process: DemoUpstreamProcess, url: String) {
        var log = LogSettings()
        log.level = .critical
        let process = DemoUpstreamProcess(executable: BuiltProgram.path, log: log)
        return (process, try process.start())
    }

    private static func body(_ model: String, _ members: String = "") -> String {
        #"{"model":"\#(model)","messages":[{"role":"user","content":"How do streams merge?"}]\#(members)}"#
    }

    private static func post(_ url: String, _ body: String) throws -> PlainHTTP.Response {
        try PlainHTTP(url + "/chat/completions", body: body).response()
    }

    private static func object(_ json: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    }

    @Test("a streamed answer and the same answer in one piece agree, in text, finish reason and usage")
    func streamedOrNot() throws {
        let (process, url) = try Self.started()
        defer { process.stop() }
        let streamed = try Self.post(
            url, Self.body("demo-fast", #","stream":true,"stream_options":{"include_usage":true}"#))
        let whole = try Self.object(try Self.post(url, Self.body("demo-fast")).body)

        #expect(streamed.status == 200)
        #expect(streamed.headers["content-type"] == "text/event-stream")
        #expect(streamed.isComplete)
        #expect(streamed.events.last == "[DONE]")
        var text = ""
        var finish: String?
        var usage: [String: Any]?
        for event in streamed.events.dropLast() {
            let chunk = try Self.object(event)
            #expect(chunk["object"] as? String == "chat.completion.chunk")
            usage = chunk["usage"] as? [String: Any]
            for choice in try #require(chunk["choices"] as? [[String: Any]]) {
                text += (choice["delta"] as? [String: Any])?["content"] as? String ?? ""
                finish = choice["finish_reason"] as? String ?? finish
            }
        }
        let choice = try #require((whole["choices"] as? [[String: Any]])?.first)
        #expect((choice["message"] as? [String: Any])?["content"] as? String == text)
        #expect(choice["finish_reason"] as? String == finish && finish == "stop")
        let tokens = try #require(usage?["completion_tokens"] as? Int)
        #expect((whole["usage"] as? [String: Any])?["completion_tokens"] as? Int == tokens)
        // One event each, the role, the finish reason, the usage, the end.
        #expect(streamed.events.count == tokens + 4)
    }

    @Test("usage is streamed to those who asked, only")
    func noUsage() throws {
        let (process, url) = try Self.started()
        defer { process.stop() }
        let response = try Self.post(url, Self.body("demo-fast", #","stream":true,"max_tokens":5"#))
        #expect(!response.body.contains("usage"))
        #expect(response.body.contains(#""finish_reason":"length""#))
    }

    @Test(
        "models that refuse do so in OpenAI's words",
        arguments: [
            ("demo-401", 401, "invalid_api_key"), ("demo-429", 429, "rate_limit_exceeded"), ("demo-500", 500, nil),
        ]
            as [(String, Int, String?)])
    func refusals(model: String, status: Int, code: String?) throws {
        let (process, url) = try Self.started()
        defer { process.stop() }
        let response = try Self.post(url, Self.body(model, #","stream":true"#))
        #expect(response.status == status)
        #expect(response.headers["retry-after"] == (status == 429 ? "2" : nil))
        let error = try #require(try Self.object(response.body)["error"] as? [String: Any])
        #expect(error["code"] as? String == code)
        #expect((error["message"] as? String)?.isEmpty == false)
    }

    @Test("the cut model drops the connection within its answer", arguments: ["", #","stream":true"#])
    func cut(members: String) throws {
        let (process, url) = try Self.started()
        defer { process.stop() }
        let response = try Self.post(url, Self.body("demo-cut", members))
        #expect(response.status == 200)
        #expect(!response.body.isEmpty)
        #expect(!response.isComplete)
    }

    @Test("the garbage model sends an event that is no JSON")
    func garbage() throws {
        let (process, url) = try Self.started()
        defer { process.stop() }
        let response = try Self.post(url, Self.body("demo-garbage", #","stream":true"#))
        let broken = response.events.filter { (try? Self.object($0)) == nil && $0 != "[DONE]" }
        #expect(broken.count == 1)
    }

    @Test("models, health and unknown paths are answered")
    func otherPaths() throws {
        let (process, url) = try Self.started()
        defer { process.stop() }
        let models = try Self.object(try PlainHTTP(url + "/models").response().body)
        let names = try #require(models["data"] as? [[String: Any]]).compactMap { $0["id"] as? String }
        #expect(names == DemoModel.allCases.map(\.rawValue))
        #expect(try PlainHTTP(url.replacingOccurrences(of: "/v1", with: "/healthz")).response().status == 200)
        let missing = try PlainHTTP(url + "/nothing").response()
        #expect(missing.status == 404)
        #expect(try Self.object(missing.body)["error"] != nil)
    }

    @Test("a body over 4 KB, and one over 2 MB, is read whole", arguments: [5_000, 3_000_000])
    func largeBody(size: Int) throws {
        let (process, url) = try Self.started()
        defer { process.stop() }
        let question = String(repeating: "x", count: size)
        let response = try Self.post(
            url, #"{"model":"demo-fast","max_tokens":3,"messages":[{"role":"user","content":"\#(question)"}]}"#)
        #expect(response.status == 200)
    }
}
