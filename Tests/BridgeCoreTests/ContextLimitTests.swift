import BridgeCore
import BridgeTestKit
import ChatProtocol
import Providers
import Testing
import Tokenizer

/// In these tests a byte of text is a token, a message costs four more, and the reply's beginning three.
@Suite("A conversation cut to a number of tokens")
struct ContextLimitTests {
    private let counter = FakeCounter { $0.utf8.count }
    private let core: CoreFixture
    private let tab: Tab

    init() throws {
        core = CoreFixture(
            targets: [
                .fake("u", defaultModel: "m") { model in
                    switch model {
                    case "known": ModelFacts(contextTokens: 200, maxOutputTokens: 40, unit: .o200k)
                    case "talker": ModelFacts(contextTokens: 200, maxOutputTokens: 190)
                    case "window": ModelFacts(contextTokens: 200)
                    default: ModelFacts()
                    }
                }
            ], counter: counter)
        tab = try core.tab()
        counter.isExact = true
    }

    private func turn(_ id: String, _ input: String, _ answer: String) throws {
        try tab.chat(id, input)
        core.answer(answer)
        try tab.read()
    }

    /// `user:x|assistant:y` of the newest transfer.
    private func sent() throws -> String {
        try #require(Frame(core.upstream.last.body)).objects("messages").map {
            "\($0["role"] as? String ?? ""):\($0["content"] as? String ?? "")"
        }.joined(separator: "|")
    }

    private func context(_ frames: [Frame]) throws -> [String: Any] {
        try #require(frames.of("request").first, "\(frames)").object("context")
    }

    @Test("the newest turns are sent, as many as fit; the request says what was left out; the transcript has all")
    func newest() throws {
        try turn("a", "first", "answer one")
        try turn("b", "second", "answer two")
        let frames = try tab.chat("c", "third", in: "s", #""context":{"max_tokens":40}"#)
        #expect(try sent() == "user:second|assistant:answer two|user:third")
        let said = try context(frames)
        #expect(said["max_tokens"] as? Int == 40 && said["omitted"] as? Int == 2)
        #expect(said["tokens"] as? Int == 6 + 10 + 5 + 3 * 4 + 3 && said["source"] as? String == "estimated")
        core.answer("answer three")
        try tab.chat("d", "fourth")
        #expect(try sent().hasPrefix("user:first|assistant:answer one|user:second|"))
    }

    @Test("what surely fits is not counted")
    func fits() throws {
        let said = try context(try tab.chat("c", "hi", in: "s", #""context":{"max_tokens":1000}"#))
        #expect(said["omitted"] as? Int == 0 && said["max_tokens"] as? Int == 1000 && said["tokens"] == nil)
        #expect(counter.jobs.isEmpty)
    }

    @Test("system messages stay, unless they need not; a call stays with its result")
    func rules() throws {
        let messages = #"""
            {"role":"system","content":"S"},{"role":"user","content":"older"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"result"},{"role":"user","content":"now"}
            """#
        func ask(_ id: String, _ context: String) throws -> [String] {
            let frames = try tab.send(
                #"{"type":"chat","session":"s","request":"\#(id)","messages":[\#(messages)],"context":\#(context)}"#)
            #expect(frames.types == ["accepted", "request"], "\(frames)")
            return try #require(Frame(core.upstream.last.body)).objects("messages").compactMap { $0["role"] as? String }
        }
        #expect(try ask("a", #"{"max_tokens":18}"#) == ["system", "user"])
        #expect(try ask("b", #"{"max_tokens":18,"keep_system":false}"#) == ["user"])
        #expect(try ask("c", #"{"max_tokens":30}"#) == ["system", "user"], "the turn fits in part, but not whole")
        #expect(try ask("d", #"{"max_tokens":41}"#) == ["system", "user", "assistant", "tool", "user"])
        #expect(counter.jobs[0].texts == ["S", "older", "f", "{}", "result", "now"])
    }

    @Test("tools and pictures count; the messages of a snapshot are all of them")
    func others() throws {
        let tools = #""params":{"tools":[{"type":"function"}]}"#
        let frames = try tab.chat("a", "hi", in: "s", #"\#(tools),"context":{"max_tokens":40}"#)
        #expect(try context(frames)["tokens"] as? Int == 2 + 4 + 3 + 21)
        let picture = #"{"type":"image_url","image_url":{"url":"http://x"}}"#
        let refused = try tab.send(
            #"{"type":"chat","session":"s","request":"b","input":[\#(picture)],"context":{"max_tokens":600}}"#)
        #expect(refused.map(\.code) == ["context_length"])
    }

    @Test("where not even the newest message fits, it is context_length and nothing has begun")
    func tooSmall() throws {
        let frames = try tab.chat("c", String(repeating: "x", count: 100), in: "s", #""context":{"max_tokens":50}"#)
        let error = try #require(frames.first)
        #expect(frames.count == 1 && error.code == "context_length" && error["field"] == "context.max_tokens")
        let message: String? = error["message"]
        #expect(message?.contains("107") == true && message?.contains("50") == true)
        #expect(core.upstream.transfers.isEmpty && tab["s"].seq == 0)
        #expect(try tab.chat("c").types == ["accepted", "request"], "the id was not used up")
    }

    @Test(
        "without a number it is what the model's window leaves beside the reply",
        arguments: [
            ("known", "", 160), ("known", #""params":{"max_tokens":30}"#, 170),
            ("known", #""params":{"max_completion_tokens":50}"#, 150), ("talker", "", 100), ("window", "", 150),
            ("known", #""params":{"max_output_tokens":30}"#, 170), ("known", #""params":{"maxOutputTokens":30}"#, 170),
            ("known", #""params":{"num_predict":30}"#, 170), ("known", #""params":{"max_tokens":0}"#, 160),
        ])
    func window(_ model: String, _ params: String, _ budget: Int) throws {
        let more = params.isEmpty ? "" : ",\(params)"
        let frames = try tab.chat("r", "hi", in: "s", #""context":{},"model":"\#(model)"\#(more)"#)
        #expect(try context(frames)["max_tokens"] as? Int == budget)
    }

    @Test("the reply's length is what the upstream's rules leave of it: defaults and caps, in any spelling")
    func ruled() throws {
        func budget(_ rules: ParameterRules, _ dialect: Dialect = .chatCompletions, _ params: String = "{}") throws
            -> Int?
        {
            let target = UpstreamTarget.fake("u", dialect: dialect, defaultModel: "m", rules: rules) { _ in
                ModelFacts(contextTokens: 200, maxOutputTokens: 40)
            }
            let tab = try CoreFixture(targets: [target], counter: counter).tab()
            return try context(try tab.chat("r", "hi", in: "s", #""context":{},"params":\#(params)"#))["max_tokens"]
                as? Int
        }
        let defaults = ParameterRules(defaults: Array(#"{"max_completion_tokens":25}"#.utf8))
        #expect(try budget(defaults) == 175)
        #expect(try budget(defaults, .chatCompletions, #"{"max_tokens":35}"#) == 165)
        let caps = ParameterRules(caps: ["max_tokens": 20])
        #expect(try budget(caps) == 180)
        #expect(try budget(caps, .responses, #"{"max_output_tokens":35}"#) == 180)
        #expect(try budget(ParameterRules(caps: ["max_tokens": 90]), .anthropic) == 160, "not more than the model can")
        #expect(try budget(ParameterRules(), .gemini, #"{"generationConfig":{"maxOutputTokens":10}}"#) == 190)
        #expect(try budget(ParameterRules(), .ollama, #"{"options":{"num_predict":-1}}"#) == 160)
    }

    @Test("without a number and without a window it is a bad_request; without a counter any `context` is")
    func unsupported() throws {
        let error = try #require(try tab.chat("r", "hi", in: "s", #""context":{}"#).first)
        #expect(error.code == "bad_request" && error["field"] == "context.max_tokens")
        let plain = CoreFixture()
        let other = try plain.tab()
        let refused = try #require(try other.chat("r", "hi", in: "s", #""context":{"max_tokens":100000}"#).first)
        #expect(refused.code == "bad_request" && refused["field"] == "context")
        func features(_ tab: Tab) -> [String] { tab.frames.of("welcome").first?["features"] ?? [] }
        #expect(features(tab).contains("context") && !features(other).contains("context"))
    }

    @Test("the model's own unit is counted in; a factor is said to be one")
    func units() throws {
        try tab.chat("a", String(repeating: "x", count: 200), in: "s", #""context":{"max_tokens":207},"model":"known""#)
        #expect(counter.jobs.map(\.unit) == [.o200k])
        counter.isExact = false
        let frames = try tab.chat("b", String(repeating: "y", count: 200), in: "s", #""context":{"max_tokens":207}"#)
        #expect(counter.jobs.map(\.unit) == [.o200k, .general])
        #expect(try context(frames)["source"] as? String == "calibrated")
    }
}
