import Fuzzing
import Providers

/// All that a decoder says of one body, read out after every chunk, as its owner does.
struct HeardAnswer: Equatable, CustomStringConvertible {
    struct Piece: Equatable {
        let kind: Delta.Kind
        let choice: Int
        let toolIndex: Int
        /// Escaped, like id and name.
        let content: [UInt8]
        let id: [UInt8]
        let name: [UInt8]
        let logprobs: [UInt8]
    }

    struct FinishReason: Equatable {
        let choice: Int
        let reason: String
    }

    private(set) var pieces: [Piece] = []
    private(set) var metadata = AnswerMetadata()
    private(set) var finishReasons: [FinishReason] = []
    private(set) var usage: TokenUsage?
    private(set) var extra: [UInt8]?
    private(set) var state = DecoderState.streaming

    /// How the answer is to be read.
    struct Asked {
        let dialect: Dialect
        let options: DecoderOptions
        let contentType: String?
        let limits: DecoderLimits
    }

    init(to body: ArraySlice<UInt8>, _ splits: Splits, _ asked: Asked) {
        let limits = asked.limits
        var decoder = AnswerDecoder(
            dialect: asked.dialect, contentType: asked.contentType, options: asked.options, limits: limits)
        var batch = DeltaBatch()
        var isOver = false
        splits.feed(body) { chunk in
            let expectsMore = decoder.feed(chunk, into: &batch)
            demand(expectsMore == (decoder.state == .streaming), "a decoder knows when it expects more")
            demand(!isOver || batch.isEmpty, "nothing comes after a final state")
            isOver = !expectsMore
            demand(
                decoder.heldByteCount <= limits.maxEventBytes + limits.maxBodyBytes + 8, "what is held is bounded")
            take(&batch)
        }
        decoder.finish(into: &batch)
        demand(!isOver || batch.isEmpty, "nothing comes after a final state")
        take(&batch)
        demand(decoder.hasOutput == !pieces.isEmpty, "a decoder knows whether it has made a delta")
        demand(decoder.isEmptyBody == body.isEmpty, "a decoder knows whether anything came")
        metadata = decoder.metadata
        finishReasons = decoder.finishReasons.map { FinishReason(choice: $0.choice, reason: $0.word) }
        usage = decoder.usage
        extra = decoder.extra
        state = decoder.state
    }

    private mutating func take(_ batch: inout DeltaBatch) {
        var end = 0
        for delta in batch.deltas {
            demand(Int(delta.offset) == end, "deltas have their bytes in order, and no others are between")
            end = delta.logprobsRange.upperBound
            pieces.append(
                Piece(
                    kind: delta.kind, choice: Int(delta.choice), toolIndex: Int(delta.toolIndex),
                    content: Array(batch.bytes[delta.contentRange]), id: Array(batch.bytes[delta.idRange]),
                    name: Array(batch.bytes[delta.nameRange]), logprobs: Array(batch.bytes[delta.logprobsRange])))
        }
        demand(batch.bytes.count == end, "no stray bytes")
        batch.removeAll()
    }

    var description: String {
        func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
        let lines = pieces.map {
            "\($0.kind) \($0.choice) \($0.toolIndex) \(text($0.content)) \(text($0.id)) \(text($0.name)) \(text($0.logprobs))"
        }
        return lines.joined(separator: "\n")
            + "\n\(metadata) \(finishReasons) \(usage.map { "\($0)" } ?? "no usage") \(state)"
    }
}
