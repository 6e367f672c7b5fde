import BridgeTestKit
import Providers
import Testing

@Suite("Streams broken at random")
struct BrokenStreamTests {
    private static let chat = Array(
        """
        : hi
        data: \(chunk(#"{"role":"assistant","content":""}"#))

        data: \(chunk(#"{"content":"a\ud83d"}"#))

        event: chunk
        data: \(chunk(#"{"content":"\ude00é","reasoning":"hm"}"#))

        data: \(chunk(#"{"tool_calls":[{"index":0,"id":"t","function":{"name":"f","arguments":"{\"a\""}}]}"#))

        data: {"choices":[{"delta":{"content":[{"type":"text","text":"b"}]},"index":1,"logprobs":{"content":[{"token":"b"}]}}],
        data: "usage":{"prompt_tokens":1,"completion_tokens":2}}

        data: \(chunk("{}", finishReason: "stop"))

        data: [DONE]


        """.utf8)

    private static let responses = Array(
        """
        event: response.created
        data: {"type":"response.created","response":{"id":"r","created_at":1700000000,"model":"m","status":"in_progress"}}

        data: {"type":"response.output_text.delta","item_id":"i","output_index":0,"delta":"a\\ud83d"}

        data: {"type":"response.output_text.delta","item_id":"i","output_index":0,"delta":"\\ude00é"}

        data: {"type":"response.output_item.done","output_index":1,"item":{"id":"f","type":"function_call","call_id":"c","name":"f","arguments":"{}"}}

        data: {"type":"response.completed","response":{"status":"completed","output":[{"id":"i","type":"message","content":[{"text":"a"}]},{"id":"f","type":"function_call","call_id":"c","name":"f","arguments":"{}"},{"id":"x","type":"message","content":[{"text":"b"}]}],"usage":{"input_tokens":1,"output_tokens":2}}}


        """.utf8)

    private static let anthropic = Array(
        """
        event: message_start
        data: {"type":"message_start","message":{"id":"m","model":"c","usage":{"input_tokens":1,"output_tokens":1}}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a\\ud83d"}   }

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\\ude00é"} }

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"b"}}

        data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}}

        data: {"type":"content_block_delta","index":1,"delta":{"partial_json":"{\\"a\\""}}

        data: {"type":"content_block_stop","index":1}

        data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":9}}

        data: {"type":"message_stop"}


        """.utf8)

    private static let gemini = Array(
        """
        data: {"candidates":[{"content":{"parts":[{"text":"a\\ud83d","thought":true}]},"index":0}],"responseId":"R"}\r
        \r
        data: {"candidates":[{"content":{"parts":[{"text":"\\ude00é","thought":true},{"text":"b"}]}}]}\r
        \r
        data: {"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"a":1}}}]},"finishReason":"STOP"}],\r
        data: "usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2}}\r
        \r

        """.utf8)

    private static let ollama = Array(
        """
        {"model":"q","created_at":"2025-03-10T01:51:23.5Z","message":{"content":"","thinking":"a\\ud83d"}}
        {"model":"q","message":{"content":"","thinking":"\\ude00é"}}
        {"model":"q","message":{"content":"b","tool_calls":[{"function":{"name":"f","arguments":{"a":[1]}}}]}}
        {"model":"q","done":true,"done_reason":"stop","prompt_eval_count":2,"eval_count":3}
        """.utf8)

    private static func stream(_ dialect: Dialect) -> [UInt8] {
        switch dialect {
        case .chatCompletions: chat
        case .responses: responses
        case .anthropic: anthropic
        case .gemini: gemini
        case .ollama: ollama
        }
    }

    @Test("unbroken, they are whole answers", arguments: Dialect.allCases)
    func unbroken(dialect: Dialect) {
        let answer = HeardAnswer(SplitFeeder(Self.stream(dialect)), dialect: dialect)
        #expect(answer.text.hasSuffix("b") || dialect == .chatCompletions)
        #expect((answer.text + answer.text(.reasoning)).contains("a😀é"))
        #expect(answer.toolCalls().count == 1 && answer.kinds.count == 1 && answer.usage != nil)
    }

    @Test("whatever bytes change, the answer ends, and is the same in every split", arguments: Dialect.allCases, 0..<16)
    func changes(dialect: Dialect, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        // Bytes that the grammars care about break more than evenly spread ones.
        let interesting = Array("\r\n:{}[]\",\\ du0e".utf8) + [0x00, 0x80, 0xC3, 0xED, 0xEF, 0xFF]
        for round in 0..<24 {
            var bytes = Self.stream(dialect)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = interesting[Int.random(in: 0..<interesting.count, using: &random)]
                case 1: bytes.remove(at: place)
                default: bytes.removeSubrange(place..<min(place + 40, bytes.count))
                }
            }
            let feeder = SplitFeeder(bytes)
            let options = DecoderOptions(
                keepsExtra: round.isMultiple(of: 3), readsInlineThinking: round.isMultiple(of: 2))
            let whole = HeardAnswer(feeder, dialect: dialect, options: options)
            var ways: [SplitFeeder.Way] = [.bytewise, .every(7), .every(64)]
            for _ in 0..<8 {
                let cuts = (0..<3).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
                ways.append(.at(cuts))
            }
            for way in ways {
                #expect(
                    HeardAnswer(feeder, way, dialect: dialect, options: options) == whole,
                    "seed \(seed), \(way): \(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }
}
