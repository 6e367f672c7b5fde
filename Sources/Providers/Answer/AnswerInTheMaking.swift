import ByteCoding
import EventStream

/// The part of a decoder that understands what events say: data in, deltas and state out.
struct AnswerInTheMaking {
    var draft: AnswerDraft
    private var reader: any DialectReader
    private(set) var state = DecoderState.streaming
    /// `state` is `streaming`, without looking into it for every event.
    private(set) var isStreaming = true
    private(set) var eventCount = 0

    init(dialect: Dialect, options: DecoderOptions, limits: DecoderLimits) {
        draft = AnswerDraft(options: options, limits: limits)
        reader = dialect.reader
    }

    /// What an event's name makes of its data.
    enum EventName {
        /// None: a piece of the answer.
        case none
        case error
        /// Some servers name their chunks, others send signs of life under names: only objects are pieces then.
        case other
    }

    /// Takes in the data of one event.
    mutating func take(_ data: Span<UInt8>, of name: EventName, into batch: inout DeltaBatch) {
        eventCount += 1
        draft.forgetTexts()
        if name == .error { return fail(ProviderError(body: data), into: &batch) }
        guard let first = data.firstIndexOfText else { return }
        if data[first] != UInt8(ascii: "{") {
            if data.saysDone(from: first) {
                draft.flush(into: &batch)
                return end(.done)
            }
            if name == .other { return }
        }
        read(data, into: &batch)
    }

    /// Takes in the event at `start`, where it is like the last one but for its text; `start` moves to what follows.
    mutating func take(
        _ shape: inout EventShape, in chunk: Span<UInt8>, from start: inout Int, into batch: inout DeltaBatch
    ) -> Bool {
        guard !shape.isEmpty, draft.torn.isEmpty else { return false }
        let offset = batch.bytes.count
        guard
            shape.read(
                chunk, from: &start, into: &batch.bytes, torn: &draft.torn, maxEventBytes: draft.limits.maxEventBytes)
        else { return false }
        shape.proveUseful()
        eventCount += 1
        draft.appendText(from: offset, at: shape.place, to: &batch)
        return true
    }

    /// Takes in the data of an event that may not be whole: then it leaves no trace.
    mutating func takeUnterminated(_ data: Span<UInt8>, of name: EventName, into batch: inout DeltaBatch) {
        let before = self
        take(data, of: name, into: &batch)
        if case .malformed = state { self = before }
    }

    /// Takes in an answer that came as one JSON text.
    mutating func takeWhole(_ json: Span<UInt8>, into batch: inout DeltaBatch) {
        read(json, into: &batch)
        guard isStreaming else { return }
        if draft.isAnswer {
            end(.done)
        } else {
            fail("The upstream answered with JSON that is no answer.")
        }
    }

    mutating func fail(_ sentence: String) {
        end(.malformed(sentence))
    }

    private mutating func fail(_ error: ProviderError, into batch: inout DeltaBatch) {
        draft.flush(into: &batch)
        end(.failed(error))
    }

    private mutating func end(_ state: DecoderState) {
        self.state = state
        isStreaming = false
    }

    /// Of a JSON text that cannot be read there is no delta.
    private mutating func read(_ json: Span<UInt8>, into batch: inout DeltaBatch) {
        let before = draft.output(in: batch)
        do throws(AnswerError) {
            switch try readText(json, into: &batch) {
            case .goesOn: break
            case .isDone:
                draft.flush(into: &batch)
                end(.done)
            case .reportsError(let place):
                fail(ProviderError(body: json.extracting(place ?? 0..<json.count)), into: &batch)
            }
        } catch {
            draft.takeBack(&batch, to: before)
            fail(error.sentence)
        }
    }

    private mutating func readText(
        _ json: Span<UInt8>, into batch: inout DeltaBatch
    ) throws(AnswerError) -> ReadOutcome {
        let outcome: ReadOutcome
        do throws(JSONError) {
            var text = JSONReader(json)
            outcome = try reader.read(&text, into: &draft, &batch)
            try text.finish()
        } catch {
            throw .json(error)
        }
        draft.appendExtraNews(to: &batch)
        if draft.calls.count > draft.limits.maxToolCalls { throw .tooManyToolCalls(draft.limits.maxToolCalls) }
        if draft.highestChoice >= draft.limits.maxChoices { throw .tooManyChoices(draft.limits.maxChoices) }
        return outcome
    }
}

/// Why a JSON text is not part of an answer.
enum AnswerError: Error, Equatable {
    case json(JSONError)
    case tooManyChoices(Int)
    case tooManyToolCalls(Int)

    var sentence: String {
        switch self {
        case .json(let error): "The upstream sent JSON that cannot be read: \(error.reason)."
        case .tooManyChoices(let limit): "The upstream's answer has more than \(limit) choices."
        case .tooManyToolCalls(let limit): "The upstream's answer has more than \(limit) tool calls."
        }
    }
}

extension Span<UInt8> {
    /// The index of the first byte that is neither white space nor a control character.
    var firstIndexOfText: Int? {
        var index = 0
        while index < count, self[index] <= 0x20 { index += 1 }
        return index < count ? index : nil
    }

    /// Whether the text from `start` is `[DONE]` and white space.
    fileprivate func saysDone(from start: Int) -> Bool {
        let word: InlineArray<6, UInt8> = [0x5B, 0x44, 0x4F, 0x4E, 0x45, 0x5D]
        guard count - start >= word.count else { return false }
        for index in word.indices where self[start + index] != word[index] { return false }
        for index in start + word.count..<count where self[index] > 0x20 { return false }
        return true
    }
}

extension AnswerInTheMaking.EventName {
    init(_ event: ServerSentEvent, in events: borrowing EventStreamParser) {
        self = event.isNamed ? (events.isNamed("error") ? .error : .other) : .none
    }
}
