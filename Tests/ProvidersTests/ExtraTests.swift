import BridgeTestKit
import Foundation
import Providers
import Testing

@Suite("What has no place in a delta")
struct ExtraTests {
    private let keeping = DecoderOptions(keepsExtra: true)

    private func extras(_ answer: HeardAnswer) -> [String] {
        answer.deltas.filter { $0.kind == .extra }.map(\.content)
    }

    @Test("it is not kept unless it is asked for")
    func off() {
        let event = #"{"citations":["u"],"choices":[{"index":0,"delta":{"content":"x","annotations":[{"a":1}]}}]}"#
        let answer = HeardAnswer.toEvents(event)
        #expect(answer.deltas == [HeardDelta(content: "x")] && answer.extra == nil)
    }

    @Test("members of a piece of content come with it; those of the answer when they are new, and again at the end")
    func chat() {
        func event(_ text: String, citations: String) -> String {
            #"{"id":"c","object":"chat.completion.chunk","system_fingerprint":"fp","service_tier":null,"obfuscation":"xyz","citations":\#(citations),"#
                + #""choices":[{"index":0,"delta":{"role":"assistant","content":"\#(text)","annotations":[ {"a": 1} ],"audio":null},"native_finish_reason":"ok"}],"#
                + #""usage":{"prompt_tokens":1,"completion_tokens":2,"cost":0.5}}"#
        }
        let answer = HeardAnswer.toEvents(
            event("a", citations: #"["u"]"#), event("b", citations: #"["u"]"#), event("c", citations: #"["u","v"]"#),
            "[DONE]", options: keeping)
        let piece = #"{"annotations":[{"a":1}],"native_finish_reason":"ok"}"#
        #expect(extras(answer) == [piece, #"{"citations":["u"]}"#, piece, piece, #"{"citations":["u","v"]}"#])
        #expect(answer.text == "abc")
        #expect(
            answer.extra
                == #"{"system_fingerprint":"fp","citations":["u","v"],"usage":{"prompt_tokens":1,"completion_tokens":2,"cost":0.5}}"#
        )
    }

    @Test("an extra delta belongs to its choice")
    func choice() {
        let answer = HeardAnswer.toEvents(
            #"{"choices":[{"delta":{"content":"x","a":1},"index":1},{"index":0,"delta":{"b":"\ud83d"}}]}"#,
            options: keeping)
        #expect(
            answer.deltas == [
                HeardDelta(choice: 1, content: "x"), HeardDelta(kind: .extra, choice: 1, content: #"{"a":1}"#),
                HeardDelta(kind: .extra, content: "{\"b\":\"\u{FFFD}\"}"),
            ])
    }

    @Test("Anthropic's signatures, sources and own tools come as their events are")
    func anthropic() {
        let events = [
            #"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"s"}}"#,
            #"{"type":"content_block_delta","index":1,"delta":{"type":"citations_delta","citation":{"url":"u"}}}"#,
            #"{"type":"content_block_start","index":2,"content_block":{"type":"server_tool_use","id":"s","name":"n","input":{}}}"#,
            #"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{}"}}"#,
            #"{"type":"something_new","x":1}"#,
        ]
        let answer = HeardAnswer.everyWay(
            events.map { "data: \($0)\n\n" }.joined()
                + #"data: {"type":"message_delta","delta":{"stop_reason":"stop_sequence","stop_sequence":"!"},"usage":{"output_tokens":1}}"#
                + "\n\n", dialect: .anthropic, options: keeping)
        #expect(extras(answer) == events)
        #expect(answer.deltas.count == events.count)
        #expect(answer.extra == #"{"stop_sequence":"!"}"#)
    }

    @Test("of Responses, what is no repetition comes as its event is")
    func responses() {
        let events = [
            #"{"type":"response.output_text.annotation.added","output_index":0,"annotation":{"url":"u"}}"#,
            #"{"type":"response.web_search_call.searching","output_index":1}"#,
            #"{"type":"response.output_item.done","output_index":1,"item":{"id":"w","type":"web_search_call"}}"#,
        ]
        let answer = HeardAnswer.everyWay(
            (events + [
                #"{"type":"response.output_text.done","text":"x"}"#,
                #"{"type":"response.completed","response":{"status":"completed","service_tier":"default","temperature":1,"output":[{"type":"message","content":[]},{"id":"w","type":"web_search_call"}]}}"#,
            ]).map { "data: \($0)\n\n" }.joined(), dialect: .responses, options: keeping)
        #expect(extras(answer) == events)
        #expect(answer.extra == #"{"service_tier":"default"}"#)
    }

    @Test("of Gemini, what a part or a candidate has beside its text comes right with it")
    func gemini() {
        let answer = HeardAnswer.toEvents(
            #"{"candidates":[{"content":{"parts":[{"text":"x","thoughtSignature":"s"},{"inlineData":{"data":"AA=="}}],"role":"model"},"groundingMetadata":{"q":[1]},"safetyRatings":[]}],"usageMetadata":{"promptTokenCount":1},"modelStatus":{"s":1}}"#,
            dialect: .gemini, options: keeping)
        #expect(
            extras(answer) == [
                #"{"groundingMetadata":{"q":[1]}}"#, #"{"thoughtSignature":"s"}"#, #"{"inlineData":{"data":"AA=="}}"#,
                #"{"modelStatus":{"s":1}}"#,
            ])
        #expect(answer.extra == #"{"usageMetadata":{"promptTokenCount":1},"modelStatus":{"s":1}}"#)
    }

    @Test("of Ollama, the times are told at the end")
    func ollama() {
        let answer = HeardAnswer.everyWay(
            #"{"message":{"role":"assistant","content":"x","images":["AA"]},"done":true,"total_duration":5}"#,
            dialect: .ollama, options: keeping)
        #expect(extras(answer) == [#"{"images":["AA"]}"#])
        #expect(answer.extra == #"{"total_duration":5}"#)
    }

    @Test("what is too large is dropped, and the answer goes on")
    func bounds() {
        let large = String(repeating: "x", count: 300 * 1024)
        let feeder = SplitFeeder(
            #"data: {"a":"\#(large)","b":1,"choices":[{"index":0,"delta":{"content":"x","c":"\#(large)"}}]}"#
                + "\n\n"
                + (0..<100).map { #"data: {"n\#($0)":1}"# + "\n\n" }.joined())
        let answer = HeardAnswer(feeder, options: keeping)
        #expect(answer.text == "x" && answer.state == .streaming)
        #expect(extras(answer).first == #"{"b":1}"#)
        #expect(answer.extra.map { $0.utf8.count < 1024 } == true)
    }

    @Test("of an event that cannot be read nothing is kept")
    func broken() {
        let answer = HeardAnswer.toEvents(
            #"{"choices":[{"index":0,"delta":{"content":"x","a":1}}],"b":}"#, options: keeping)
        #expect(answer.deltas.isEmpty && answer.isMalformed)
    }
}
