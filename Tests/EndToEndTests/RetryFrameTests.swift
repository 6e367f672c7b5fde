import BridgeTestKit
import Providers
import Testing

/// What fails before its first word is tried again where that may help, and the tabs see each step.
@Suite("Retries and fallbacks, as the tabs see them")
struct RetryFrameTests {
    /// An attempt that fails, and what its `retry` frame says.
    struct Attempt: Sendable, CustomTestStringConvertible {
        var name: String
        var dialect: Dialect = .chatCompletions
        var script: Script
        var code: String
        var status: Int?
        /// The least wait, in milliseconds.
        var wait = 0

        var testDescription: String { "\(dialect.rawValue): \(name)" }
    }

    static func refusal(_ status: Int, _ type: String = "t", _ dialect: Dialect = .chatCompletions) -> Script {
        ScriptedError(status, type: type, message: "Not now.").refusal(in: dialect)
    }

    static let attempts: [Attempt] = [
        Attempt(name: "408", script: refusal(408), code: "upstream_error", status: 408),
        Attempt(name: "429", script: refusal(429), code: "upstream_rate_limited", status: 429),
        Attempt(
            name: "429, and when to come back",
            script: .answer(status: 429, headers: [(name: "retry-after-ms", value: "15")], body: ""),
            code: "upstream_rate_limited", status: 429, wait: 15),
        Attempt(name: "500", script: refusal(500), code: "upstream_error", status: 500),
        Attempt(
            name: "a proxy's page", script: .answer(status: 502, type: "text/html", body: "<html></html>"),
            code: "upstream_error", status: 502),
        Attempt(
            name: "529", dialect: .anthropic, script: refusal(529, "overloaded_error", .anthropic),
            code: "upstream_error", status: 529),
        Attempt(
            name: "overloaded, said in a stream", dialect: .anthropic,
            script: Script([.streamHead] + AnswerScript(.anthropic).beginning) + [
                ScriptedError(529, type: "overloaded_error", message: "Overloaded.").event(in: .anthropic), .lastChunk,
            ], code: "upstream_error"),
        Attempt(name: "no answer", script: [.close], code: "upstream_closed"),
        Attempt(name: "an empty answer", script: [.streamHead, .lastChunk], code: "upstream_protocol"),
        Attempt(
            name: "a stream that ends before its first word", dialect: .responses,
            script: Script([.streamHead] + AnswerScript(.responses).beginning) + [.lastChunk],
            code: "upstream_closed"),
    ]

    private static let retries = "retry: {attempts: 3, base: 1ms, max_delay: 40ms}"

    @Test("an attempt that fails before its first word is followed by another", arguments: attempts)
    func again(_ attempt: Attempt) throws {
        let upstream = try ScriptedUpstream()
        defer { upstream.stop() }
        upstream.answer(attempt.script)
        upstream.always(AnswerScript(attempt.dialect).whole(["once ", "only"]))
        let server = try ServerProcess(
            configuration: """
                upstreams:
                  main: {dialect: \(attempt.dialect.rawValue), base_url: "\(upstream.url)/v1", \(Self.retries)}
                """, in: try TemporaryFolder())
        let tab = try Tab.joined(server.port, session: "s")
        try tab.chat("r")
        #expect(try tab.waitForEnd(of: "r") == "end")
        let frames = tab.model.frames.filter(\.isLogFrame)
        #expect(frames.map(\.type).prefix(3) == ["request", "retry", "start"], "\(frames)")
        try #require(frames.count > 2)
        let retry = frames[1]
        #expect(retry["attempt"] == 1 && retry.code == attempt.code && retry["status"] == attempt.status, "\(retry)")
        #expect(retry.object["upstream"] == nil && retry.object["model"] == nil)
        let wait: Int = retry["after_ms"] ?? -1
        #expect(wait >= attempt.wait && wait <= 40, "\(retry)")
        #expect(frames[2]["attempt"] == 2)
        #expect(tab.answer("r") == "once only" && upstream.requests.count == 2)
        #expect(Set(upstream.requests.map(\.text)).count == 1, "the same is asked again")
        #expect(try server.stop() == 0)
    }

    @Test("attempts are bounded; the last failure is the request's")
    func bounded() throws {
        let upstream = try ScriptedUpstream()
        defer { upstream.stop() }
        upstream.answer(Self.refusal(500))
        upstream.answer([.streamHead, .lastChunk])
        upstream.always(Self.refusal(503))
        let server = try ServerProcess(
            configuration: "upstreams: {main: {base_url: \"\(upstream.url)/v1\", \(Self.retries)}}",
            in: try TemporaryFolder())
        let tab = try Tab.joined(server.port, session: "s")
        try tab.chat("r")
        try tab.waitForEnd(of: "r")
        let frames = tab.model.frames.filter(\.isLogFrame)
        #expect(frames.map(\.type) == ["request", "retry", "retry", "error"])
        #expect(frames.map(\.code) == [nil, "upstream_error", "upstream_protocol", "upstream_error"])
        #expect(frames.map { $0["attempt"] as Int? } == [nil, 1, 2, nil])
        #expect(frames.last?["status"] == 503 && upstream.requests.count == 3)
        #expect(try server.stop() == 0)
    }

    @Test(
        "what would fail again is not tried again, nor is what asks for more patience than there is",
        arguments: [
            (refusal(400), "upstream_error"), (refusal(401), "invalid_key"), (refusal(403), "invalid_key"),
            (refusal(404), "model_not_found"), (refusal(413), "upstream_error"), (refusal(422), "upstream_error"),
            (.answer(status: 429, headers: [(name: "Retry-After", value: "3")], body: ""), "upstream_rate_limited"),
            (refusal(429, "insufficient_quota"), "upstream_rate_limited"),
            (.answer(type: "text/html", body: "<html></html>"), "upstream_protocol"),
            ([.streamHead, .delta("said"), .close], "upstream_closed"),
            ([.streamHead, .delta("said"), .event(#"{"error":{"type":"server_error"}}"#)], "upstream_error"),
        ] as [(Script, String)])
    func once(_ script: Script, _ code: String) throws {
        let upstream = try ScriptedUpstream()
        defer { upstream.stop() }
        upstream.always(script)
        let server = try ServerProcess(
            configuration: """
                upstreams: {main: {base_url: "\(upstream.url)/v1", key: {env: UPSTREAM_KEY}, \(Self.retries)}}
                """, in: try TemporaryFolder(), environment: ["UPSTREAM_KEY": "sk-of-the-server"])
        let tab = try Tab.joined(server.port, session: "s")
        try tab.chat("r")
        #expect(try tab.waitForEnd(of: "r") == "error")
        #expect(tab.model.frames.last?.code == code)
        #expect(!tab.model.frames.contains { $0.type == "retry" } && upstream.requests.count == 1)
        #expect(try server.stop() == 0)
    }

    @Test("an upstream that is gone, or has no such model, is left for the next one, which is asked in its own dialect")
    func fallback() throws {
        let first = try ScriptedUpstream()
        let second = try ScriptedUpstream()
        let third = try ScriptedUpstream()
        defer { for upstream in [first, second, third] { upstream.stop() } }
        first.always(Self.refusal(404))
        second.always([.close])
        third.always(AnswerScript(.anthropic, model: "third-1").whole(["here"]))
        let server = try ServerProcess(
            configuration: """
                upstreams:
                  first: {base_url: "\(first.url)/v1", fallbacks: [second, {upstream: third, model: third-1}]}
                  second: {base_url: "\(second.url)/v1", model: second-1, retry: {attempts: 2, base: 1ms}}
                  third: {dialect: anthropic, base_url: "\(third.url)/v1", provider: maker}
                """, in: try TemporaryFolder())
        let tab = try Tab.joined(server.port, session: "s")
        try tab.chat("r", model: "first-1")
        #expect(try tab.waitForEnd(of: "r") == "end")
        let frames = tab.model.frames.filter(\.isLogFrame)
        #expect(frames.map(\.type).prefix(5) == ["request", "retry", "retry", "retry", "start"])
        try #require(frames.count > 4)
        let retries = frames[1...3]
        #expect(retries.map { $0["attempt"] as Int? } == [1, 2, 3])
        #expect(retries.map(\.code) == ["model_not_found", "upstream_closed", "upstream_closed"])
        #expect(retries.map { $0["upstream"] as String? } == ["second", nil, "third"])
        #expect(retries.map { $0["model"] as String? } == ["second-1", nil, "third-1"])
        #expect(frames[4]["attempt"] == 4 && frames[4]["upstream"] == "third" && frames[4]["provider"] == "maker")
        #expect(frames[4]["model"] == "third-1" && frames[4]["requested_model"] == "first-1")
        #expect(frames[0]["upstream"] == "first" && frames[0]["model"] == "first-1")
        #expect([first, second, third].map(\.requests.count) == [1, 2, 1])
        #expect(third.requests[0].target == "/v1/messages" && tab.answer("r") == "here")
        #expect(try server.stop() == 0)
    }
}
