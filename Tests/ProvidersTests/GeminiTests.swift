import BridgeTestKit
import Providers
import Testing

private typealias Call = HeardAnswer.ToolCall

/// Google's events end in CRLF.
private func hear(_ data: String..., sourceLocation: SourceLocation = #_sourceLocation) -> HeardAnswer {
    HeardAnswer.everyWay(
        data.map { "data: \($0)\r\n\r\n" }.joined(), dialect: .gemini, sourceLocation: sourceLocation)
}

private func parts(_ parts: String, finishReason: String? = nil, usage: String = #""promptTokenCount":4"#) -> String {
    let reason = finishReason.map { #","finishReason":"\#($0)""# } ?? ""
    return
        #"{"candidates":[{"content":{"parts":[\#(parts)],"role":"model"}\#(reason),"index":0}],"usageMetadata":{\#(usage)},"modelVersion":"gemini-x","responseId":"R1"}"#
}

@Suite("Google's Gemini")
struct GeminiTests {
    @Test("thoughts, text and calls become reasoning, text and calls")
    func everything() {
        let answer = hear(
            parts(#"{"text":"hm","thought":true}"#), parts(#"{"thought":true,"text":" so\ud83d"}"#),
            parts(#"{"text":"\ude00","thought":true},{"text":"Let me "}"#, usage: #""promptTokenCount":4"#),
            parts(
                #"{"text":"look."},{"functionCall":{"name":"f","args":{"a":[1, 2]}},"thoughtSignature":"s"}"#,
                usage: #""promptTokenCount":4,"candidatesTokenCount":3,"thoughtsTokenCount":5"#),
            parts(
                #"{"functionCall":{"id":"own","name":"g"}},{"text":""}"#, finishReason: "STOP",
                usage:
                    #""promptTokenCount":4,"toolUsePromptTokenCount":2,"candidatesTokenCount":6,"thoughtsTokenCount":5,"cachedContentTokenCount":1"#
            ))
        #expect(answer.text(.reasoning) == "hm so😀")
        #expect(answer.text == "Let me look.")
        #expect(
            answer.toolCalls() == [
                Call(id: "call_R1_0", name: "f", arguments: #"{"a":[1,2]}"#),
                Call(id: "own", name: "g", arguments: "{}"),
            ])
        #expect(answer.finishReason == "STOP" && answer.kinds == [.toolCalls])
        #expect(answer.usage == TokenUsage(input: 6, output: 11, reasoning: 5, cached: 1) && answer.isUsageCurrent)
        #expect(answer.metadata == AnswerMetadata(model: "gemini-x", id: "R1"))
        #expect(answer.state == .streaming, "the clean end of the body, after a reason, is the end")
    }

    @Test("two calls of one name are two, and an answer without an id names them too")
    func calls() {
        let call = #"{"functionCall":{"name":"f","args":{}}}"#
        let answer = hear(#"{"candidates":[{"content":{"parts":[\#(call),\#(call)]}}]}"#)
        #expect(
            answer.toolCalls() == [
                Call(id: "call_0_0", name: "f", arguments: "{}"), Call(id: "call_0_1", name: "f", arguments: "{}"),
            ])
    }

    @Test("counts of the prompt alone are none of the answer's")
    func earlyUsage() {
        let answer = hear(parts(#"{"text":"x"}"#))
        #expect(answer.usage == TokenUsage(input: 4, output: 0) && !answer.isUsageCurrent)
    }

    @Test(
        "a finish reason is kept, and understood",
        arguments: [
            ("STOP", .stop), ("MAX_TOKENS", .length), ("SAFETY", .contentFilter), ("RECITATION", .contentFilter),
            ("PROHIBITED_CONTENT", .contentFilter), ("BLOCKLIST", .contentFilter), ("SPII", .contentFilter),
            ("MALFORMED_FUNCTION_CALL", .other), ("OTHER", .other),
        ] as [(String, FinishReason.Kind)])
    func reasons(word: String, kind: FinishReason.Kind) {
        let answer = hear(parts("", finishReason: word))
        #expect(answer.finishReason == word && answer.kinds == [kind])
    }

    @Test("a prompt that is blocked is an answer without content")
    func blocked() {
        let answer = hear(#"{"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":4}}"#)
        #expect(answer.finishReason == "SAFETY" && answer.kinds == [.contentFilter])
        #expect(answer.deltas.isEmpty && answer.state == .streaming)
    }

    @Test("an error ends the answer")
    func errors() {
        let error =
            #"{"error":{"code":503,"message":"The model is overloaded. Please try again later.","status":"UNAVAILABLE"}}"#
        let answer = hear(parts(#"{"text":"x"}"#), error, parts(#"{"text":"late"}"#))
        #expect(answer.text == "x")
        #expect(answer.error?.status == 503 && answer.error?.type == "UNAVAILABLE")
        for body in [error, "[\(error)]", "[\(parts(#"{"text":"x"}"#)),\n\(error)]"] {
            let answer = HeardAnswer.everyWay(body, contentType: "application/json", dialect: .gemini)
            #expect(answer.error?.type == "UNAVAILABLE", "\(body)")
        }
    }

    @Test("an array of the same objects, as comes without `alt=sse`, or one object, is read when it is whole")
    func whole() {
        let first = parts(#"{"text":"a"}"#)
        let last = parts(#"{"text":"b"}"#, finishReason: "MAX_TOKENS")
        let answer = HeardAnswer.everyWay(
            "[\(first)\n,\r\n\(last)\n]\n", contentType: "application/json", dialect: .gemini)
        #expect(answer.text == "ab" && answer.kinds == [.length] && answer.state == .done)
        let object = HeardAnswer.everyWay(last, contentType: "application/json", dialect: .gemini)
        #expect(object.text == "b" && object.state == .done)
        #expect(HeardAnswer.everyWay("[\(first),", contentType: nil, dialect: .gemini).isMalformed)
        #expect(HeardAnswer.everyWay("[]", contentType: nil, dialect: .gemini).isMalformed)
    }

    @Test("candidates are choices")
    func choices() {
        let answer = hear(
            #"{"candidates":[{"index":1,"content":{"parts":[{"text":"b"}]},"finishReason":"STOP"},{"content":{"parts":[{"text":"a"}]}}]}"#
        )
        #expect(answer.text == "a" && answer.text(choice: 1) == "b")
        #expect(answer.finishReasons == [HeardAnswer.FinishReason(choice: 1, reason: "STOP")])
    }

    @Test(
        "what is of another kind than it should be counts as absent",
        arguments: [
            "{}", #"{"candidates":null}"#, #"{"candidates":[null,7,{}]}"#, #"{"candidates":[{"content":[]}]}"#,
            #"{"candidates":[{"content":{"parts":{}}}]}"#, #"{"candidates":[{"content":{"parts":[7,{"text":7}]}}]}"#,
            #"{"candidates":[{"content":{"parts":[{"functionCall":{"args":{}}},{"inlineData":{"data":"x"}}]}}]}"#,
            #"{"usageMetadata":7,"promptFeedback":7}"#,
        ])
    func oddities(data: String) {
        let answer = hear(data)
        #expect(answer.deltas.isEmpty && answer.state == .streaming && answer.finishReasons.isEmpty)
    }
}
