import BridgeTestKit
import Providers
import Testing

@Suite("Content fields of chat completions")
struct ContentFieldTests {
    private func deltas(_ delta: String) -> [HeardDelta] { HeardAnswer.toEvents(chunk(delta)).deltas }

    @Test(
        "what says nothing gives no delta",
        arguments: [
            "{}", "null", #"{"role":"assistant"}"#, #"{"role":"assistant","content":null}"#, #"{"content":""}"#,
            #"{"content":[]}"#, #"{"content":7}"#, #"{"reasoning":null,"reasoning_details":[]}"#,
            #"{"tool_calls":null}"#,
            #"{"tool_calls":[]}"#, #"{"tool_calls":[{"index":0,"function":{"arguments":""}}]}"#, #"{"refusal":null}"#,
            #"{"function_call":null}"#, "[]", "\"x\"", #"{"unknown":{"content":"x"}}"#,
        ])
    func nothing(delta: String) {
        #expect(deltas(delta).isEmpty)
        #expect(HeardAnswer.toEvents(chunk(delta)).state == .streaming)
    }

    @Test("text keeps the escapes it came with and is otherwise untouched")
    func escapes() {
        #expect(deltas(#"{"content":"a\n\"b\" \u00e9 é😀 \\"}"#) == [HeardDelta(content: #"a\n\"b\" \u00e9 é😀 \\"#)])
    }

    @Test("invalid UTF-8 and lone surrogates become replacement characters")
    func repair() {
        let broken =
            Array("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a".utf8) + [0xE2, 0x82]
            + Array("b\\udc00\"}}]}\n\n".utf8)
        let feeder = SplitFeeder(broken)
        for way in feeder.ways() { #expect(HeardAnswer(feeder, way).text == "a\u{FFFD}b\u{FFFD}", "\(way)") }
    }

    @Test("reasoning and reasoning_content are the same field, and said twice it counts once")
    func reasoning() {
        let expected = [HeardDelta(kind: .reasoning, content: "hm")]
        #expect(deltas(#"{"reasoning_content":"hm"}"#) == expected)
        #expect(deltas(#"{"reasoning":"hm"}"#) == expected)
        #expect(deltas(#"{"reasoning":"hm","reasoning_content":"hm"}"#) == expected)
        #expect(deltas(#"{"reasoning_content":"hm","content":null,"reasoning":"hm"}"#) == expected)
        #expect(deltas(#"{"reasoning":"","reasoning_content":"hm"}"#) == expected)
        #expect(
            deltas(#"{"content":"","reasoning":"hm","reasoning_details":[{"type":"reasoning.text","text":"hm"}]}"#)
                == expected)
        #expect(deltas(#"{"reasoning_details":[{"type":"reasoning.text","text":"hm"}]}"#) == expected)
        #expect(
            deltas(#"{"reasoning_details":[{"type":"reasoning.summary","summary":"hm"}],"reasoning":null}"#) == expected
        )
    }

    @Test("a chunk with two fields gives two deltas")
    func twoFields() {
        #expect(
            deltas(#"{"reasoning_content":"hm","content":"so"}"#)
                == [HeardDelta(kind: .reasoning, content: "hm"), HeardDelta(content: "so")])
    }

    @Test("content may be an array of parts: text is text, thinking is reasoning, anything else nothing")
    func parts() {
        #expect(
            deltas(
                #"{"content":[{"type":"thinking","thinking":[{"type":"text","text":"h"},{"text":"m","type":"text"}],"closed":true},{"type":"text","text":"so"},"what",{"type":"image_url","image_url":{"url":"x"}},{"type":"reference","reference_ids":[1]},{"type":"refusal","refusal":"no"},null]}"#
            )
                == [
                    HeardDelta(kind: .reasoning, content: "h"), HeardDelta(kind: .reasoning, content: "m"),
                    HeardDelta(content: "so"), HeardDelta(content: "what"), HeardDelta(kind: .refusal, content: "no"),
                ])
        #expect(
            deltas(#"{"content":[{"type":"thinking","thinking":"hm"}]}"#) == [
                HeardDelta(kind: .reasoning, content: "hm")
            ])
    }

    @Test("a refusal is a field of its own")
    func refusal() {
        #expect(deltas(#"{"content":null,"refusal":"no"}"#) == [HeardDelta(kind: .refusal, content: "no")])
    }

    @Test("a key written with escapes is the same key")
    func escapedKeys() {
        #expect(deltas(#"{"cont\u0065nt":"x"}"#) == [HeardDelta(content: "x")])
    }

    @Test("a whole message in a stream counts only where no delta came before")
    func wholeMessage() {
        let message =
            #"{"choices":[{"index":0,"message":{"content":"all of it"},"delta":{"content":""},"finish_reason":"stop"}]}"#
        #expect(HeardAnswer.toEvents(message).text == "all of it")
        #expect(
            HeardAnswer.toEvents(chunk(#"{"content":"all "}"#), chunk(#"{"content":"of it"}"#), message).text
                == "all of it")
        let both = #"{"choices":[{"index":0,"message":{"content":"a"},"delta":{"content":"a"}}]}"#
        #expect(HeardAnswer.toEvents(both).text == "a")
    }
}

@Suite("Choices of chat completions")
struct ChoiceTests {
    @Test("members of a choice and of a chunk may come in any order")
    func order() {
        let answer = HeardAnswer.toEvents(
            #"{"choices":[{"finish_reason":"stop","logprobs":{"content":[{"token":"x"}]},"delta":{"content":"x"},"index":3}],"model":"m","id":"i"}"#
        )
        #expect(answer.deltas == [HeardDelta(choice: 3, content: "x", logprobs: #"{"content":[{"token":"x"}]}"#)])
        #expect(answer.finishReasons == [HeardAnswer.FinishReason(choice: 3, reason: "stop")])
        #expect(answer.metadata == AnswerMetadata(model: "m", id: "i"))
    }

    @Test("several choices in one chunk and in turns are told apart")
    func several() {
        let answer = HeardAnswer.toEvents(
            #"{"choices":[{"index":0,"delta":{"content":"a"}},{"delta":{"content":"b"},"index":1}]}"#,
            #"{"choices":[{"index":1,"delta":{"content":"B"},"finish_reason":"length"}]}"#,
            #"{"choices":[{"index":0,"delta":{"content":"A"},"finish_reason":"stop"}]}"#,
            #"{"choices":[{"index":70,"delta":{"content":"z"}},{"index":71,"message":{"content":"y"}}]}"#)
        #expect(answer.text(choice: 0) == "aA")
        #expect(answer.text(choice: 1) == "bB")
        #expect(answer.finishReasons.map(\.choice) == [1, 0])
        #expect(answer.text(choice: 70) == "z")
    }

    @Test("a choice without index is the first")
    func noIndex() {
        #expect(HeardAnswer.toEvents(#"{"choices":[{"delta":{"content":"x"}}]}"#).deltas == [HeardDelta(content: "x")])
    }

    @Test("the latest finish reason of a choice counts; null and empty ones say nothing")
    func finishReasons() {
        let answer = HeardAnswer.toEvents(
            chunk("{}", finishReason: "stop"), chunk("{}"), chunk("{}", finishReason: ""),
            chunk("{}", finishReason: "tool_calls"))
        #expect(answer.finishReasons == [HeardAnswer.FinishReason(choice: 0, reason: "tool_calls")])
        #expect(HeardAnswer.toEvents(chunk("{}")).finishReasons.isEmpty)
    }

    @Test("logprobs go with their delta, as JSON on one line; empty ones do not")
    func logprobs() {
        func deltas(_ logprobs: String) -> [HeardDelta] {
            HeardAnswer.everyWay(
                "data: {\"choices\":[{\"index\":0,\ndata: \"delta\":{\"content\":\"x\"},\"logprobs\":\(logprobs)}]}\n\n"
            ).deltas
        }
        #expect(
            deltas("{ \"content\" : [\ndata: {\"token\":\"x\", \"logprob\":-0.5} ] }")
                == [HeardDelta(content: "x", logprobs: #"{"content":[{"token":"x","logprob":-0.5}]}"#)])
        for nothing in ["null", "{}", "[]", #"{"content":null,"refusal":null}"#, #"{"content":[],"refusal":null}"#] {
            #expect(deltas(nothing) == [HeardDelta(content: "x")])
        }
    }

    @Test("metadata is taken where it is first said, and not replaced")
    func metadata() {
        let answer = HeardAnswer.toEvents(
            #"{"choices":[],"id":"","model":"","created":0,"prompt_filter_results":[{}]}"#,
            #"{"choices":[],"id":"a","model":"m","created":7}"#, #"{"choices":[],"id":"b","model":"n","created":8}"#)
        #expect(answer.metadata == AnswerMetadata(model: "m", id: "a", created: 7))
    }

    @Test(
        "usage is understood wherever a provider puts it",
        arguments: [
            (#""usage":{"prompt_tokens":1,"completion_tokens":2}"#, TokenUsage(input: 1, output: 2)),
            (
                #""usage":{"prompt_tokens":1,"completion_tokens":2,"completion_tokens_details":{"reasoning_tokens":3},"prompt_tokens_details":{"cached_tokens":4}}"#,
                TokenUsage(input: 1, output: 2, reasoning: 3, cached: 4)
            ),
            (
                #""usage":{"prompt_tokens":1,"completion_tokens":2,"prompt_cache_hit_tokens":4}"#,
                TokenUsage(input: 1, output: 2, cached: 4)
            ),
            (
                #""usage":{"prompt_tokens":1,"completion_tokens":2,"cached_tokens":5,"reasoning_tokens":6,"prompt_tokens_details":null}"#,
                TokenUsage(input: 1, output: 2, reasoning: 6, cached: 5)
            ),
            (
                #""x_groq":{"id":"r","usage":{"prompt_tokens":1,"completion_tokens":2}}"#,
                TokenUsage(input: 1, output: 2)
            ),
            (#""usage":{"prompt_tokens":1.0,"completion_tokens":2}"#, TokenUsage(input: 1, output: 2)),
            (
                #""usage":{"prompt_tokens":-1,"completion_tokens":2,"cached_tokens":-5,"reasoning_tokens":-6}"#,
                TokenUsage(input: 0, output: 2, reasoning: 0, cached: 0)
            ),
            (#""usage":null"#, nil), (#""usage":{}"#, nil), (#""usage":[]"#, nil), (#""x_groq":{"id":"r"}"#, nil),
        ] as [(String, TokenUsage?)])
    func usage(member: String, expected: TokenUsage?) {
        #expect(HeardAnswer.toEvents(#"{"choices":[],\#(member)}"#).usage == expected)
    }

    @Test("the usage reported last counts")
    func lastUsage() {
        let answer = HeardAnswer.toEvents(
            #"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#,
            #"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":5}}"#, #"{"choices":[],"usage":null}"#)
        #expect(answer.usage == TokenUsage(input: 1, output: 5))
    }
}

@Suite("Surrogate pairs torn over deltas")
struct TornPairTests {
    @Test("the halves are put together, and nothing is sent of the first one before")
    func together() {
        let answer = HeardAnswer.toEvents(chunk(#"{"content":"a\ud83d"}"#), chunk(#"{"content":"\ude00b"}"#), "[DONE]")
        #expect(answer.deltas == [HeardDelta(content: "a"), HeardDelta(content: #"\ud83d\ude00b"#)])
    }

    @Test("each choice and field waits for its own other half")
    func apart() {
        let answer = HeardAnswer.toEvents(
            #"{"choices":[{"index":0,"delta":{"content":"\ud83d","reasoning":"\ud83e"}},{"index":1,"delta":{"content":"\ud83c"}}]}"#,
            #"{"choices":[{"index":1,"delta":{"content":"\udf0d"}},{"index":0,"delta":{"content":"\ude00","reasoning":"\udd14"}}]}"#
        )
        #expect(answer.text == "😀")
        #expect(answer.text(.reasoning) == "🤔")
        #expect(answer.text(choice: 1) == "🌍")
    }

    @Test("so do the arguments of each tool call")
    func toolCalls() {
        func piece(_ index: Int, _ arguments: String) -> String {
            chunk(#"{"tool_calls":[{"index":\#(index),"function":{"arguments":"\#(arguments)"}}]}"#)
        }
        let answer = HeardAnswer.toEvents(
            piece(0, #"a\ud83d"#), piece(1, #"b\ud83d"#), piece(0, #"\ude00"#), piece(1, #"\ude01"#))
        #expect(answer.toolCalls().map(\.arguments) == ["a😀", "b😁"])
    }

    @Test(
        "a half that waits in vain becomes a replacement character: when something else follows, at [DONE], at the end, on an error"
    )
    func inVain() {
        let half = chunk(#"{"content":"\ud83d"}"#)
        #expect(HeardAnswer.toEvents(half, chunk(#"{"content":"x"}"#)).text == "\u{FFFD}x")
        #expect(HeardAnswer.toEvents(half, "[DONE]").text == "\u{FFFD}")
        #expect(HeardAnswer.toEvents(half).text == "\u{FFFD}")
        #expect(HeardAnswer.toEvents(half, #"{"error":"boom"}"#).text == "\u{FFFD}")
        #expect(HeardAnswer.everyWay(#"{"choices":[{"index":0,"message":{"content":"a\ud83d"}}]}"#).text == "a\u{FFFD}")
    }
}
