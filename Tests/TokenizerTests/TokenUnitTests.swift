import Testing
import Tokenizer

@Suite("Units and estimates")
struct TokenUnitTests {
    @Test(
        "a model's name tells its vocabulary",
        arguments: [
            ("gpt-4o-mini", TokenUnit.o200k), ("gpt-4o", .o200k), ("openai/gpt-4o", .o200k), ("gpt-4.1-nano", .o200k),
            ("gpt-5", .o200k), ("o3-mini", .o200k),
            ("ft:gpt-4o:me:x", .o200k), ("openai/gpt-oss-120b", .o200k), ("chatgpt-4o-latest", .o200k),
            ("gpt-4", .cl100k), ("gpt-4-0613", .cl100k),
            ("gpt-4-turbo", .cl100k), ("gpt-3.5-turbo", .cl100k), ("gpt-35-turbo", .cl100k),
            ("ft:gpt-3.5-turbo:me", .cl100k),
            ("text-embedding-3-small", .cl100k), ("claude-haiku-4-5", .likeO200k(factor: 1.09)),
            ("models/gemini-2.5-flash", .likeO200k(factor: 1.03)), ("Qwen/Qwen3-32B", .likeO200k(factor: 1.02)),
            ("smollm2-135m", .general), ("", .general), ("a/", .general),
        ])
    func models(model: String, unit: TokenUnit) {
        #expect(TokenUnit(model: model) == unit)
    }

    @Test(
        "an estimate is bytes by a factor, rounded up",
        arguments: [
            ("", 4.0, 0), ("a", 4, 1), ("abcd", 4, 1), ("abcde", 4, 2), ("漢字", 3, 2), ("abc", 1.5, 2), ("abc", 0, 12),
        ])
    func estimate(text: String, bytesPerToken: Double, count: Int) {
        #expect(TokenEstimate.count(text.utf8Span.span, bytesPerToken: bytesPerToken) == count)
        #expect(TokenEstimate.count(escaped: text.utf8Span.span, bytesPerToken: bytesPerToken) == count)
    }

    @Test("escapes are estimated as what they stand for, in a text that is not looked at whole too")
    func escapes() {
        let text = String(repeating: #"\u00e9\n"#, count: 100)
        #expect(TokenEstimate.count(escaped: text.utf8Span.span, bytesPerToken: 3) == 100)
        let long = String(repeating: #"\u00e9\n"#, count: 100_000)
        #expect((99_000...101_000).contains(TokenEstimate.count(escaped: long.utf8Span.span, bytesPerToken: 3)))
    }
}
