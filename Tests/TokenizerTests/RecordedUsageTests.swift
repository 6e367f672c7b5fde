import Foundation
import Testing
import Tokenizer

/// Recorded answers of OpenAI's and what was billed for them, in the folder that `TRIBUTARY_RECORDINGS` names.
struct RecordedAnswer: Decodable, CustomTestStringConvertible {
    struct Call: Decodable {
        var name: String
        var arguments: String
    }

    struct Choice: Decodable {
        var text: String
    }

    struct Usage: Decodable {
        struct Details: Decodable {
            var reasoning_tokens: Int?
        }

        var completion_tokens: Int?
        var completion_tokens_details: Details?
    }

    struct Statistics: Decodable {
        var models: [String]?
    }

    var expected_text: String
    var expected_refusal: String
    var expected_tool_calls: [Call]
    var expected_choices: [String: Choice]?
    var usage: Usage?
    var stats: Statistics
    var name = ""
    var testDescription: String { name }

    private enum CodingKeys: CodingKey {
        case expected_text, expected_refusal, expected_tool_calls, expected_choices, usage, stats
    }

    static let folder = ProcessInfo.processInfo.environment["TRIBUTARY_RECORDINGS"].map { URL(filePath: $0) }

    /// Those that say what they cost, and were made by a model whose vocabulary is o200k.
    static let all: [RecordedAnswer] = {
        guard let folder = folder?.appending(path: "openai") else {
            print("SKIPPED: TRIBUTARY_RECORDINGS is not set, so no count is compared with what was billed")
            return []
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted().compactMap { name in
            guard let data = try? Data(contentsOf: folder.appending(path: name)),
                var answer = try? JSONDecoder().decode(RecordedAnswer.self, from: data)
            else { return nil }
            answer.name = name
            return answer.billed != nil && TokenUnit(model: answer.stats.models?.first ?? "") == .o200k ? answer : nil
        }
    }()

    /// What was billed for the answer that can be seen.
    var billed: Int? {
        usage?.completion_tokens.map { $0 - (usage?.completion_tokens_details?.reasoning_tokens ?? 0) }
    }

    /// A text for each choice; a tool call is its name and its arguments.
    var texts: [String] {
        let answers = expected_choices.map { $0.values.map(\.text) } ?? [expected_text]
        return answers + [expected_refusal] + expected_tool_calls.flatMap { [$0.name, $0.arguments] }
    }
}

/// Must hold where usage is estimated: after an abort, and where an upstream reports none.
@Suite("Counts, against what OpenAI billed", .enabled(if: RecordedAnswer.folder != nil))
struct RecordedUsageTests {
    @Test("there are recordings that say what they cost")
    func table() {
        #expect(RecordedAnswer.all.count >= 10)
    }

    /// The last token of some answers is one that ends them and cannot be seen. The answers of gpt-5 are wrapped into a
    /// few tokens more.
    @Test(
        "an answer is within 2 % of what was billed for it, or within what cannot be seen of it",
        arguments: RecordedAnswer.all)
    func usage(answer: RecordedAnswer) throws {
        let vocabulary = try Vocabularies.of(.o200k)
        let billed = try #require(answer.billed)
        let counted = answer.texts.reduce(ChatOverhead.toolCalls(answer.expected_tool_calls.count)) {
            $0 + vocabulary.count($1.utf8Span.span)
        }
        let deviation = (Double(counted - billed) * 100 / Double(billed)).formatted(
            .number.precision(.fractionLength(1)))
        print("usage: \(answer.name): billed \(billed), counted \(counted) (\(deviation) %)")
        let unseen = answer.stats.models?.first?.hasPrefix("gpt-5") == true ? 9 : 1
        #expect(counted <= billed)
        #expect(billed - counted <= max(billed / 50, unseen))
    }
}
