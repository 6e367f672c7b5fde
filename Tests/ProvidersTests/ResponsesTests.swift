import BridgeTestKit
import Providers
import Testing

private typealias Call = HeardAnswer.ToolCall

private func hear(_ events: String..., sourceLocation: SourceLocation = #_sourceLocation) -> HeardAnswer {
    let body = events.map { event in
        let name = event.split(separator: "\"", maxSplits: 4).dropFirst(3).first ?? ""
        return "event: \(name)\ndata: \(event)\n\n"
    }
    return HeardAnswer.everyWay(body.joined(), dialect: .responses, sourceLocation: sourceLocation)
}

private let created =
    #"{"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response","created_at":1700000000,"status":"in_progress","error":null,"model":"gpt-x","output":[]}}"#

private func added(_ index: Int, _ item: String) -> String {
    #"{"type":"response.output_item.added","output_index":\#(index),"item":\#(item)}"#
}

private func done(_ index: Int, _ item: String) -> String {
    #"{"type":"response.output_item.done","output_index":\#(index),"item":\#(item)}"#
}

private func text(_ text: String, _ index: Int = 0) -> String {
    #"{"type":"response.output_text.delta","item_id":"m","output_index":\#(index),"content_index":0,"delta":"\#(text)","logprobs":[],"sequence_number":4}"#
}

private func completed(
    _ output: String = "[]", status: String = "completed", details: String = "null", error: String = "null"
) -> String {
    #"{"type":"response.\#(status)","response":{"id":"resp_1","object":"response","created_at":1700000000,"status":"\#(status)","error":\#(error),"incomplete_details":\#(details),"model":"gpt-x","output":\#(output),"usage":{"input_tokens":9,"input_tokens_details":{"cached_tokens":4},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":14}}}"#
}

@Suite("OpenAI's Responses")
struct ResponsesTests {
    @Test("reasoning, text and a call become deltas; what is said again when it is done is not heard twice")
    func everything() {
        let reasoning = #"{"id":"r","type":"reasoning","summary":[{"type":"summary_text","text":"ab"}]}"#
        let message =
            #"{"id":"m","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Hi 😀"}]}"#
        let call =
            #"{"id":"fc","type":"function_call","call_id":"call_1","name":"look","arguments":"{\"at\":1}","status":"completed"}"#
        let answer = hear(
            created, added(0, #"{"id":"r","type":"reasoning","summary":[]}"#),
            #"{"type":"response.reasoning_summary_part.added","item_id":"r","output_index":0,"summary_index":0}"#,
            #"{"type":"response.reasoning_summary_text.delta","item_id":"r","output_index":0,"summary_index":0,"delta":"a"}"#,
            #"{"type":"response.reasoning_summary_text.done","item_id":"r","output_index":0,"summary_index":0,"text":"a"}"#,
            #"{"type":"response.reasoning_summary_part.added","item_id":"r","output_index":0,"summary_index":1}"#,
            #"{"type":"response.reasoning_summary_text.delta","item_id":"r","output_index":0,"summary_index":1,"delta":"b"}"#,
            done(0, reasoning), added(1, #"{"id":"m","type":"message","content":[],"role":"assistant"}"#),
            text("Hi \\ud83d", 1), text("\\ude00", 1),
            #"{"type":"response.output_text.done","item_id":"m","output_index":1,"content_index":0,"text":"Hi 😀"}"#,
            done(1, message),
            added(2, #"{"id":"fc","type":"function_call","call_id":"call_1","name":"look","arguments":""}"#),
            #"{"type":"response.function_call_arguments.delta","item_id":"fc","output_index":2,"delta":"{\"at\""}"#,
            #"{"type":"response.function_call_arguments.delta","item_id":"fc","output_index":2,"delta":":1}"}"#,
            #"{"type":"response.function_call_arguments.done","item_id":"fc","output_index":2,"arguments":"{\"at\":1}"}"#,
            done(2, call), completed("[\(reasoning),\(message),\(call)]"))
        #expect(answer.text == "Hi 😀")
        #expect(answer.text(.reasoning) == "a\n\nb", "parts of a summary are paragraphs")
        #expect(answer.toolCalls() == [Call(id: "call_1", name: "look", arguments: #"{"at":1}"#)])
        #expect(answer.deltas.allSatisfy { $0.toolIndex == 0 })
        #expect(answer.metadata == AnswerMetadata(model: "gpt-x", id: "resp_1", created: 1_700_000_000))
        #expect(answer.usage == TokenUsage(input: 9, output: 5, reasoning: 2, cached: 4))
        #expect(answer.finishReason == "completed" && answer.kinds == [.toolCalls])
        #expect(answer.state == .done)
    }

    private static let message =
        #"{"id":"m","type":"message","content":[{"type":"output_text","text":"Hi"},"#
        + #"{"type":"refusal","refusal":"no"}]}"#
    private static let call = #"{"id":"fc","type":"function_call","call_id":"c1","name":"f","arguments":"{}"}"#
    private static let reasoning =
        #"{"id":"r","type":"reasoning","content":[{"type":"reasoning_text","text":"hm"}],"summary":[]}"#

    @Test("items that come whole are heard when they are done, or with the response at its end")
    func wholeItems() {
        for answer in [
            hear(created, done(0, Self.reasoning), done(1, Self.message), done(2, Self.call), completed()),
            hear(created, completed("[\(Self.reasoning),\(Self.message),\(Self.call)]")),
            hear(
                created, done(0, Self.reasoning), added(1, Self.message), added(2, Self.call),
                completed("[\(Self.reasoning),\(Self.message),\(Self.call)]")),
        ] {
            #expect(answer.text(.reasoning) == "hm" && answer.text == "Hi" && answer.text(.refusal) == "no")
            #expect(answer.toolCalls() == [Call(id: "c1", name: "f", arguments: "{}")])
            #expect(answer.state == .done)
        }
    }

    @Test("items without numbers are known by their ids, or by their order")
    func items() {
        let added = #"{"type":"response.output_item.added","item":{"id":"m","type":"message","content":[]}}"#
        let delta = #"{"type":"response.output_text.delta","item_id":"m","delta":"Hi"}"#
        for id in ["m", "other"] {
            let message = #"{"id":"\#(id)","type":"message","content":[{"type":"output_text","text":"Hi"}]}"#
            #expect(hear(created, added, delta, completed("[\(message)]")).text == "Hi")
        }
    }

    @Test("calls are numbered densely, get a name that comes late, and arguments if they have none")
    func calls() {
        let answer = hear(
            created, done(0, #"{"id":"w","type":"web_search_call","status":"completed"}"#),
            #"{"type":"response.function_call_arguments.delta","item_id":"a","output_index":3,"delta":"[1]"}"#,
            done(3, #"{"id":"a","type":"function_call","call_id":"c3","name":"f","arguments":"[1]"}"#),
            done(5, #"{"id":"b","type":"function_call","call_id":"c5","name":"g","arguments":""}"#),
            added(6, #"{"id":"c","type":"custom_tool_call","call_id":"c6","name":"h","input":""}"#),
            #"{"type":"response.custom_tool_call_input.delta","item_id":"c","output_index":6,"delta":"free text"}"#,
            done(7, #"{"id":"d","type":"custom_tool_call","call_id":"c7","name":"i","input":""}"#),
            completed())
        #expect(
            answer.toolCalls() == [
                Call(id: "c3", name: "f", arguments: "[1]"), Call(id: "c5", name: "g", arguments: "{}"),
                Call(id: "c6", name: "h", arguments: "free text"), Call(id: "c7", name: "i", arguments: ""),
            ])
    }

    @Test(
        "how a response ended is kept, and understood",
        arguments: [
            ("completed", "null", "completed", .stop),
            ("incomplete", #"{"reason":"max_output_tokens"}"#, "max_output_tokens", .length),
            ("incomplete", #"{"reason":"content_filter"}"#, "content_filter", .contentFilter),
            ("incomplete", "null", "incomplete", .other),
        ] as [(String, String, String, FinishReason.Kind)])
    func endings(status: String, details: String, word: String, kind: FinishReason.Kind) {
        let answer = hear(created, text("x"), completed(status: status, details: details))
        #expect(answer.finishReason == word && answer.kinds == [kind] && answer.state == .done)
        #expect(answer.usage?.output == 5)
    }

    @Test("refusals and log probabilities are told")
    func refusal() {
        let answer = hear(
            created, #"{"type":"response.refusal.delta","item_id":"m","output_index":0,"delta":"I can"}"#,
            #"{"type":"response.refusal.delta","item_id":"m","output_index":0,"delta":"not"}"#,
            #"{"type":"response.output_text.delta","output_index":1,"delta":"x","logprobs":[{"token":"x","logprob":-1}]}"#,
            completed())
        #expect(answer.text(.refusal) == "I cannot")
        #expect(answer.deltas.last == HeardDelta(content: "x", logprobs: #"[{"token":"x","logprob":-1}]"#))
    }

    @Test("an error ends the answer: as an event of either shape, or with a response that failed")
    func errors() {
        let failed = completed(status: "failed", error: #"{"code":"server_error","message":"boom"}"#)
        for event in [
            #"{"type":"error","code":"server_error","message":"boom","param":null,"sequence_number":3}"#,
            #"{"type":"error","error":{"type":"x","code":"server_error","message":"boom"}}"#, failed,
        ] {
            for answer in [
                hear(created, text("x"), event, text("late")),
                HeardAnswer.toEvents(created, text("x"), event, dialect: .responses),
            ] {
                #expect(answer.text == "x")
                #expect(answer.error?.message == "boom" && answer.error?.code == "server_error")
            }
        }
        #expect(hear(failed).error?.body == #"{"code":"server_error","message":"boom"}"#)
        #expect(hear(failed).error?.type == nil)
        #expect(hear(failed).usage?.input == 9)
    }

    @Test("[DONE] is the end too, and without any end an answer is not done")
    func ends() {
        let body = "data: \(created)\n\ndata: \(text("x"))\n\n"
        #expect(HeardAnswer.everyWay(body + "data: [DONE]\n\n", dialect: .responses).state == .done)
        #expect(HeardAnswer.everyWay(body, dialect: .responses).state == .streaming)
    }

    @Test("OpenRouter's words for the same are understood")
    func openRouter() {
        let answer = HeardAnswer.toEvents(
            created, #"{"type":"response.reasoning.delta","output_index":0,"delta":"hm"}"#,
            #"{"type":"response.content_part.delta","response_id":"r","output_index":1,"content_index":0,"delta":"Once"}"#,
            #"{"type":"response.output_item.done","output_index":1,"item":{"id":"m","type":"message","content":[{"type":"output_text","text":"Once"}]}}"#,
            #"{"type":"response.done","response":{"id":"r","status":"completed","usage":{"input_tokens":1,"output_tokens":2}}}"#,
            "[DONE]", dialect: .responses)
        #expect(answer.text == "Once" && answer.text(.reasoning) == "hm")
        #expect(answer.finishReason == "completed" && answer.usage == TokenUsage(input: 1, output: 2))
        #expect(answer.state == .done)
    }

    @Test("a whole response instead of a stream is read as one")
    func whole() {
        let answer = HeardAnswer.everyWay(
            #"{"id":"resp_1","object":"response","created_at":1700000000.5,"status":"completed","model":"gpt-x","#
                + #""output":[\#(Self.reasoning),\#(Self.message)],"usage":{"input_tokens":1,"output_tokens":2}}"#,
            contentType: "application/json", dialect: .responses)
        #expect(answer.text == "Hi" && answer.text(.reasoning) == "hm")
        #expect(answer.metadata.created == 1_700_000_000 && answer.state == .done)
    }

    @Test(
        "what is of another kind than it should be counts as absent",
        arguments: [
            #"{"type":"response.created"}"#, #"{"type":"response.output_text.delta"}"#,
            #"{"type":"response.output_text.delta","delta":7}"#, #"{"type":"response.output_item.added","item":[]}"#,
            #"{"type":"response.function_call_arguments.delta","delta":{"x":1}}"#,
            #"{"type":"response.output_item.done","item":{"type":"message","content":[7,{"text":null}]}}"#,
            #"{"type":"response.queued","response":"x"}"#, "{}",
        ])
    func oddities(event: String) {
        let answer = HeardAnswer.toEvents(event, dialect: .responses)
        #expect(answer.deltas.isEmpty && answer.state == .streaming && answer.finishReasons.isEmpty)
    }
}
