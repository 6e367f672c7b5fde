import BridgeTestKit
import Foundation
import Providers
import Testing

/// Answers of real servers, in the folder that `TRIBUTARY_RECORDINGS` names; not part of this repository.
enum Recordings {
    static let folder = ProcessInfo.processInfo.environment["TRIBUTARY_RECORDINGS"].map { URL(filePath: $0) }

    static let areThere: Bool = {
        if folder == nil {
            print("SKIPPED: TRIBUTARY_RECORDINGS is not set, so no recording of a real server is tested")
        }
        return folder != nil
    }()

    /// Of the index's table: the streams of dialects that are spoken here.
    static var streams: [Recording] {
        guard let folder, let index = try? String(contentsOf: folder.appending(path: "INDEX.md"), encoding: .utf8)
        else {
            return []
        }
        return index.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count > 2, let dialect = Self.dialect(cells[1]) else { return nil }
            return Recording(name: cells[0], dialect: dialect)
        }
    }

    private static func dialect(_ words: String) -> Dialect? {
        switch words {
        case "OpenAI-style chat.completions": .chatCompletions
        case "OpenAI Responses": .responses
        case "Anthropic Messages": .anthropic
        case "Gemini": .gemini
        default: nil
        }
    }

    static var errors: [String] {
        guard let folder else { return [] }
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "errors").path)
        return (names ?? []).filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: try #require(folder).appending(path: name)))
    }
}

struct Recording: CustomTestStringConvertible {
    var name: String
    var dialect: Dialect

    var testDescription: String { name }
}

/// What a recording's sidecar says is in it.
struct Sidecar: Decodable {
    struct ToolCall: Decodable {
        var id: String
        var name: String
        var arguments: String
    }

    struct Choice: Decodable {
        var text: String
        var finish_reason: String?
        var tool_calls: [ToolCall]
    }

    /// All members of all dialects; each uses some.
    struct Usage: Decodable {
        struct Details: Decodable {
            var reasoning_tokens: Int?
            var thinking_tokens: Int?
            var cached_tokens: Int?
        }

        var prompt_tokens: Int?
        var completion_tokens: Int?
        var completion_tokens_details: Details?
        var prompt_tokens_details: Details?
        var prompt_cache_hit_tokens: Int?
        var cached_tokens: Int?

        var input_tokens: Int?
        var output_tokens: Int?
        var input_tokens_details: Details?
        var output_tokens_details: Details?
        var cache_creation_input_tokens: Int?
        var cache_read_input_tokens: Int?

        var promptTokenCount: Int?
        var candidatesTokenCount: Int?
        var thoughtsTokenCount: Int?
        var cachedContentTokenCount: Int?

        func tokens(_ dialect: Dialect) -> TokenUsage {
            switch dialect {
            case .chatCompletions, .ollama:
                TokenUsage(
                    input: prompt_tokens ?? -1, output: completion_tokens ?? -1,
                    reasoning: completion_tokens_details?.reasoning_tokens,
                    cached: prompt_tokens_details?.cached_tokens ?? prompt_cache_hit_tokens ?? cached_tokens)
            case .responses:
                TokenUsage(
                    input: input_tokens ?? -1, output: output_tokens ?? -1,
                    reasoning: output_tokens_details?.reasoning_tokens, cached: input_tokens_details?.cached_tokens)
            case .anthropic:
                TokenUsage(
                    input: (input_tokens ?? -1) + (cache_creation_input_tokens ?? 0) + (cache_read_input_tokens ?? 0),
                    output: output_tokens ?? -1, reasoning: output_tokens_details?.thinking_tokens,
                    cached: cache_read_input_tokens)
            case .gemini:
                TokenUsage(
                    input: promptTokenCount ?? -1, output: (candidatesTokenCount ?? 0) + (thoughtsTokenCount ?? 0),
                    reasoning: thoughtsTokenCount, cached: cachedContentTokenCount)
            }
        }
    }

    struct ReportedError: Decodable {
        struct Body: Decodable {
            var message: String
        }

        var error: Body
    }

    struct Statistics: Decodable {
        var logprob_tokens: Int?
        var models: [String]?
    }

    var content_type: String?
    var expected_text: String
    var expected_reasoning: String
    var expected_refusal: String?
    var expected_tool_calls: [ToolCall]
    var expected_choices: [String: Choice]?
    var finish_reason: String?
    var usage: Usage?
    var errors: [ReportedError]
    var terminator: String
    var stats: Statistics
}

@Suite("Recordings of streams", .enabled(if: Recordings.areThere))
struct RecordingTests {
    /// Recordings up to this many bytes are cut in two at every byte, larger ones at 24 evenly spread ones; all are
    /// also read whole, byte by byte, in pieces of 1,000 and of 16,384 bytes.
    static let everyCutUpTo = 8192

    @Test("the table of recordings is there")
    func table() {
        let streams = Recordings.streams
        for (dialect, count) in [(Dialect.chatCompletions, 40), (.responses, 5), (.anthropic, 6), (.gemini, 1)] {
            #expect(streams.filter { $0.dialect == dialect }.count > count)
        }
        #expect(Recordings.errors.count > 30)
    }

    @Test("a recorded stream gives what its sidecar says, in every split", arguments: Recordings.streams)
    func stream(recording: Recording) throws {
        let body = try Recordings.bytes(recording.name)
        let sidecarBytes = try Recordings.bytes(String(recording.name.dropLast(3)) + "json")
        let sidecar = try JSONDecoder().decode(Sidecar.self, from: Data(sidecarBytes))
        let feeder = SplitFeeder(body)
        let whole = HeardAnswer(feeder, contentType: sidecar.content_type, dialect: recording.dialect)
        check(whole, against: sidecar, recording.dialect, isEmpty: body.isEmpty)

        let stride = body.count > Self.everyCutUpTo ? body.count / 24 : 1
        for way in feeder.ways(stride: stride) + [.every(1000), .every(16384)] {
            let answer = HeardAnswer(feeder, way, contentType: sidecar.content_type, dialect: recording.dialect)
            #expect(answer == whole, "\(way)")
        }
        // The first byte tells, whatever the header says.
        #expect(HeardAnswer(feeder, contentType: nil, dialect: recording.dialect) == whole)
    }

    private func check(_ answer: HeardAnswer, against sidecar: Sidecar, _ dialect: Dialect, isEmpty: Bool) {
        #expect(answer.text == sidecar.expected_text)
        #expect(answer.text(.reasoning) == sidecar.expected_reasoning)
        #expect(answer.text(.refusal) == sidecar.expected_refusal ?? "")
        #expect(answer.toolCalls() == sidecar.expected_tool_calls.map(ToolCall.init))
        // Responses say "failed" after an error; by then nothing is read any more.
        #expect(answer.finishReason == (sidecar.finish_reason == "failed" ? nil : sidecar.finish_reason))
        #expect(answer.usage == sidecar.usage?.tokens(dialect))
        #expect(answer.error?.message == sidecar.errors.first?.error.message)
        if let models = sidecar.stats.models {
            #expect(answer.metadata.model == models.first { !$0.isEmpty })
        } else if sidecar.errors.isEmpty {
            #expect(answer.metadata.model != nil && answer.metadata.id != nil)
        }
        #expect(answer.isEmptyBody == isEmpty)
        check(answer, choices: sidecar.expected_choices ?? [:])
        let logprobTokens = answer.deltas.reduce(0) {
            $0 + $1.logprobs.components(separatedBy: "\"top_logprobs\"").count - 1
        }
        #expect(logprobTokens == sidecar.stats.logprob_tokens ?? 0)
        #expect(answer.deltas.allSatisfy { !$0.content.isEmpty || !$0.id.isEmpty || !$0.name.isEmpty })
        guard sidecar.errors.isEmpty else { return }
        let last = ["[DONE]", "message_stop", "response.completed"]
        #expect(answer.state == (last.contains(sidecar.terminator) ? .done : .streaming))
        #expect(answer.isUsageCurrent == (answer.usage != nil))
    }

    private func check(_ answer: HeardAnswer, choices: [String: Sidecar.Choice]) {
        if !choices.isEmpty { #expect(answer.finishReasons.count == choices.count) }
        for (key, choice) in choices {
            let index = Int(key) ?? -1
            #expect(answer.text(choice: index) == choice.text)
            #expect(answer.finishReasons.first { $0.choice == index }?.reason == choice.finish_reason)
            #expect(answer.toolCalls(choice: index) == choice.tool_calls.map(ToolCall.init))
        }
    }

    private typealias ToolCall = HeardAnswer.ToolCall
}

extension HeardAnswer.ToolCall {
    fileprivate init(_ call: Sidecar.ToolCall) {
        self.init(id: call.id, name: call.name, arguments: call.arguments)
    }
}

@Suite("Recordings of errors", .enabled(if: Recordings.areThere))
struct ErrorRecordingTests {
    struct Recorded: Decodable {
        var status: Int?
        var headers: [String: String]

        func header(_ name: String) -> String? {
            headers.first { $0.key.lowercased() == name }?.value
        }
    }

    /// What a recording's name promises: `provider_status_what`.
    private func expectedClass(_ name: String, status: Int) -> ProviderFailure.Class {
        if name.hasSuffix("_context") { return .contextLength }
        if name.hasSuffix("_auth") || name == "nginx_401_basic" { return .invalidKey }
        if name.contains("_404_model_name") { return .modelNotFound }
        switch status {
        case 400: return .badRequest
        case 429: return .rateLimited
        default: return .other
        }
    }

    @Test("a recorded error is understood as what its name says", arguments: Recordings.errors)
    func error(name: String) throws {
        let recorded = try JSONDecoder().decode(Recorded.self, from: Data(try Recordings.bytes("errors/\(name).json")))
        guard let status = recorded.status, status != 200 else { return }
        let body = try Recordings.bytes("errors/\(name).body")
        let failure = classify(
            status: status, header: recorded.header, body: body.span, unixMilliseconds: 1_700_000_000_000)
        #expect(failure.class == expectedClass(name, status: status))
        #expect(failure.retryable == (status == 429 || status >= 500))
        #expect(failure.error.status == status)
        #expect(failure.error.message?.isEmpty == false, "something to tell a person")
        #expect(failure.error.body.utf8.count <= 2048)
        #expect(failure.error.isJSON == (body.first == UInt8(ascii: "{")))
        switch name {
        case "nginx_429_retry_after": #expect(failure.retryAfterMilliseconds == 60_000)
        case "gemini_429_quota": #expect(failure.retryAfterMilliseconds == 48_000)
        default: #expect(failure.retryAfterMilliseconds == nil)
        }
    }
}
