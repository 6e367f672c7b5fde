import ByteCoding
import Foundation
import Providers
import Testing

/// Encodes a chat for an upstream of one dialect.
func encoded(
    _ messages: String, params: String? = nil, model: String? = "m", for dialect: Dialect,
    rules: ParameterRules = ParameterRules(), maxOutputTokens: Int? = nil, adaptiveThinking: [ReasoningEffort] = []
) throws(RequestError) -> EncodedRequest {
    guard let endpoint = Endpoint(baseURL: "https://upstream.example/v1", dialect: dialect) else {
        throw RequestError(field: "endpoint", message: "no base URL")
    }
    let request = ChatRequest(model: model, messages: Array(messages.utf8), params: params.map { Array($0.utf8) })
    return try encode(
        request, for: dialect, endpoint: endpoint, rules: rules, maxOutputTokens: maxOutputTokens,
        adaptiveThinking: adaptiveThinking)
}

extension EncodedRequest {
    var text: String { String(decoding: body, as: UTF8.self) }
}

@Suite("Encoding chat completions")
struct ChatCompletionsEncodingTests {
    private func text(
        _ messages: String, params: String? = nil, model: String? = "m", rules: ParameterRules = ParameterRules()
    ) throws(RequestError) -> String {
        try encoded(messages, params: params, model: model, for: .chatCompletions, rules: rules).text
    }

    @Test("model, messages and parameters are sent as they are, and the stream is asked for")
    func everything() throws {
        #expect(
            try text(
                #"[{"role":"user","content":"hi"}]"#, params: #"{"temperature":0.5,"stop":["a"]}"#, model: "m \"1\"")
                == #"{"model":"m \"1\"","messages":[{"role":"user","content":"hi"}],"temperature":0.5,"stop":["a"],"stream":true,"stream_options":{"include_usage":true}}"#
        )
    }

    @Test("what is absent is left out", arguments: [nil, "{}", " { } "] as [String?])
    func little(params: String?) throws {
        #expect(
            try text("[]", params: params, model: nil, rules: ParameterRules(asksForUsage: false))
                == #"{"messages":[],"stream":true}"#)
    }

    @Test("parameters that nobody knows are sent byte for byte", arguments: [#""a":{}"#, #""a" : [ 1 ]"#, #""a":"}""#])
    func untouched(params: String) throws {
        let body = try text("[1]", params: "{ \(params) }")
        #expect(
            body == #"{"model":"m","messages":[1],\#(params),"stream":true,"stream_options":{"include_usage":true}}"#)
        let object = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
        #expect(object?.keys.sorted() == ["a", "messages", "model", "stream", "stream_options"])
    }

    private func problem(_ params: String) -> RequestError? {
        do throws(RequestError) {
            _ = try text("[]", params: params)
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
            let problem = problem("{\"top_p\":1,\"\(name)\":1}")
            #expect(problem?.field == "params.\(name)")
            #expect(problem?.message == "`params` must not have the member `\(name)`.")
        }
        #expect(problem(#"{"str\u0065am":false}"#)?.field == "params.stream", "however it is written")
        for wrong in ["[]", "null", "7", "{\"a\":1", "{} {}", ""] {
            #expect(problem(wrong)?.field == "params", "\(wrong)")
        }
    }

    @Test("a length of 0 is the provider's own", arguments: ["max_tokens", "max_completion_tokens"])
    func noLength(name: String) throws {
        let body = try text(
            "[]", params: #"{"temperature":1.50,"\#(name)":0}"#, rules: ParameterRules(asksForUsage: false))
        #expect(body == #"{"model":"m","messages":[],"temperature":1.50,"stream":true}"#)
    }
}
