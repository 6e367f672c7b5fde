import BridgeTestKit
import Providers
import Testing

/// A stream of named events, as Anthropic sends them.
private func hear(
    _ events: String..., options: DecoderOptions = DecoderOptions(), sourceLocation: SourceLocation = #_sourceLocation
) -> HeardAnswer {
    let body = events.map { event in
        let name = event.split(separator: "\"", maxSplits: 4).dropFirst(3).first ?? ""
        return "event: \(name)\ndata: \(event)\n\n"
    }
    return HeardAnswer.everyWay(
        body.joined(), dialect: .anthropic, options: options, sourceLocation: sourceLocation)
}

private let start =
    #"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[],"stop_reason":null,"usage":{"input_tokens":10,"cache_creation_input_tokens":3,"cache_read_input_tokens":20,"output_tokens":1}}}"#
private let stop = #"{"type":"message_stop"}"#

private func open(_ index: Int, _ block: String) -> String {
    #"{"type":"content_block_start","index":\#(index),"content_block":\#(block)}"#
}

private func delta(_ index: Int, _ delta: String, padding: Int = 0) -> String {
    #"{"type":"content_block_delta","index":\#(index),"delta":\#(delta)"# + String(repeating: " ", count: padding) + "}"
}

private func close(_ index: Int) -> String { #"{"type":"content_block_stop","index":\#(index)}"# }

private func end(_ reason: String, output: Int = 7) -> String {
    #"{"type":"message_delta","delta":{"stop_reason":"\#(reason)","stop_sequence":null},"usage":{"output_tokens":\#(output)}}"#
}

@Suite("Anthropic's Messages")
struct AnthropicTests {
    @Test("thinking, text and a call, each in its block, become reasoning, text and a call with index 0")
    func everything() {
        let answer = hear(
            start, open(0, #"{"type":"thinking","thinking":"","signature":""}"#), #"{"type": "ping"}"#,
            delta(0, #"{"type":"thinking_delta","thinking":"hm, "}"#, padding: 3),
            delta(0, #"{"type":"thinking_delta","thinking":"so"}"#, padding: 1),
            delta(0, #"{"type":"signature_delta","signature":"c2ln"}"#), close(0),
            open(1, #"{"type":"text","text":""}"#), delta(1, #"{"type":"text_delta","text":"Let me "}"#),
            delta(1, #"{"type":"text_delta","text":"look.\n"}"#, padding: 12), close(1),
            open(2, #"{"type":"tool_use","id":"toolu_1","name":"look","input":{}}"#),
            delta(2, #"{"type":"input_json_delta","partial_json":""}"#),
            delta(2, #"{"type":"input_json_delta","partial_json":"{\"at\": "}"#),
            delta(2, #"{"type":"input_json_delta","partial_json":"\"\ud83d"}"#),
            delta(2, #"{"type":"input_json_delta","partial_json":"\ude00\"}"}"#), close(2), end("tool_use"), stop)
        #expect(answer.text == "Let me look.\n")
        #expect(answer.text(.reasoning) == "hm, so")
        #expect(answer.toolCalls() == [HeardAnswer.ToolCall(id: "toolu_1", name: "look", arguments: #"{"at": "😀"}"#)])
        #expect(answer.deltas.allSatisfy { $0.toolIndex == 0 })
        #expect(answer.finishReason == "tool_use" && answer.kinds == [.toolCalls])
        #expect(answer.usage == TokenUsage(input: 33, output: 7, cached: 20))
        #expect(answer.isUsageCurrent)
        #expect(answer.metadata == AnswerMetadata(model: "claude-x", id: "msg_1"))
        #expect(answer.state == .done)
    }

    @Test("calls are numbered densely, in the order of their blocks, and one without arguments has none")
    func calls() {
        let answer = hear(
            start, open(1, #"{"type":"tool_use","id":"a","name":"f","input":{}}"#),
            delta(1, #"{"type":"input_json_delta","partial_json":""}"#), close(1),
            open(4, #"{"type":"tool_use","id":"b","name":"g","input":{"whole":true}}"#), close(4), end("tool_use"),
            stop)
        #expect(
            answer.toolCalls() == [
                HeardAnswer.ToolCall(id: "a", name: "f", arguments: "{}"),
                HeardAnswer.ToolCall(id: "b", name: "g", arguments: #"{"whole":true}"#),
            ])
        #expect(Set(answer.deltas.map(\.toolIndex)) == [0, 1])
    }

    @Test("what Anthropic's own tools are asked and answer is no call of ours")
    func serverTools() {
        let answer = hear(
            start, open(0, #"{"type":"server_tool_use","id":"s","name":"web_search","input":{}}"#),
            delta(0, #"{"type":"input_json_delta","partial_json":"{\"query\":1}"}"#), close(0),
            open(1, #"{"type":"web_search_tool_result","tool_use_id":"s","content":[{"type":"web_search_result"}]}"#),
            close(1), open(2, #"{"type":"redacted_thinking","data":"x"}"#), close(2),
            open(3, #"{"type":"text","text":"Fo"}"#), delta(3, #"{"type":"text_delta","text":"und."}"#), close(3),
            end("end_turn"), stop)
        #expect(answer.deltas == [HeardDelta(content: "Fo"), HeardDelta(content: "und.")])
        #expect(answer.kinds == [.stop])
    }

    @Test(
        "a stop reason is kept, and understood",
        arguments: [
            ("end_turn", .stop), ("stop_sequence", .stop), ("max_tokens", .length),
            ("model_context_window_exceeded", .length), ("tool_use", .toolCalls), ("refusal", .contentFilter),
            ("pause_turn", .other),
        ] as [(String, FinishReason.Kind)])
    func stopReasons(word: String, kind: FinishReason.Kind) {
        let answer = hear(start, end(word), stop)
        #expect(answer.finishReason == word && answer.kinds == [kind])
    }

    @Test("without its last event an answer is not done, but its reason was given")
    func noStop() {
        let answer = hear(start, open(0, #"{"type":"text","text":"x"}"#), close(0), end("end_turn"))
        #expect(answer.state == .streaming && answer.finishReason == "end_turn")
        #expect(hear(start, open(0, #"{"type":"text","text":"x"}"#)).finishReason == nil)
    }

    @Test("before the end, the counts are those from before the beginning, and it shows")
    func earlyUsage() {
        let answer = hear(start, open(0, #"{"type":"text","text":"x"}"#))
        #expect(answer.usage == TokenUsage(input: 33, output: 1, cached: 20))
        #expect(!answer.isUsageCurrent)
    }

    @Test("an error ends the answer, with its name on the event or only in it")
    func errors() {
        let error = #"{"type":"error","error":{"details":null,"type":"overloaded_error","message":"Overloaded"}   }"#
        let text = open(0, #"{"type":"text","text":"x"}"#)
        for answer in [
            hear(start, text, error, stop),
            HeardAnswer.toEvents(start, text, error, stop, dialect: .anthropic),
        ] {
            #expect(answer.text == "x")
            #expect(answer.error?.type == "overloaded_error" && answer.error?.message == "Overloaded")
        }
        #expect(hear(error).error?.type == "overloaded_error")
        #expect(
            HeardAnswer.everyWay(error, contentType: "application/json", dialect: .anthropic).error?.message
                == "Overloaded")
    }

    @Test("a whole message instead of a stream is read as one")
    func whole() {
        let answer = HeardAnswer.everyWay(
            """
            {"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[{"type":"thinking","thinking":"hm",
            "signature":"s"},{"type":"text","text":"Hi"},{"type":"tool_use","id":"a","name":"f","input":{"q":"\\u00e9"}},
            {"type":"tool_use","id":"b","name":"g","input":{}}],"stop_reason":"tool_use","stop_sequence":null,
            "usage":{"input_tokens":1,"output_tokens":2}}
            """, contentType: "application/json", dialect: .anthropic)
        #expect(answer.text == "Hi" && answer.text(.reasoning) == "hm")
        #expect(
            answer.toolCalls() == [
                HeardAnswer.ToolCall(id: "a", name: "f", arguments: #"{"q":"\u00e9"}"#),
                HeardAnswer.ToolCall(id: "b", name: "g", arguments: "{}"),
            ])
        #expect(answer.usage == TokenUsage(input: 1, output: 2) && answer.isUsageCurrent)
        #expect(answer.metadata.id == "msg_1" && answer.state == .done)
    }

    @Test(
        "what is of another kind than it should be counts as absent",
        arguments: [
            #"{"type":"message_start"}"#, #"{"type":"message_start","message":7}"#,
            #"{"type":"content_block_start","index":0,"content_block":[]}"#, #"{"type":"content_block_delta"}"#,
            #"{"type":"content_block_delta","index":-1,"delta":{"text":null}}"#, #"{"type":"content_block_stop"}"#,
            #"{"type":"content_block_delta","index":3,"delta":{"partial_json":"{}"}}"#,
            #"{"type":"message_delta","delta":null,"usage":7}"#, #"{"type":"nothing_known"}"#, "{}", #"{"type":7}"#,
        ])
    func oddities(event: String) {
        let answer = HeardAnswer.toEvents(event, dialect: .anthropic)
        #expect(answer.deltas.isEmpty && answer.state == .streaming && answer.finishReasons.isEmpty)
    }
}
