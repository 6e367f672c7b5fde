import BridgeTestKit
import Providers
import Testing

/// A decoder that is fed byte by byte never sees an event whole, and so parses each; one that is fed whole recognises events
/// that are like the last one. Both must hear the same.
@Suite("Events that differ in their text alone")
struct EventShapeTests {
    @Test("whatever comes between them, they say what they would have said if each had been parsed", arguments: 0..<60)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var body = ""
        var last = Self.event(text: "Hi", &generator)
        for _ in 0..<Int.random(in: 5...60, using: &generator) {
            // Mostly the same event again, with another text.
            if generator.chance(1, in: 4) { last = Self.event(text: "\u{1}", &generator) }
            body += last.replacing("\u{1}", with: Self.text(&generator))
        }
        let feeder = SplitFeeder(body + "data: [DONE]\n\n")
        let parsed = HeardAnswer(feeder, .every(1))
        #expect(HeardAnswer(feeder, .whole) == parsed)
        #expect(HeardAnswer(feeder, .every(1_000)) == parsed)
        #expect(HeardAnswer(feeder, .every(137)) == parsed)
    }

    @Test("so they do under names, and with Anthropic's padding", arguments: 0..<40)
    func padded(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var body = ""
        var last = Self.block(&generator)
        for _ in 0..<Int.random(in: 5...60, using: &generator) {
            if generator.chance(1, in: 4) { last = Self.block(&generator) }
            let padding = String(repeating: " ", count: Int.random(in: 0...4, using: &generator))
            body += last.replacing("\u{1}", with: Self.text(&generator)).replacing("\u{2}", with: padding)
        }
        let feeder = SplitFeeder(body)
        let parsed = HeardAnswer(feeder, .every(1), dialect: .anthropic)
        for way in [SplitFeeder.Way.whole, .every(1_000), .every(137)] {
            #expect(HeardAnswer(feeder, way, dialect: .anthropic) == parsed)
        }
    }

    /// An event of a content block; `\u{1}` is where its text goes, `\u{2}` where its padding.
    private static func block(_ generator: inout SeededGenerator) -> String {
        let deltas = [
            #"{"type":"text_delta","text":"\#u{1}"}"#, #"{"type":"text_delta","text":"\#u{1}"}"#,
            #"{"type":"thinking_delta","thinking":"\#u{1}"}"#, #"{"text":"\#u{1}","thinking":"x"}"#,
            #"{"type":"input_json_delta","partial_json":"\#u{1}"}"#, #"{"text":"\#u{1}","type":"x }"}"#,
        ]
        let delta = deltas.randomElement(using: &generator) ?? "{}"
        let objects = [
            #"{"type":"content_block_delta","index":0,"delta":\#(delta)\#u{2}}"#,
            #"{"type":"content_block_delta","index":0,"delta":\#(delta)\#u{2}}"#,
            #"{"type":"content_block_delta","delta":\#(delta),"index":1\#u{2}}"#,
            #"{"type":"content_block_delta","index":0,"delta":\#(delta)\#u{2}}  "#,
            #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"\#u{1}"}\#u{2}}"#,
            #"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"f"}\#u{2}}"#,
            #"{"type":"content_block_stop","index":0\#u{2}}"#, #"{"type": "ping"\#u{2}}"#,
        ]
        let object = objects.randomElement(using: &generator) ?? "{}"
        let events = [
            "event: content_block_delta\ndata: \(object)\n\n", "event: content_block_delta\ndata: \(object)\n\n",
            "data: \(object)\n\n", "data: \(object)\r\n\r\n", "data: \(object)\nid: \u{2}}\n\n",
        ]
        return events.randomElement(using: &generator) ?? ""
    }

    @Test("a text may hold what looks like the end of its event")
    func lookalike() {
        let answer = HeardAnswer.toEvents(
            chunk(#"{"content":"a"}"#), chunk(#"{"content":"\"},\"logprobs\":null"}"#),
            chunk(#"{"content":"}]}\n\n"}"#),
            chunk(#"{"content":"c"}"#))
        #expect(answer.text == "a\"},\"logprobs\":null}]}\n\nc")
    }

    @Test("a second reasoning that was a copy of the first is heard when it is none")
    func copies() {
        let answer = HeardAnswer.toEvents(
            chunk(#"{"content":"x"}"#), chunk(#"{"reasoning":"a","reasoning_content":"a"}"#),
            chunk(#"{"reasoning":"b","reasoning_content":"a"}"#))
        #expect(answer.text(.reasoning) == "aba")
    }

    @Test("the rest of an answer that repeats itself in a message is not heard twice, nor missed")
    func message() {
        let object = #"{"choices":[{"index":0,"message":{"content":"whole"}}]}"#
        let answer = HeardAnswer.toEvents("{}", object, object, chunk(#"{"content":"x"}"#), object)
        #expect(answer.text == "wholex")
    }

    @Test("a text that is torn within a surrogate pair is put together")
    func torn() {
        let answer = HeardAnswer.toEvents(
            chunk(#"{"content":"a"}"#), chunk(#"{"content":"b\ud83d"}"#), chunk(#"{"content":"\ude00c"}"#),
            chunk(#"{"content":"\ud83d"}"#), chunk(#"{"content":"d"}"#))
        #expect(answer.text == "ab😀c\u{FFFD}d")
    }

    @Test("usage that is counted up in every chunk is the last one")
    func usage() {
        func object(_ text: String, _ output: Int) -> String {
            #"{"choices":[{"index":0,"delta":{"content":"\#(text)"}}],"usage":{"prompt_tokens":1,"completion_tokens":\#(output)}}"#
        }
        let answer = HeardAnswer.toEvents(object("a", 1), object("b", 1), object("c", 2), object("d", 1))
        #expect(answer.text == "abcd")
        #expect(answer.usage == TokenUsage(input: 1, output: 1))
    }

    @Test("an event larger than its limit is refused, also when its shape is known")
    func limit() {
        let long = String(repeating: "x", count: 2_000)
        let body = "data: \(chunk(#"{"content":"a"}"#))\n\ndata: \(chunk(#"{"content":"\#(long)"}"#))\n\n"
        var limits = DecoderLimits()
        limits.maxEventBytes = 1_000
        for way in [SplitFeeder.Way.whole, .every(1)] {
            let answer = HeardAnswer(SplitFeeder(body), way, limits: limits)
            #expect(answer.text == "a")
            #expect(answer.isMalformed)
        }
    }

    /// An event, or what may stand between two. `text` is where its texts go.
    private static func event(text: String, _ generator: inout SeededGenerator) -> String {
        let end = generator.chance(1, in: 4) ? "\r\n\r\n" : "\n\n"
        let deltas = [
            #"{"content":"\#(text)"}"#, #"{"content":"\#(text)"}"#, #"{"role":"assistant","content":"\#(text)"}"#,
            #"{"content":"\#(text)","reasoning_content":null}"#, #"{"content":"","reasoning_content":"\#(text)"}"#,
            #"{"reasoning":"\#(text)","reasoning_content":"\#(text)"}"#, #"{"reasoning":"a","content":"\#(text)"}"#,
            #"{"content":null,"reasoning":null,"reasoning_details":[{"type":"t","text":"\#(text)"}]}"#,
            #"{"content":[{"type":"text","text":"\#(text)"}]}"#, #"{"refusal":"\#(text)"}"#, #"{"content":null}"#,
            #"{"content":"\#(text)","tool_calls":[]}"#,
            #"{"tool_calls":[{"index":0,"function":{"arguments":"\#(text)"}}]}"#, #"{"content":7}"#, "{}",
        ]
        let delta = deltas.randomElement(using: &generator) ?? "{}"
        let objects = [
            chunk(delta), chunk(delta), chunk(delta), chunk(delta, finishReason: "stop"),
            #"{"choices":[{"index":1,"delta":\#(delta)}],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#,
            #"{"choices":[{"delta":\#(delta),"index":2}]}"#,
            #"{"choices":[{"index":0,"delta":\#(delta)},{"index":1,"delta":\#(delta)}]}"#,
            #"{"choices":[{"index":0,"delta":\#(delta),"message":{"content":"\#(text)"}}],"model":"m2"}"#,
            #"{"choices":[{"index":0,"delta":\#(delta),"logprobs":{"content":[]}}]}"#,
            #"{ "id" : "\#(generator.next())", "choices" : [ { "index" : 0, "delta" : \#(delta) } ] }"#,
            #"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}"#,
        ]
        let object = objects.randomElement(using: &generator) ?? "{}"
        let events = [
            "data: \(object)", "data: \(object)", "data: \(object)", "data:\(object)", "id: 7\ndata: \(object)",
            "event: message\ndata: \(object)", ": ping\ndata: \(object)", ": only a comment", "data: \(object)\nid: 8",
            "retry: 5",
        ]
        return (events.randomElement(using: &generator) ?? "") + end
    }

    /// A text as it stands between quotes.
    private static func text(_ generator: inout SeededGenerator) -> String {
        let texts = [
            "a", "bc", " word", "\\n", "\\\"", "ü", "日本", "😀", "\\ud83d", "\\ude00", "", "\\u00e9", "}]}\\n\\n",
        ]
        return (0..<Int.random(in: 0...3, using: &generator)).map { _ in
            texts.randomElement(using: &generator) ?? ""
        }.joined()
    }
}
