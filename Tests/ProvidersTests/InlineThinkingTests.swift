import BridgeTestKit
import Providers
import Testing

@Suite("Reasoning that a model writes into its text")
struct InlineThinkingTests {
    private func hear(_ texts: [String], isOn: Bool = true) -> HeardAnswer {
        let events = texts.map { "data: \(chunk("{\"content\":\"\($0)\"}"))\n\n" }
        return HeardAnswer.everyWay(
            events.joined() + "data: [DONE]\n\n", options: DecoderOptions(readsInlineThinking: isOn))
    }

    @Test(
        "what stands between the tags at a text's beginning is reasoning",
        arguments: [
            (["<think>hm</think>so"], "hm", "so"), (["<think>", "h", "m", "</think>", "so"], "hm", "so"),
            (["<thi", "nk>hm</th", "ink>so"], "hm", "so"), (["\\n ", " <think>hm</think>\\n\\nso"], "hm", "\n\nso"),
            (["\\u003cthink\\u003ehm \\u003C\\u002Fthink\\u003Eso"], "hm ", "so"), (["<think>a<\\/think>b"], "a", "b"),
            (["<think>a</thin", "g> b</think", "> c"], "a</thing> b", " c"), (["<think></think>so"], "", "so"),
            (["<think>a<", "b</think>c"], "a<b", "c"), (["<think>never closed</thi"], "never closed</thi", ""),
            (["<think>a\\ud83d", "\\ude00</think>b"], "a😀", "b"), (["<think>a\\ud83d"], "a\u{FFFD}", ""),
        ] as [([String], String, String)])
    func thinking(texts: [String], reasoning: String, text: String) {
        let answer = hear(texts)
        #expect(answer.text(.reasoning) == reasoning)
        #expect(answer.text == text)
    }

    @Test(
        "anything else is text, whole and unchanged",
        arguments: [
            ["so <think>hm</think>"], ["<thi", "s> is"], ["<thin"], ["  "], [" \\n", "x"], ["<think", "ing>x"],
            ["<\\u0074hinx"], ["x", "<think>y</think>"], [String(repeating: " ", count: 300), "<think>x</think>"],
        ])
    func text(texts: [String]) {
        let answer = hear(texts)
        #expect(answer.text(.reasoning).isEmpty)
        #expect(answer.text == hear(texts, isOn: false).text)
    }

    @Test("each choice has a beginning of its own")
    func choices() {
        func object(_ choice: Int, _ text: String) -> String {
            #"{"choices":[{"index":\#(choice),"delta":{"content":"\#(text)"}}]}"#
        }
        let answer = HeardAnswer.toEvents(
            object(0, "<think>a"), object(1, "b<think>"), object(0, "</think>c"),
            options: DecoderOptions(readsInlineThinking: true))
        #expect(answer.text(.reasoning) == "a" && answer.text == "c" && answer.text(choice: 1) == "b<think>")
    }

    @Test("a message that repeats what is still held is not heard twice")
    func message() {
        let event = #"{"choices":[{"index":0,"delta":{"content":"<"},"message":{"content":"<"}}]}"#
        let answer = HeardAnswer.toEvents(event, options: DecoderOptions(readsInlineThinking: true))
        #expect(answer.text == "<")
    }

    @Test("it is so in every dialect")
    func dialects() {
        let answer = HeardAnswer.everyWay(
            #"{"message":{"content":"\u003cthink"}}"# + "\n"
                + #"{"message":{"content":"\u003ehm\u003c/think\u003eso"}}"#,
            dialect: .ollama, options: DecoderOptions(readsInlineThinking: true))
        #expect(answer.text(.reasoning) == "hm" && answer.text == "so")
    }
}
