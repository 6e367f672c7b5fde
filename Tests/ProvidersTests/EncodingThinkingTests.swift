import Foundation
import Providers
import Testing

/// How hard a model is to think, and what it thought, where a dialect takes that only under conditions.
@Suite("Thinking, as the dialects take it")
struct EncodingThinkingTests {
    private static let question = #"{"role":"user","content":"a"}"#

    private static func call(_ members: String = "", signature: String = "", id: String = "1") -> String {
        #"{"role":"assistant"\#(members),"tool_calls":[{"id":"\#(id)","type":"function","function":{"name":"f","arguments":"{}"}\#(signature)}]}"#
    }

    private static func result(_ id: String = "1") -> String {
        #"{"role":"tool","tool_call_id":"\#(id)","content":"r"}"#
    }

    private static let signed = #","thinking_blocks":[{"type":"thinking","thinking":"hm","signature":"s"}]"#

    // MARK: Anthropic

    private func anthropic(
        _ messages: [String], _ params: String = #"{"reasoning_effort":"low"}"#
    ) throws -> (thinks: Bool, dropped: [String]) {
        let request = try encoded("[\(messages.joined(separator: ","))]", params: params, for: .anthropic)
        let body = try #require(try JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any])
        return (body["thinking"] != nil, request.dropped)
    }

    @Test(
        "Anthropic is not asked to think where the newest calls lack their thoughts, and that is said",
        arguments: [
            (["q", "c", "r"], false), (["q", "s", "r"], true), (["q", "c", "r", "q", "s", "r"], true),
            (["q", "s", "r", "c", "r"], false), (["q", "s", "r", "c", "r", "q"], false), (["q", "a", "q"], true),
            (["q", "e", "r"], false),
        ])
    func anthropicCalls(messages: [String], thinks: Bool) throws {
        let texts = [
            "q": Self.question, "r": Self.result(), "c": Self.call(), "s": Self.call(Self.signed),
            "a": #"{"role":"assistant","content":"b"}"#, "e": Self.call(#","thinking_blocks":[]"#),
        ]
        let (didThink, dropped) = try anthropic(messages.compactMap { texts[$0] })
        #expect(didThink == thinks && dropped == (thinks ? [] : ["reasoning_effort"]))
    }

    @Test(
        "nor beside what it does not take with thinking",
        arguments: [
            (#""temperature":0.5"#, false), (#""temperature":1"#, true), (#""temperature":1.0"#, true),
            (#""top_k":5"#, false), (#""top_p":0.9"#, false), (#""top_p":0.95"#, true),
            (#""tool_choice":"required""#, false), (#""tool_choice":"auto""#, true), (#""tool_choice":"none""#, true),
            (#""tool_choice":{"type":"function","function":{"name":"f"}}"#, false),
            (#""tool_choice":{"type":"any"}"#, false), (#""tool_choice":{"type":"tool","name":"f"}"#, false),
            (#""max_tokens":50,"temperature":0"#, false),
        ])
    func anthropicParameters(param: String, thinks: Bool) throws {
        let (didThink, dropped) = try anthropic([Self.question], #"{"reasoning_effort":"low",\#(param)}"#)
        #expect(didThink == thinks && dropped == (thinks ? [] : ["reasoning_effort"]))
    }

    @Test("what Anthropic calls it is sent as it is, and who wants no thoughts misses none")
    func anthropicOwn() throws {
        let own = #"{"reasoning_effort":"low","thinking":{"type":"adaptive"},"temperature":0.5}"#
        #expect(try anthropic([Self.question, Self.call(), Self.result()], own) == (true, []))
        #expect(try anthropic([Self.question], #"{"reasoning_effort":"none","temperature":0.5}"#) == (false, []))
    }

    // MARK: Anthropic's models that choose by themselves

    /// Members of the body, but for the messages.
    private func adaptive(
        _ params: String, messages: [String] = [question], efforts: [ReasoningEffort] = [.low, .medium, .high, .max],
        rules: ParameterRules = ParameterRules(), longest: Int? = nil
    ) throws -> (members: String, dropped: [String]) {
        let request = try encoded(
            "[\(messages.joined(separator: ","))]", params: params, for: .anthropic, rules: rules,
            maxOutputTokens: longest, adaptiveThinking: efforts)
        let text = request.text
        let start = try #require(text.range(of: #"],"max_tokens""#)).lowerBound
        return (String(text[start...].dropFirst(2).dropLast(#","stream":true}"#.count)), request.dropped)
    }

    @Test(
        "a model that chooses how much to think is told how hard to try: as hard as it can, if not as hard as asked",
        arguments: [
            ("minimal", "low"), ("low", "low"), ("medium", "medium"), ("high", "high"), ("xhigh", "high"),
            ("max", "max"),
        ])
    func effort(asked: String, told: String) throws {
        #expect(
            try adaptive(#"{"reasoning_effort":"\#(asked)"}"#).members
                == #""max_tokens":32000,"thinking":{"type":"adaptive","display":"summarized"},"output_config":{"effort":"\#(told)"}"#
        )
    }

    @Test("who is to think not at all is told so, and an effort that nobody knows is refused as ever")
    func noEffort() throws {
        #expect(
            try adaptive(#"{"reasoning_effort":"none"}"#).members
                == #""max_tokens":32000,"thinking":{"type":"disabled"}"#)
        #expect(
            try adaptive(#"{"reasoning_effort":"none","thinking":{"type":"adaptive"}}"#).members
                == #""max_tokens":32000,"thinking":{"type":"adaptive"}"#)
        #expect(throws: RequestError.self) { try adaptive(#"{"reasoning_effort":"hard"}"#) }
    }

    @Test("who may think unasked has room for it, unless somebody says a length, or the model's longest is known")
    func room() throws {
        #expect(try adaptive("{}").members == #""max_tokens":32000"#)
        #expect(try adaptive(#"{"max_tokens":7}"#).members == #""max_tokens":7"#)
        #expect(try adaptive("{}", longest: 128_000).members == #""max_tokens":128000"#)
        #expect(try adaptive("{}", efforts: []).members == #""max_tokens":4096"#)
    }

    @Test("the effort stands beside the form of the answer, and no length is too short for it")
    func effortAndForm() throws {
        let params =
            #"{"max_tokens":50,"reasoning_effort":"low","response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{}}}}"#
        #expect(
            try adaptive(params).members
                == #""max_tokens":50,"thinking":{"type":"adaptive","display":"summarized"},"output_config":{"effort":"low","format":{"type":"json_schema","schema":{}}}"#
        )
    }

    @Test("what Anthropic calls it says more, in either place")
    func ownWords() throws {
        #expect(
            try adaptive(#"{"reasoning_effort":"low","thinking":{"type":"disabled"}}"#).members
                == #""max_tokens":32000,"thinking":{"type":"disabled"}"#)
        #expect(
            try adaptive(#"{"reasoning_effort":"low","output_config":{"effort":"max"}}"#).members
                == #""max_tokens":32000,"thinking":{"type":"adaptive","display":"summarized"},"output_config":{"effort":"max"}"#
        )
    }

    @Test("what Anthropic calls other things of the same place stands beside what we put there")
    func beside() throws {
        #expect(
            try adaptive(#"{"reasoning_effort":"low","output_config":{"task_budget":{"total":9}}}"#).members
                == #""max_tokens":32000,"thinking":{"type":"adaptive","display":"summarized"},"output_config":{"effort":"low","task_budget":{"total":9}}"#
        )
        let form = #""response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{}}}"#
        #expect(
            try adaptive(#"{\#(form),"output_config":{"effort":"max"}}"#).members
                == #""max_tokens":32000,"output_config":{"format":{"type":"json_schema","schema":{}},"effort":"max"}"#)
        #expect(
            try adaptive(#"{\#(form),"output_config":{"format":{"type":"own"}}}"#).members
                == #""max_tokens":32000,"output_config":{"format":{"type":"own"}}"#)
    }

    @Test(
        "it is told in any case: what it refuses, and whether for its thoughts, is for the model to say",
        arguments: [
            #""tool_choice":"required""#, #""tool_choice":{"type":"tool","name":"f"}"#, #""temperature":0.5"#,
            #""top_k":5"#, #""top_p":0.9"#,
        ])
    func conditions(param: String) throws {
        let (members, dropped) = try adaptive(
            #"{"reasoning_effort":"low",\#(param)}"#, messages: [Self.question, Self.call(), Self.result()])
        #expect(members.contains(#""type":"adaptive""#) && members.contains(#""effort":"low""#) && dropped.isEmpty)
        #expect(members.contains(param.prefix { $0 != ":" }))
    }

    @Test(
        "who denies the effort denies it in any of its places; an object's name stands for all that is in it",
        arguments: [
            (#"{"reasoning_effort":"low"}"#, "reasoning_effort", ["reasoning_effort"]),
            (#"{"output_config":{"effort":"max"}}"#, "reasoning_effort", ["output_config.effort"]),
            (#"{"output_config":{"effort":"max"}}"#, "output_config", ["output_config.effort"]),
            (#"{"thinking":{"type":"adaptive"}}"#, "reasoning_effort", ["thinking"]),
        ])
    func denied(params: String, name: String, dropped: [String]) throws {
        let found = try adaptive(params, rules: ParameterRules(deny: [name], lenient: true))
        #expect(found.members == #""max_tokens":32000"# && found.dropped == dropped)
        #expect(throws: RequestError.self) { try adaptive(params, rules: ParameterRules(deny: [name])) }
    }

    @Test("who allows the object allows what is in it, and who allows the effort nothing else of it")
    func allowed() throws {
        let params = #"{"output_config":{"effort":"max","task_budget":{"total":9}}}"#
        let whole = try adaptive(params, rules: ParameterRules(allow: ["output_config"]))
        #expect(whole.members == #""max_tokens":32000,"output_config":{"effort":"max","task_budget":{"total":9}}"#)
        let part = try adaptive(params, rules: ParameterRules(allow: ["reasoning_effort"], lenient: true))
        #expect(part.members == #""max_tokens":32000,"output_config":{"effort":"max"}"#)
        #expect(part.dropped == ["output_config.task_budget"])
    }

    // MARK: Gemini

    @Test(
        "Gemini 3 gets a signature with the first call of each message, Google's placeholder where the call has none",
        arguments: [
            ("gemini-3-pro-preview", true), ("models/gemini-3.1-pro", true), ("gemini-flash-latest", true),
            ("gemini-2.5-flash", false), ("models/gemini-2.0-flash", false), ("gemini-1.5-pro", false),
        ])
    func geminiSignatures(model: String, wants: Bool) throws {
        let two =
            #"{"role":"assistant","tool_calls":[{"id":"2","function":{"name":"f","arguments":"{}"}},{"id":"3","function":{"name":"f","arguments":"{}"}}]}"#
        let own = #","extra_content":{"google":{"thought_signature":"own"}}"#
        let messages = [
            Self.question, Self.call(signature: own), Self.result(), two, Self.result("2"), Self.result("3"),
        ]
        let body = try encoded("[\(messages.joined(separator: ","))]", model: model, for: .gemini).body
        let object = try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
        let turns = try #require(object["contents"] as? [[String: Any]])
        let parts = turns.flatMap { $0["parts"] as? [[String: Any]] ?? [] }.filter { $0["functionCall"] != nil }
        let placeholder = wants ? "skip_thought_signature_validator" : nil
        #expect(parts.map { $0["thoughtSignature"] as? String } == ["own", placeholder, nil])
    }

    // MARK: Ollama

    @Test(
        "Ollama is told yes or no, and a level only where the model knows levels",
        arguments: [
            ("qwen3", "none", "false"), ("qwen3", "minimal", "true"), ("qwen3", "medium", "true"),
            ("qwen3", "max", "true"), ("gpt-oss:20b", "none", "false"), ("gpt-oss:20b", "minimal", #""low""#),
            ("hf.co/x/gpt-oss-120b", "medium", #""medium""#), ("gpt-oss", "xhigh", #""high""#),
        ])
    func ollama(model: String, effort: String, think: String) throws {
        func text(_ params: String) throws -> String {
            try encoded("[\(Self.question)]", params: params, model: model, for: .ollama).text
        }
        #expect(try text(#"{"reasoning_effort":"\#(effort)"}"#).contains(#""think":\#(think),"#))
        #expect(
            try text(#"{"reasoning_effort":"\#(effort)","think":"high"}"#).contains(#""think":"high","#),
            "its own word is sent as it is")
    }
}
