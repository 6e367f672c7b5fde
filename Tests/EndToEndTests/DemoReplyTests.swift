import Foundation
import Testing

@testable import tributary

@Suite("What the demo says")
struct DemoReplyTests {
    private static func request(_ members: String, model: String = "demo", question: String = "How do streams merge?")
        throws
        -> DemoRequest
    {
        let json =
            #"{"model":"\#(model)","messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"\#(question)"}]"#
            + (members.isEmpty ? "}" : ",\(members)}")
        return try DemoRequest(json: Data(json.utf8))
    }

    private static func text(_ reply: DemoReply) -> String {
        reply.pieces.reduce(into: "") { if case .content(let text) = $1 { $0 += text } }
    }

    @Test(
        "tokens put together are the text",
        arguments: ["", "Hi", "Donaudampfschifffahrt — und 🌊🧑‍🚀!\n\n- a  b\tc", "e\u{301}t\u{E9}"])
    func tokens(text: String) {
        let tokens = DemoTokens.split(text)
        #expect(tokens.joined() == text)
        #expect(tokens.allSatisfy { !$0.isEmpty && $0.count <= DemoTokens.maxLetters + 1 })
    }

    @Test("the same question gets the same answer, another question or choice another")
    func variety() throws {
        let one = DemoReply(to: try Self.request(""), choice: 0)
        #expect(one == DemoReply(to: try Self.request(""), choice: 0))
        #expect(one != DemoReply(to: try Self.request(""), choice: 1))
        #expect(one != DemoReply(to: try Self.request("", question: "What is a log?"), choice: 0))
    }

    @Test("an answer echoes the question, is Markdown of several blocks and ends by itself")
    func believable() throws {
        let reply = DemoReply(to: try Self.request(""), choice: 0)
        let text = Self.text(reply)
        #expect(text.contains("How do streams merge"))
        #expect(text.components(separatedBy: "\n\n").count >= 5)
        #expect((100...1000).contains(reply.tokens))
        #expect(reply.finishReason == "stop")
    }

    @Test("over many questions there are lists, code, tables and emoji")
    func variousBlocks() throws {
        let all = try (0..<20).map {
            Self.text(DemoReply(to: try Self.request("", question: "Question \($0)"), choice: 0))
        }
        for sign in ["\n- ", "\n1. ", "```", "|---|", "🌊"] { #expect(all.contains { $0.contains(sign) }) }
    }

    @Test(
        "max_tokens cuts the answer at so many tokens, whatever its name",
        arguments: ["max_tokens", "max_completion_tokens"])
    func maxTokens(name: String) throws {
        let whole = DemoReply(to: try Self.request(""), choice: 0)
        let reply = DemoReply(to: try Self.request("\"\(name)\":7"), choice: 0)
        #expect(reply.tokens == 7)
        #expect(reply.finishReason == "length")
        #expect(Self.text(whole).hasPrefix(Self.text(reply)))
    }

    @Test("nothing from a stop sequence on is said, the earliest of several, also across tokens")
    func stop() throws {
        let whole = Self.text(DemoReply(to: try Self.request(""), choice: 0))
        let reply = DemoReply(to: try Self.request(#""stop":["streams merge","How do s"]"#), choice: 0)
        let end = try #require(whole.range(of: "How do s"))
        #expect(Self.text(reply) == whole[..<end.lowerBound])
        #expect(reply.finishReason == "stop")
        let single = DemoReply(to: try Self.request(#""stop":"How do s""#), choice: 0)
        #expect(Self.text(single) == Self.text(reply))
    }

    @Test("the reasoning model thinks first, and that counts")
    func reasoning() throws {
        let reply = DemoReply(to: try Self.request("", model: "demo-reasoning"), choice: 0)
        let firstContent = reply.pieces.firstIndex { if case .content = $0 { true } else { false } }
        #expect(reply.reasoningTokens > 10)
        #expect(firstContent == reply.reasoningTokens)
    }

    @Test("the tools model calls what it was offered with arguments of the right types, and answers with the result")
    func tools() throws {
        let tools = """
            "tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":\
            {"city":{"type":"string"},"days":{"type":"integer"},"exact":{"type":["boolean","null"]}}}}},\
            {"type":"function","function":{"name":"now"}}]
            """
        let reply = DemoReply(to: try Self.request(tools, model: "demo-tools"), choice: 0)
        #expect(reply.finishReason == "tool_calls")
        var names: [String] = []
        var arguments: [Int: String] = [:]
        for piece in reply.pieces {
            if case .call(_, _, let name) = piece { names.append(name) }
            if case .arguments(let index, let text) = piece { arguments[index, default: ""] += text }
        }
        #expect(names == ["get_weather", "now"])
        #expect(arguments[0] == #"{"city":"How do streams merge","days":3,"exact":"How do streams merge"}"#)
        #expect(arguments[1] == "{}")

        let json = """
            {"model":"demo-tools","messages":[{"role":"user","content":"Weather?"},{"role":"assistant","content":null},\
            {"role":"tool","tool_call_id":"1","content":"rain"}]}
            """
        let answer = DemoReply(to: try DemoRequest(json: Data(json.utf8)), choice: 0)
        #expect(answer.finishReason == "stop")
        #expect(Self.text(answer).contains("> rain"))
    }

    @Test(
        "a bad request is told what is wrong with it",
        arguments: [
            ("{", 400, nil), ("[]", 400, ""), ("{}", 400, "model"), (#"{"model":"demo"}"#, 400, "messages"),
            (#"{"model":"demo","messages":[]}"#, 400, "messages"),
            (#"{"model":"demo","messages":[{"content":"x"}]}"#, 400, "messages[0].role"),
            (#"{"model":"demo","messages":[{"role":"user","content":7}]}"#, 400, "messages[0].content"),
            (#"{"model":"demo","messages":[{"role":"user","content":"x"}],"n":0}"#, 400, "n"),
            (#"{"model":"demo","messages":[{"role":"user","content":"x"}],"max_tokens":0}"#, 400, "max_tokens"),
            (#"{"model":"demo","messages":[{"role":"user","content":"x"}],"stop":["1","2","3","4","5"]}"#, 400, "stop"),
            (#"{"model":"gpt-4o","messages":[{"role":"user","content":"x"}]}"#, 404, "model"),
        ] as [(String, Int, String?)])
    func badRequest(json: String, status: Int, param: String?) throws {
        let error = try #require(throws: DemoError.self) { try DemoRequest(json: Data(json.utf8)) }
        #expect(error.status == status)
        #expect(error.param == param)
        let shape = try JSONSerialization.jsonObject(with: Data(error.json.utf8)) as? [String: [String: Any]]
        #expect(Set(try #require(shape?["error"]).keys) == ["message", "type", "param", "code"])
    }
}

@Suite("The demo's timing")
struct DemoScriptTests {
    private static func script(_ model: String, _ pace: DemoPace, members: String = #""stream":true"#) throws
        -> DemoScript
    {
        let json = #"{"model":"\#(model)","messages":[{"role":"user","content":"x"}],\#(members)}"#
        let request = try DemoRequest(json: Data(json.utf8))
        return DemoScript(for: request, frame: DemoFrame(id: "x", created: 0, model: request.model), pace: pace)
    }

    private static func duration(_ script: DemoScript) -> Duration { script.steps.reduce(.zero) { $0 + $1.pause } }

    @Test("the first token is delayed, the others are evenly spaced", arguments: [1, 2])
    func pace(choices: Int) throws {
        let script = try Self.script(
            "demo", DemoPace(tokensPerSecond: 50, firstTokenDelay: .seconds(2)),
            members: #""stream":true,"max_tokens":11,"n":\#(choices)"#)
        #expect(script.steps[0].pause == .seconds(2))
        #expect(Self.duration(script) == .seconds(2) + .milliseconds(20) * 10)
        #expect(script.steps.reduce(0) { $0 + $1.tokens } == 11 * choices)
    }

    @Test("an answer in one piece comes when its last token would have")
    func whole() throws {
        let pace = DemoPace(tokensPerSecond: 50, firstTokenDelay: .seconds(1))
        let script = try Self.script("demo", pace, members: #""max_tokens":10"#)
        #expect(script.steps.count == 1)
        #expect(Self.duration(script) == .milliseconds(1200))
    }

    @Test("a speed of 0 waits for nothing")
    func noPace() throws {
        let pace = DemoPace(tokensPerSecond: 0, firstTokenDelay: .zero)
        #expect(Self.duration(try Self.script("demo", pace)) == .zero)
        #expect(Self.duration(try Self.script("demo-slow", pace)) == .zero)
    }

    @Test("a failing model says something first, then fails in its own way")
    func failures() throws {
        let pace = DemoPace()
        let cut = try Self.script("demo-cut", pace)
        #expect(cut.steps.last?.action == .cut)
        #expect(cut.steps.reduce(0) { $0 + $1.tokens } == 12)
        #expect(try Self.script("demo-stall", pace).steps.last?.action == .stall)
        // Also where the answer is shorter than that.
        #expect(try Self.script("demo-cut", pace, members: #""stream":true,"max_tokens":3"#).steps.last?.action == .cut)
    }
}
