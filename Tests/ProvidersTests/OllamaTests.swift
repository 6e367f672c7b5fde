import BridgeTestKit
import Providers
import Testing

private typealias Call = HeardAnswer.ToolCall

private func hear(
    _ lines: String..., ending: String = "\n", sourceLocation: SourceLocation = #_sourceLocation
) -> HeardAnswer {
    HeardAnswer.everyWay(
        lines.joined(separator: "\n") + ending, contentType: "application/x-ndjson", dialect: .ollama,
        sourceLocation: sourceLocation)
}

private func line(_ message: String, at second: String = "01") -> String {
    #"{"model":"qwen3","created_at":"2025-03-10T01:51:\#(second).123456789Z","message":{"role":"assistant",\#(message)},"done":false}"#
}

private func last(_ reason: String = #","done_reason":"stop""#) -> String {
    #"{"model":"qwen3","created_at":"2025-03-10T01:51:09Z","message":{"role":"assistant","content":""}\#(reason),"done":true,"total_duration":5,"prompt_eval_count":26,"eval_count":8}"#
}

@Suite("Ollama's own chat")
struct OllamaTests {
    @Test("thinking, text and calls become reasoning, text and calls", arguments: ["\n", "", "\r\n", "\n\n"])
    func everything(ending: String) {
        let answer = hear(
            line(#""content":"","thinking":"hm""#), line(#""content":"","thinking":" \u003cso\u003e""#, at: "02"),
            line(#""content":"Hi \ud83d""#), line(#""content":"\ude00""#),
            line(
                #""content":"","tool_calls":[{"function":{"name":"f","arguments":{"a": "b","n":1}}},{"function":{"index":1,"name":"g","arguments":{}}}]"#
            ),
            line(#""content":"","tool_calls":[{"id":"own","function":{"name":"f"}}]"#), last(), ending: ending)
        #expect(answer.text(.reasoning) == "hm <so>")
        #expect(answer.text == "Hi 😀")
        #expect(
            answer.toolCalls() == [
                Call(id: "call_1741571461_0", name: "f", arguments: #"{"a":"b","n":1}"#),
                Call(id: "call_1741571461_1", name: "g", arguments: "{}"),
                Call(id: "own", name: "f", arguments: "{}"),
            ])
        #expect(answer.metadata == AnswerMetadata(model: "qwen3", created: 1_741_571_461))
        #expect(answer.finishReason == "stop" && answer.kinds == [.toolCalls])
        #expect(answer.usage == TokenUsage(input: 26, output: 8) && answer.isUsageCurrent)
        #expect(answer.state == .done)
    }

    @Test(
        "why an answer ended is kept, and understood",
        arguments: [
            (#","done_reason":"stop""#, "stop", .stop), (#","done_reason":"length""#, "length", .length),
            (#","done_reason":"unload""#, "unload", .other), ("", "stop", .stop),
        ] as [(String, String, FinishReason.Kind)])
    func reasons(member: String, word: String, kind: FinishReason.Kind) {
        let answer = hear(line(#""content":"x""#), last(member), line(#""content":"late""#))
        #expect(answer.text == "x" && answer.finishReason == word && answer.kinds == [kind])
        #expect(answer.state == .done)
    }

    @Test("without its last line an answer is not done, and a line that is not whole leaves no trace")
    func cut() {
        let answer = hear(line(#""content":"x""#), String(line(#""content":"lost""#).dropLast(3)), ending: "")
        #expect(answer.text == "x" && answer.state == .streaming && answer.finishReasons.isEmpty)
        let whole = hear(line(#""content":"x""#), line(#""content":"y""#), ending: "")
        #expect(whole.text == "xy" && whole.state == .streaming)
    }

    @Test("an error line ends the answer")
    func errors() {
        let answer = hear(line(#""content":"x""#), #"{"error":"an error was encountered"}"#, line(#""content":"y""#))
        #expect(answer.text == "x" && answer.error?.message == "an error was encountered")
        #expect(hear(#"{"error":"model \"x\" not found"}"#, ending: "").error?.message == "model \"x\" not found")
    }

    @Test("a line that is no object, or larger than its limit, is malformed; empty lines are nothing")
    func wrong() {
        #expect(hear("{}", "nonsense").isMalformed)
        #expect(hear("{}", "7").isMalformed)
        #expect(hear("", "{}", "", " ", "{}", ending: "\n\n").state == .streaming)
        var limits = DecoderLimits()
        limits.maxEventBytes = 200
        let body = line(#""content":"x""#) + "\n" + line(#""content":"\#(String(repeating: "y", count: 200))""#) + "\n"
        for way in SplitFeeder(body).ways(stride: 40) {
            let answer = HeardAnswer(SplitFeeder(body), way, limits: limits, dialect: .ollama)
            #expect(answer.text == "x" && answer.isMalformed)
        }
    }

    @Test("a server that wraps the lines in events is understood too")
    func events() {
        let answer = HeardAnswer.toEvents(line(#""content":"x""#), last(), dialect: .ollama)
        #expect(answer.text == "x" && answer.state == .done)
    }
}
