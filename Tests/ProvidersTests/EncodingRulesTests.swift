import Foundation
import Providers
import Testing

/// What an upstream's rules do to a request's parameters, in chat completions and in a dialect that calls things otherwise.
@Suite("Rules for parameters")
struct EncodingRulesTests {
    private static let messages = #"[{"role":"user","content":"hi"}]"#

    private func parameters(
        _ params: String?, _ rules: ParameterRules, for dialect: Dialect = .chatCompletions, maxOutputTokens: Int? = nil
    ) throws -> NSDictionary {
        let body = try encoded(
            Self.messages, params: params, for: dialect, rules: rules, maxOutputTokens: maxOutputTokens
        ).body
        let object = try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
        return object.filter { !["model", "messages", "stream", "stream_options"].contains($0.key) } as NSDictionary
    }

    private func json(_ text: String) throws -> NSDictionary {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary)
    }

    private func field(_ params: String, _ rules: ParameterRules, for dialect: Dialect = .chatCompletions) -> String? {
        do throws(RequestError) {
            _ = try encoded(Self.messages, params: params, for: dialect, rules: rules)
            return nil
        } catch {
            let name = error.field.split(separator: ".", maxSplits: 1).last ?? ""
            #expect(error.message.contains("\(name)`"), "the sentence names the field")
            return error.field
        }
    }

    @Test("what is denied is refused, by any of its names")
    func denied() throws {
        let rules = ParameterRules(deny: ["max_tokens", "seed"])
        #expect(field(#"{"seed":1}"#, rules) == "params.seed")
        #expect(field(#"{"max_completion_tokens":1}"#, rules) == "params.max_completion_tokens")
        #expect(field(#"{"max_output_tokens":1}"#, rules, for: .responses) == "params.max_tokens")
        #expect(field(#"{"generationConfig":{"maxOutputTokens":1}}"#, rules, for: .gemini) == "params.max_tokens")
        #expect(field(#"{"temperature":1}"#, rules) == nil)
        #expect(
            field(#"{"thinking":{"type":"enabled"}}"#, .init(deny: ["reasoning_effort"]), for: .anthropic)
                == "params.thinking")
    }

    @Test("what is not allowed is refused, where a list says what is")
    func allowed() throws {
        let rules = ParameterRules(allow: ["temperature", "max_tokens"])
        #expect(field(#"{"temperature":1,"max_completion_tokens":5}"#, rules) == nil)
        #expect(field(#"{"top_p":1}"#, rules) == "params.top_p")
        #expect(field(#"{"temperature":1}"#, .init(allow: [])) == "params.temperature")
    }

    @Test("a lenient upstream leaves out what may not be sent, and says so")
    func lenient() throws {
        let rules = ParameterRules(deny: ["seed"], lenient: true)
        let request = try encoded(
            Self.messages, params: #"{"seed":1,"top_p":0.5}"#, for: .chatCompletions, rules: rules)
        #expect(request.dropped == ["seed"])
        #expect(!request.text.contains("seed") && request.text.contains(#""top_p":0.5"#))
    }

    @Test("defaults speak where a request is silent")
    func defaults() throws {
        let rules = ParameterRules(defaults: Array(#"{"temperature":0.2,"max_tokens":50}"#.utf8))
        #expect(try parameters(nil, rules) == json(#"{"temperature":0.2,"max_tokens":50}"#))
        #expect(try parameters(#"{"temperature":1}"#, rules) == json(#"{"temperature":1,"max_tokens":50}"#))
        #expect(
            try parameters(#"{"max_completion_tokens":9}"#, rules)
                == json(#"{"max_completion_tokens":9,"temperature":0.2}"#), "an alias is not silent")
        #expect(
            try parameters(#"{"temperature":null}"#, rules) == json(#"{"temperature":0.2,"max_tokens":50}"#),
            "null is silent")
        #expect(
            try parameters(nil, rules, for: .anthropic) == json(#"{"temperature":0.2,"max_tokens":50}"#))
        #expect(
            try parameters(#"{"generationConfig":{"temperature":1}}"#, rules, for: .gemini)["generationConfig"]
                as? NSDictionary == json(#"{"temperature":1,"maxOutputTokens":50}"#))
    }

    @Test("a cap lowers what is above it, and nothing else")
    func caps() throws {
        let rules = ParameterRules(caps: ["max_tokens": 100, "temperature": 0.5])
        #expect(try parameters(#"{"max_tokens":5000}"#, rules) == json(#"{"max_tokens":100}"#))
        #expect(try parameters(#"{"max_tokens":7}"#, rules) == json(#"{"max_tokens":7}"#))
        #expect(try parameters(#"{"max_completion_tokens":1e400}"#, rules) == json(#"{"max_completion_tokens":100}"#))
        #expect(
            try parameters(#"{"max_tokens":7,"temperature":0.75}"#, rules)
                == json(#"{"max_tokens":7,"temperature":0.5}"#))
        #expect(
            try parameters(#"{"options":{"num_predict":900}}"#, rules, for: .ollama)
                == json(#"{"options":{"num_predict":100}}"#),
            "wherever it stands")
        #expect(
            field(#"{"max_tokens":"5000"}"#, rules) == "params.max_tokens",
            "what is no number cannot be held against one")
        #expect(
            try parameters(#"{"max_tokens":7,"max_tokens":5000}"#, rules) == json(#"{"max_tokens":100}"#),
            "the last counts")
    }

    @Test(
        "no length is the provider's own, or the cap",
        arguments: [nil, "{}", #"{"max_tokens":0}"#, #"{"max_tokens":-1}"#])
    func capOfNothing(params: String?) throws {
        #expect(
            try parameters(params, .init(caps: ["max_completion_tokens": 100]))
                == json(#"{"max_completion_tokens":100}"#),
            "in the spelling of the rules")
        #expect(
            try parameters(params, .init(caps: ["max_tokens": 100]), for: .anthropic) == json(#"{"max_tokens":100}"#))
    }

    @Test("Anthropic is told the model's longest answer, where nobody says a length")
    func anthropicLength() throws {
        #expect(try parameters(nil, .init(), for: .anthropic) == json(#"{"max_tokens":4096}"#))
        #expect(
            try parameters(nil, .init(), for: .anthropic, maxOutputTokens: 64_000) == json(#"{"max_tokens":64000}"#))
        #expect(
            try parameters(#"{"max_tokens":5}"#, .init(), for: .anthropic, maxOutputTokens: 64_000)
                == json(#"{"max_tokens":5}"#))
        #expect(
            try parameters(nil, .init(caps: ["max_tokens": 100_000]), for: .anthropic, maxOutputTokens: 8_192)
                == json(#"{"max_tokens":8192}"#), "a cap is no wish")
    }

    @Test("Anthropic is told the user where `metadata` is empty, and what `metadata` says of one where it is not")
    func anthropicUser() throws {
        #expect(
            try parameters(#"{"user":"u1","metadata":{},"max_tokens":5}"#, .init(), for: .anthropic)
                == json(#"{"metadata":{"user_id":"u1"},"max_tokens":5}"#))
        #expect(
            try parameters(#"{"metadata":{},"max_tokens":5}"#, .init(), for: .anthropic) == json(#"{"max_tokens":5}"#))
        #expect(
            try parameters(#"{"user":"u1","metadata":{"user_id":"u2"},"max_tokens":5}"#, .init(), for: .anthropic)
                == json(#"{"metadata":{"user_id":"u2"},"max_tokens":5}"#))
    }

    @Test("thinking stays within Anthropic's length, and leaves room for the answer")
    func thinking() throws {
        func thinking(_ params: String, maxOutputTokens: Int? = nil) throws -> NSDictionary {
            try parameters(params, .init(), for: .anthropic, maxOutputTokens: maxOutputTokens)
        }
        func budget(_ tokens: Int, of length: Int) throws -> NSDictionary {
            try json(#"{"max_tokens":\#(length),"thinking":{"type":"enabled","budget_tokens":\#(tokens)}}"#)
        }
        #expect(try thinking(#"{"reasoning_effort":"medium"}"#) == budget(8_192, of: 12_288))
        #expect(try thinking(#"{"reasoning_effort":"high"}"#, maxOutputTokens: 8_000) == budget(6_000, of: 8_000))
        #expect(try thinking(#"{"reasoning_effort":"high","max_tokens":4000}"#) == budget(3_000, of: 4_000))
        #expect(try thinking(#"{"reasoning_effort":"none"}"#) == json(#"{"max_tokens":4096}"#))
        #expect(
            try thinking(#"{"reasoning_effort":"high","thinking":{"type":"adaptive"}}"#)
                == json(#"{"max_tokens":4096,"thinking":{"type":"adaptive"}}"#), "the dialect's own word counts")
        #expect(
            field(#"{"reasoning_effort":"low","max_tokens":1000}"#, .init(), for: .anthropic)
                == "params.reasoning_effort")
        #expect(field(#"{"reasoning_effort":"much"}"#, .init(), for: .anthropic) == "params.reasoning_effort")
    }

    @Test(
        "values that say what every provider does anyway are not missed",
        arguments: [Dialect.anthropic, .gemini, .ollama, .responses])
    func nothingSaid(dialect: Dialect) throws {
        let params = """
            {"n":1,"presence_penalty":0,"frequency_penalty":0,"logit_bias":{},"logprobs":false,"store":false,"tools":[],
             "parallel_tool_calls":true,"modalities":["text"],"seed":null,"verbosity":"medium"}
            """
        #expect(throws: Never.self) { try encoded(Self.messages, params: params, for: dialect) }
    }

    @Test("a dialect's own names are sent in their places")
    func native() throws {
        #expect(
            try parameters(
                #"{"top_k":5,"thinking":{"type":"adaptive"},"stop_sequences":["x"]}"#, .init(), for: .anthropic)
                == json(#"{"max_tokens":4096,"top_k":5,"thinking":{"type":"adaptive"},"stop_sequences":["x"]}"#))
        #expect(
            try parameters(
                #"{"safety_settings":[],"topK":5,"generationConfig":{"thinking_config":{"thinkingBudget":7}}}"#,
                .init(),
                for: .gemini)["generationConfig"] as? NSDictionary
                == json(#"{"topK":5,"thinkingConfig":{"thinkingBudget":7}}"#))
        #expect(
            try parameters(#"{"num_ctx":8192,"options":{"min_p":0.1},"keep_alive":"5m"}"#, .init(), for: .ollama)
                == json(#"{"options":{"num_ctx":8192,"min_p":0.1},"keep_alive":"5m"}"#))
        #expect(
            try parameters(
                #"{"reasoning":{"effort":"low","summary":"auto"},"text":{"verbosity":"low"},"store":true}"#, .init(),
                for: .responses)["reasoning"] as? NSDictionary == json(#"{"effort":"low","summary":"auto"}"#))
    }

    @Test("a name that nobody knows is refused, unless the operator allows it")
    func unknown() throws {
        #expect(field(#"{"turbo":true}"#, .init(), for: .anthropic) == "params.turbo")
        #expect(
            try parameters(#"{"turbo":true}"#, .init(allow: ["turbo"]), for: .anthropic)
                == json(#"{"max_tokens":4096,"turbo":true}"#))
        #expect(
            field(#"{"seed":1}"#, .init(allow: ["seed"]), for: .anthropic) == "params.seed", "allowed is not understood"
        )
    }

    @Test(
        "members that are ours are refused in the dialect's words",
        arguments: [
            (Dialect.responses, "input"), (.responses, "instructions"), (.responses, "previous_response_id"),
            (.anthropic, "system"), (.gemini, "contents"), (.gemini, "systemInstruction"), (.ollama, "messages"),
        ])
    func reserved(dialect: Dialect, name: String) {
        #expect(field("{\"\(name)\":[]}", .init(lenient: true), for: dialect) == "params.\(name)")
    }

    @Test("neither the names that are dropped nor the parameters are without bound")
    func bounds() throws {
        let many = (0..<100).map { "\"x\($0)\":1" }.joined(separator: ",")
        let request = try encoded(Self.messages, params: "{\(many)}", for: .anthropic, rules: .init(lenient: true))
        #expect(request.dropped.count == 64)
        let more = (0..<300).map { "\"x\($0)\":1" }.joined(separator: ",")
        #expect(field("{\(more)}", .init(lenient: true), for: .anthropic) == "params")
        let long = String(repeating: "x", count: 5_000)
        #expect(field("{\"\(long)\":1}", .init(), for: .anthropic)?.count == 72)
    }
}
