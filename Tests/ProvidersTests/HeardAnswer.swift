import BridgeTestKit
import ByteCoding
import Providers
import Testing

/// A delta with its bytes taken out of the batch.
struct HeardDelta: Equatable {
    var kind: Delta.Kind = .text
    var choice = 0
    var toolIndex = 0
    /// Still escaped, as it would go on the wire.
    var content = ""
    var id = ""
    var name = ""
    var logprobs = ""
}

/// All that a decoder said of one body, read out and forgotten after every piece, as its owner does.
struct HeardAnswer: Equatable {
    struct ToolCall: Equatable {
        var id = ""
        var name = ""
        var arguments = ""
    }

    struct FinishReason: Equatable {
        var choice: Int
        var reason: String
    }

    private(set) var deltas: [HeardDelta] = []
    private(set) var metadata = AnswerMetadata()
    private(set) var finishReasons: [FinishReason] = []
    /// What the reasons mean, in the same order.
    private(set) var kinds: [Providers.FinishReason.Kind] = []
    private(set) var usage: TokenUsage?
    private(set) var isUsageCurrent = false
    private(set) var extra: String?
    private(set) var state = DecoderState.streaming
    private(set) var isEmptyBody = true

    init(
        _ feeder: SplitFeeder, _ way: SplitFeeder.Way = .whole, contentType: String? = "text/event-stream",
        limits: DecoderLimits = DecoderLimits(), isFinished: Bool = true, dialect: Dialect = .chatCompletions,
        options: DecoderOptions = DecoderOptions()
    ) {
        var decoder = AnswerDecoder(dialect: dialect, contentType: contentType, options: options, limits: limits)
        var batch = DeltaBatch()
        feeder.feed(way) { chunk in
            decoder.feed(chunk, into: &batch)
            take(&batch)
        }
        if isFinished { decoder.finish(into: &batch) }
        take(&batch)
        metadata = decoder.metadata
        finishReasons = decoder.finishReasons.map { FinishReason(choice: $0.choice, reason: $0.word) }
        kinds = decoder.finishReasons.map(\.kind)
        isUsageCurrent = decoder.isUsageCurrent
        extra = decoder.extra.map { String(decoding: $0, as: UTF8.self) }
        usage = decoder.usage
        state = decoder.state
        isEmptyBody = decoder.isEmptyBody
        #expect(decoder.hasOutput == !deltas.isEmpty)
    }

    /// The answer to a stream of these events' data, the same in every way of splitting it.
    static func toEvents(
        _ data: String..., contentType: String? = "text/event-stream", dialect: Dialect = .chatCompletions,
        options: DecoderOptions = DecoderOptions(), sourceLocation: SourceLocation = #_sourceLocation
    ) -> HeardAnswer {
        everyWay(
            data.map { "data: \($0)\n\n" }.joined(), contentType: contentType, dialect: dialect, options: options,
            sourceLocation: sourceLocation)
    }

    /// The answer to this body, the same in every way of splitting it.
    static func everyWay(
        _ body: String, contentType: String? = "text/event-stream", dialect: Dialect = .chatCompletions,
        options: DecoderOptions = DecoderOptions(), sourceLocation: SourceLocation = #_sourceLocation
    ) -> HeardAnswer {
        let feeder = SplitFeeder(body)
        let whole = HeardAnswer(feeder, contentType: contentType, dialect: dialect, options: options)
        for way in feeder.ways() {
            let answer = HeardAnswer(feeder, way, contentType: contentType, dialect: dialect, options: options)
            #expect(answer == whole, "\(way)", sourceLocation: sourceLocation)
        }
        return whole
    }

    private mutating func take(_ batch: inout DeltaBatch) {
        for delta in batch.deltas {
            func text(_ range: Range<Int>) -> String { String(decoding: batch.bytes[range], as: UTF8.self) }
            deltas.append(
                HeardDelta(
                    kind: delta.kind, choice: Int(delta.choice), toolIndex: Int(delta.toolIndex),
                    content: text(delta.contentRange), id: text(delta.idRange), name: text(delta.nameRange),
                    logprobs: text(delta.logprobsRange)))
        }
        #expect(isValidUTF8(batch.bytes))
        #expect(batch.deltas.last.map { $0.logprobsRange.upperBound } ?? 0 == batch.bytes.count, "no stray bytes")
        batch.removeAll()
    }

    private func isValidUTF8(_ bytes: [UInt8]) -> Bool { ByteCoding.isValidUTF8(bytes.span) }

    // MARK: What it comes to

    func text(_ kind: Delta.Kind = .text, choice: Int = 0) -> String {
        unescaped(deltas.filter { $0.kind == kind && $0.choice == choice }.map(\.content).joined())
    }

    var text: String { text() }

    func toolCalls(choice: Int = 0) -> [ToolCall] {
        var calls: [Int: ToolCall] = [:]
        for delta in deltas where delta.kind == .toolCall && delta.choice == choice {
            calls[delta.toolIndex, default: ToolCall()].id += unescaped(delta.id)
            calls[delta.toolIndex, default: ToolCall()].name += unescaped(delta.name)
            calls[delta.toolIndex, default: ToolCall()].arguments += delta.content
        }
        return calls.sorted { $0.key < $1.key }.map {
            ToolCall(id: $0.value.id, name: $0.value.name, arguments: unescaped($0.value.arguments))
        }
    }

    var finishReason: String? { finishReasons.first { $0.choice == 0 }?.reason }

    var error: ProviderError? {
        if case .failed(let error) = state { error } else { nil }
    }

    var isMalformed: Bool {
        if case .malformed = state { true } else { false }
    }

    private func unescaped(_ content: String) -> String {
        let bytes = Array("\"\(content)\"".utf8)
        do throws(JSONError) {
            var reader = JSONReader(bytes.span)
            let text = try reader.readString()
            try reader.finish()
            return text
        } catch {
            Issue.record("the pieces joined are no string: \(error)")
            return ""
        }
    }
}

/// A chunk of the stream with this delta.
func chunk(_ delta: String, finishReason: String? = nil) -> String {
    let reason = finishReason.map { "\"\($0)\"" } ?? "null"
    return
        #"{"id":"c1","object":"chat.completion.chunk","created":1700000000,"model":"m1","choices":[{"index":0,"delta":"#
        + delta + #","logprobs":null,"finish_reason":"# + reason + "}]}"
}
